import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { SealedSecrets } from '#storage/sealed-secrets.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { TrunkStore } from './trunk-store.ts';
import type { TrunkInput } from './trunk.ts';
import { Trunks } from './trunks.ts';

const log = createLog({ level: 'silent' });
const clock = new FakeClock();
const key = randomBytes(32);
const input: TrunkInput = {
  name: 'Provider',
  preset: 'other',
  isEnabled: true,
  direction: 'both',
  host: 'sip.example.org',
  port: undefined,
  transport: 'udp',
  proxy: undefined,
  domain: undefined,
  username: 'house',
  authUsername: undefined,
  registers: true,
  allow: [],
  secretHeaderName: undefined,
  numbers: [],
  calledForm: 'plus',
  callerForm: 'plus',
  callerIn: 'from',
  isSecure: false,
  keepAliveSeconds: undefined,
};

let db: OpenedDatabase['db'];
let added: string[];
const open = (sealKey = key) =>
  new Trunks({
    clock,
    newId,
    log,
    store: new TrunkStore(db),
    secrets: new SealedSecrets(db, 'trunks', sealKey),
    writes: new WriteBatch({ db, log }),
    addNumbers: async (numbers) => void added.push(...numbers),
  });

beforeEach(() => {
  ({ db } = openDatabase({ path: ':memory:', log, clock }));
  added = [];
});

test('a trunk is there after a restart, with its password, which stands nowhere as it is', async () => {
  const { id } = await open().create({ ...input, numbers: ['+14165550100'] }, { password: 'geheim-4711' });
  const again = open();
  expect(again.all()).toMatchObject([{ ...input, id, numbers: ['+14165550100'] }]);
  expect(again.secretsOf(id)).toEqual({ password: 'geheim-4711' });
  expect(added).toEqual(['+14165550100']);
  const row = JSON.stringify(db.prepare('SELECT *, hex(secret) FROM trunks').all());
  expect(row).not.toContain('geheim');
});

test('the order is kept; a new one comes last, and before it Twilio keeps its place', async () => {
  const trunks = open();
  const [a, b] = [
    await trunks.create({ ...input, name: 'A' }, { password: 'x' }),
    await trunks.create({ ...input, name: 'B' }, { password: 'x' }),
  ];
  expect(trunks.order()).toEqual([a.id, b.id, 'twilio']);
  await trunks.setOrder(['twilio', b.id]);
  const c = await trunks.create({ ...input, name: 'C' }, { password: 'x' });
  expect(trunks.order()).toEqual(['twilio', b.id, a.id, c.id]);
  expect(open().order()).toEqual(['twilio', b.id, a.id, c.id]);
  await trunks.delete(b.id);
  expect(open().order()).toEqual(['twilio', a.id, c.id]);
  await expect(trunks.setOrder(['trunk_gone'])).rejects.toMatchObject({ code: 'invalid' });
});

test.each([
  ['another server', { host: 'sip.elsewhere.example' }],
  ['another port', { port: 5070 }],
  ['a weaker transport', { transport: 'tcp' }],
  ['a proxy', { proxy: 'proxy.elsewhere.example' }],
] as const)('the password does not follow to %s', async (_what, change) => {
  const trunks = open();
  const { id } = await trunks.create(input, { password: 'geheim' });
  const details = [{ field: 'password', message: 'must be given again for another server' }];
  await expect(trunks.change(id, change)).rejects.toMatchObject({ details });
  expect(trunks.get(id)).toMatchObject(input);
  expect(trunks.passwordFor(id, { ...input, ...change })).toBeUndefined();
  await trunks.change(id, { ...change, password: 'new' });
  expect(trunks.secretsOf(id)).toEqual({ password: 'new' });
  expect(trunks.get(id)).toMatchObject(change);
});

test('another name or order of a trunk leaves its password', async () => {
  const trunks = open();
  const { id } = await trunks.create(input, { password: 'geheim' });
  await trunks.change(id, { name: 'Other', isEnabled: false });
  expect(open().secretsOf(id)).toEqual({ password: 'geheim' });
  expect(trunks.passwordFor(id, input)).toBe('geheim');
});

test.each([
  ['to register without a user', { ...input, username: undefined }, {}, 'username'],
  ['a user without a password', input, {}, 'password'],
  ['a secret header without its value', { ...input, secretHeaderName: 'X-House' }, { password: 'x' }, 'secretHeaderValue'],
  ['the account in From without one', { ...input, registers: false, username: undefined, callerIn: 'account' }, {}, 'username'],
] as const)('%s is refused at its field', async (_what, trunk, secrets, field) => {
  await expect(open().create(trunk, secrets)).rejects.toMatchObject({ details: [{ field }] });
});

test('two trunks do not have one name, whatever its case', async () => {
  const trunks = open();
  await trunks.create(input, { password: 'x' });
  await expect(trunks.create({ ...input, name: 'PROVIDER' }, { password: 'x' })).rejects.toMatchObject({ code: 'conflict' });
});

test('a trunk whose password the key does not open is locked, keeps it for the key that is put back, and takes a new one', async () => {
  const { id } = await open().create(input, { password: 'geheim' });
  const locked = open(randomBytes(32));
  expect(locked.secretsOf(id)).toBe('locked');
  await locked.change(id, { name: 'Renamed' });
  expect(open().secretsOf(id)).toEqual({ password: 'geheim' });
  const other = randomBytes(32);
  await open(other).change(id, { password: 'new' });
  expect(open(other).secretsOf(id)).toEqual({ password: 'new' });
});
