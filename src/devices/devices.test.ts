import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Facts } from '#contract/facts.ts';
import { RegistrarPhone, addPhone, openDeviceHarness } from '#testing/harness/device-harness.ts';
import type { DeviceHarness } from '#testing/harness/device-harness.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { extensionProblem } from './extension.ts';
import { newSecret } from './secret.ts';

let clock = new FakeClock();
let harness: DeviceHarness;
let facts: [keyof Facts, string][] = [];

beforeEach(async () => {
  clock = new FakeClock();
  harness = await openDeviceHarness({ clock });
  harness.opened.db.exec(
    "INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES ('person_1', 'ann', 'Ann', 'user', 0, 0)",
  );
  facts = [];
  for (const name of ['device.created', 'device.changed', 'device.deleted', 'device.unregistered'] as const) {
    harness.events.on(name, ({ deviceId }) => facts.push([name, deviceId]));
  }
});

afterEach(() => harness.close());

const softphone = { name: 'Phone', type: 'softphone' } as const;
const all = { limit: 100, offset: 0, sort: 'extension', order: 'asc' } as const;

test('a name is enough: extension, username, transports and password are generated', async () => {
  const first = await harness.devices.create(softphone);
  const second = await harness.devices.create({ ...softphone, type: 'webrtc' });
  expect(first.device).toMatchObject({
    extension: '201',
    username: '201',
    transports: ['udp', 'tcp', 'tls'],
    sha256: false,
    enabled: true,
  });
  expect(second.device).toMatchObject({ extension: '202', transports: ['ws', 'wss'], createdAt: clock.now() });
  expect(harness.devices.byExtension('201')).toEqual(first.device);
  expect(harness.devices.byUsername('202')).toEqual(second.device);
  expect(harness.devices.byId(first.device.id)).toEqual(first.device);
  expect(facts).toEqual([
    ['device.created', first.device.id],
    ['device.created', second.device.id],
  ]);
});

test('a device that is disabled, deleted or given a new password is revoked at once, and once', async () => {
  const { device } = await harness.devices.create(softphone);
  const revoked: string[] = [];
  harness.events.on('device.revoked', ({ deviceId, why }) => revoked.push(`${deviceId} ${why}`));
  await harness.devices.change(device.id, { name: 'Kitchen' });
  await harness.devices.change(device.id, { enabled: false });
  await harness.devices.change(device.id, { enabled: false, name: 'Hall' });
  await harness.devices.change(device.id, { enabled: true });
  await harness.devices.resetSecret(device.id);
  await harness.devices.delete(device.id);
  expect(revoked).toEqual(['disabled', 'new-password', 'deleted'].map((why) => `${device.id} ${why}`));
});

test('devices made in the same moment get different extensions', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => harness.devices.create(softphone)));
  expect(made.map(({ device }) => device.extension)).toEqual(['201', '202', '203', '204', '205']);
});

test('the password has 128 random bits at least, and no letter to confuse', () => {
  const secrets = Array.from({ length: 200 }, () => newSecret());
  expect(secrets.every((secret) => /^[0-9abcdefghjkmnpqrstvwxyz]{26}$/.test(secret))).toBe(true);
  expect(new Set(secrets).size).toBe(200);
  expect(new Set(secrets.join(''))).toHaveProperty('size', 32);
});

test('no table holds the password in clear text', async () => {
  const { secret } = await harness.devices.create(softphone);
  const row = JSON.stringify(harness.opened.db.prepare('SELECT *, hex(sealed_secret) AS hex FROM devices').get());
  expect(row).not.toContain(secret);
  expect(row).not.toContain(Buffer.from(secret).toString('hex').toUpperCase());
});

test.each(['1', '012', '1234567', 'abc', '20a', '', '112', '911', '144'])('extension %j is refused', (extension) => {
  expect(extensionProblem(extension, (one) => one === '144')).toBeTypeOf('string');
});

test('what clashes is refused with the field at fault', async () => {
  await harness.devices.create({ ...softphone, extension: '201', username: 'ann' });
  const conflict = { code: 'conflict' };
  await expect(harness.devices.create({ ...softphone, extension: '201' })).rejects.toMatchObject({
    ...conflict,
    details: [{ field: 'extension', message: 'is taken' }],
  });
  await expect(harness.devices.create({ ...softphone, username: 'ann' })).rejects.toMatchObject({
    ...conflict,
    details: [{ field: 'username' }],
  });
  await expect(harness.devices.create({ ...softphone, extension: '300', username: '201' })).rejects.toMatchObject({
    ...conflict,
    details: [{ field: 'username' }],
  });
  await expect(harness.devices.create({ ...softphone, personId: 'person_9' })).rejects.toMatchObject({
    code: 'invalid',
    details: [{ field: 'personId' }],
  });
  expect(harness.devices.list(all).total).toBe(1);
});

test('lists by page, order and filter', async () => {
  const names = ['cellar', 'Attic', 'bath'];
  for (const [index, name] of names.entries()) {
    await harness.devices.create({
      name,
      type: index === 0 ? 'webrtc' : 'softphone',
      extension: ['1000', '30', '299'][index],
      personId: index === 1 ? 'person_1' : undefined,
    });
    clock.advance(1);
  }
  const list = (query: object) => harness.devices.list({ ...all, ...query }).items.map(({ name }) => name);
  expect(list({})).toEqual(['Attic', 'bath', 'cellar']);
  expect(list({ order: 'desc' })).toEqual(['cellar', 'bath', 'Attic']);
  expect(list({ sort: 'name' })).toEqual(['Attic', 'bath', 'cellar']);
  expect(list({ sort: 'createdAt' })).toEqual(['cellar', 'Attic', 'bath']);
  expect(list({ type: 'webrtc' })).toEqual(['cellar']);
  expect(list({ personId: 'person_1' })).toEqual(['Attic']);
  expect(list({ personId: '' })).toEqual([]);
  expect(list({ text: 'AT' })).toEqual(['Attic', 'bath']);
  expect(list({ text: '%' })).toEqual([]);
  expect(list({ enabled: false })).toEqual([]);
  expect(harness.devices.list({ ...all, limit: 2, offset: 2 })).toMatchObject({ items: [{ name: 'cellar' }], total: 3 });
});

test('a change touches what was given, and two at once both hold', async () => {
  const { device } = await harness.devices.create({ ...softphone, personId: 'person_1' });
  await Promise.all([harness.devices.change(device.id, { name: 'New' }), harness.devices.change(device.id, { sha256: true })]);
  expect(harness.devices.get(device.id)).toEqual({ ...device, name: 'New', sha256: true });
  expect(harness.devices.list(all).items).toEqual([harness.devices.get(device.id)]);
  await harness.devices.change(device.id, { personId: null, extension: '300', username: 'new' });
  expect(harness.devices.get(device.id)).toMatchObject({ personId: undefined, extension: '300', username: 'new' });
  expect([harness.devices.byExtension('201'), harness.devices.byUsername('201'), harness.devices.ofPerson('person_1')]).toEqual([
    undefined,
    undefined,
    [],
  ]);
});

test('a changed extension keeps the username: the phone still registers, and no other device gets the old number', async () => {
  const phone = await addPhone(harness, softphone);
  await phone.register();
  await harness.devices.change(phone.device.id, { extension: '300' });
  expect(await phone.register()).toMatchObject({ kind: 'registered' });
  expect(harness.devices.byExtension('300')).toMatchObject({ username: '201' });
  await expect(harness.devices.create({ ...softphone, extension: '201' })).rejects.toMatchObject({ code: 'conflict' });
  expect((await harness.devices.create(softphone)).device.extension).toBe('202');
});

test('a changed username keeps the password', async () => {
  const phone = await addPhone(harness, softphone);
  const { device, secret } = await harness.devices.resetSecret(phone.device.id);
  const renamed = await harness.devices.change(device.id, { username: 'ann' });
  expect(await new RegistrarPhone(harness, renamed, secret).register()).toMatchObject({ kind: 'registered' });
  expect(await phone.register()).toMatchObject({ kind: 'challenge' });
});

test('a disabled device is unregistered and cannot register', async () => {
  const phone = await addPhone(harness, softphone);
  await phone.register();
  await harness.devices.change(phone.device.id, { enabled: false });
  expect(harness.registrations.of(phone.device.id)).toEqual([]);
  expect(await phone.register()).toMatchObject({ kind: 'challenge' });
  await harness.devices.change(phone.device.id, { enabled: true });
  expect(await phone.register()).toMatchObject({ kind: 'registered' });
});

test('a new password ends the old one and its registrations', async () => {
  const phone = await addPhone(harness, softphone);
  await phone.register();
  await harness.devices.resetSecret(phone.device.id);
  expect(harness.registrations.of(phone.device.id)).toEqual([]);
  expect(await phone.register()).toMatchObject({ kind: 'challenge' });
  expect(facts.map(([name]) => name)).toEqual(['device.created', 'device.unregistered', 'device.changed']);
});

test('a deleted device takes its registrations with it', async () => {
  const phone = await addPhone(harness, softphone);
  await phone.register();
  await harness.devices.delete(phone.device.id);
  expect(harness.devices.byUsername('201')).toBeUndefined();
  expect(harness.opened.db.prepare('SELECT count(*) FROM registrations').pluck().get()).toBe(0);
  for (const again of [
    harness.devices.delete(phone.device.id),
    harness.devices.change('dev_x', {}),
    harness.devices.resetSecret('dev_x'),
  ]) {
    await expect(again).rejects.toMatchObject({ code: 'not-found' });
  }
  expect((await harness.devices.create(softphone)).device.extension).toBe('201');
});

test('devices of a removed person have no owner', async () => {
  const { device } = await harness.devices.create({ ...softphone, personId: 'person_1' });
  expect(harness.devices.ofPerson('person_1')).toEqual([device]);
  harness.opened.db.exec("DELETE FROM users WHERE id = 'person_1'");
  harness.devices.releasePerson('person_1');
  expect(harness.devices.get(device.id).personId).toBeUndefined();
  expect(harness.devices.list(all).items).toEqual([harness.devices.get(device.id)]);
});

test('the algorithms offered do not disclose which users exist', async () => {
  const offered = (name: string) => harness.devices.needsSha256(name);
  const unknownNames = Array.from({ length: 200 }, (_, index) => `unknown${index}`);
  expect(unknownNames.some(offered)).toBe(false);
  const { device } = await harness.devices.create({ ...softphone, sha256: true });
  expect(unknownNames.every(offered)).toBe(true);
  await harness.devices.create({ ...softphone });
  const share = unknownNames.filter(offered).length;
  expect(share).toBeGreaterThan(50);
  expect(share).toBeLessThan(150);
  expect(unknownNames.map(offered)).toEqual(unknownNames.map(offered));
  expect(offered(device.username)).toBe(true);
});
