import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import type { CallId, DeliveryId, PersonId, VoicemailId } from '#base/ids.ts';
import { DoneOnce } from '#storage/done-once.ts';
import { migrate } from '#storage/migrate.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { ActionTokens } from './action-tokens.ts';
import { Actions } from './actions.ts';
import type { ActionsDeps, Asked, ToldDelivery } from './actions.ts';

const anna = 'user_anna' as PersonId;
const ben = 'user_ben' as PersonId;
const tokens = new ActionTokens(Buffer.alloc(32, 1));
const dayMs = 86_400_000;

let db: Database;
let clock: FakeClock;
let done: Asked[];
let fault: Error | undefined;
let actions: Actions;
let start: () => Actions;

beforeEach(() => {
  db = new SqliteDatabase(':memory:');
  migrate(db);
  db.exec(
    `INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES ('${anna}', 'anna', 'Anna', 'user', 0, 0)`,
  );
  clock = new FakeClock();
  done = [];
  fault = undefined;
  const at = clock.now();
  const all: readonly ToldDelivery[] = [
    {
      id: 'dlv_1' as DeliveryId,
      personId: anna,
      at,
      notification: { kind: 'missed-call', item: { callId: 'call_1' as CallId } },
    },
    {
      id: 'dlv_2' as DeliveryId,
      personId: anna,
      at,
      notification: { kind: 'voicemail', item: { voicemailId: 'vm_1' as VoicemailId } },
    },
  ];
  const deps: Omit<ActionsDeps, 'once'> = {
    tokens,
    clock,
    writes: { write: async (run) => run() },
    find: (id) => all.find((one) => one.id === id),
    async carryOut(asked) {
      await Promise.resolve();
      if (fault !== undefined) throw fault;
      done.push(asked);
      return 'done';
    },
  };
  start = () => new Actions({ ...deps, once: new DoneOnce(db) });
  actions = start();
});
afterEach(() => void db.close());

const token = (action: 'call-back' | 'block' | 'mark-heard' | 'mark-read', id = 'dlv_1') =>
  tokens.make({ action, deliveryId: id as DeliveryId });
const codeOf = (pressed: Promise<string>) =>
  pressed.then(
    () => 'done',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );

it('does what the button says, once for each button', async () => {
  expect(await actions.press(token('call-back'), anna)).toBe('done');
  expect(await codeOf(actions.press(token('call-back'), anna))).toBe('conflict');
  expect(await actions.press(token('block'))).toBe('done');
  expect(done.map(({ action, personId }) => [action, personId])).toEqual([
    ['call-back', anna],
    ['block', anna],
  ]);
});

it('does it once where the button is pressed twice at the same time', async () => {
  const both = await Promise.all([codeOf(actions.press(token('call-back'))), codeOf(actions.press(token('call-back')))]);
  expect(both.toSorted()).toEqual(['conflict', 'done']);
});

it.each([
  ['forged', () => new ActionTokens(Buffer.alloc(32, 2)).make({ action: 'block', deliveryId: 'dlv_1' as DeliveryId })],
  ['of another button', () => token('call-back').replace('call-back', 'block')],
  ['of another delivery', () => token('block', 'dlv_2').replace('dlv_2', 'dlv_1')],
  ['cut', () => token('block').slice(0, -1)],
  ['longer', () => `${token('block')}A`],
  ['of a delivery that is no more', () => token('block', 'dlv_9')],
  ['anything', () => 'gosip:block:dlv_1:'],
  ['of somebody else’s automation', () => 'open_gate'],
])('does nothing by a token that is %s', async (_what, made) => {
  expect(await codeOf(actions.press(made()))).toBe('forbidden');
  expect(done).toEqual([]);
});

it('does nothing for another person, nor a day later, nor what such a notification does not offer', async () => {
  expect(await codeOf(actions.press(token('block'), ben))).toBe('forbidden');
  expect(await codeOf(actions.press(token('mark-read')))).toBe('conflict');
  clock.advance(dayMs);
  expect(await codeOf(actions.press(token('block'), anna))).toBe('conflict');
  expect(done).toEqual([]);
});

it('is not done again after a restart, and what was not pressed before works then', async () => {
  expect(await actions.press(token('call-back'))).toBe('done');
  const restarted = start();
  expect(await codeOf(restarted.press(token('call-back')))).toBe('conflict');
  expect(await codeOf(restarted.press(token('block')))).toBe('done');
});

it('can be pressed again where it did not work', async () => {
  fault = new AppError('conflict', 'The phone is in a call');
  expect(await codeOf(actions.press(token('call-back')))).toBe('conflict');
  fault = undefined;
  expect(await codeOf(actions.press(token('call-back')))).toBe('done');
});
