import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { addPhone, openDeviceHarness } from '#testing/harness/device-harness.ts';
import type { DeviceHarness, RegistrarPhone } from '#testing/harness/device-harness.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { RegistrationStore } from './registration-store.ts';
import type { ContactParams } from './registration.ts';
import { Registrations } from './registrations.ts';

let clock = new FakeClock();
let harness: DeviceHarness;
let phone: RegistrarPhone;
let facts: [keyof Facts, string][] = [];

const params = (entries: Record<string, string | null>): ContactParams => new Map(Object.entries(entries));

beforeEach(async () => {
  clock = new FakeClock();
  harness = await openDeviceHarness({ clock });
  facts = [];
  for (const name of ['device.registered', 'device.unregistered'] as const) {
    harness.events.on(name, ({ deviceId }) => facts.push([name, deviceId]));
  }
  phone = await addPhone(harness, { name: 'Kitchen', type: 'grandstream' });
});

afterEach(() => harness.close());

test('knows since when a phone is offline, whatever is done to the clock, and nothing of one that never was there', async () => {
  const { id } = phone.device;
  const { registrations } = harness;
  expect(registrations.offline(id)).toBeUndefined();
  await phone.register();
  expect(registrations.offline(id)).toBeUndefined();
  await phone.register({ expires: 0 });
  const since = clock.now();
  clock.advance(60_000);
  expect(registrations.offline(id)).toEqual({ since, reason: 'signed-off' });
  registrations.shiftDueTimes(3_600_000);
  expect(registrations.offline(id)?.since).toBe(since + 3_600_000);
  await phone.register();
  expect(registrations.offline(id)).toBeUndefined();
  // Nobody takes this one back.
  await phone.register({ expires: 600 });
  clock.advance(610_000);
  await expect.poll(() => registrations.offline(id)?.since).toBeGreaterThan(clock.now() - 20_000);
  registrations.forget(id);
  expect(registrations.offline(id)).toBeUndefined();
});

test('registers, refreshes and takes itself back', async () => {
  const { id } = phone.device;
  const contact = { uri: 'sip:201@192.0.2.10:5060', params: params({ expires: '600', q: '0.5', '+sip.rendering': 'yes' }) };
  expect(await phone.register({ contacts: [contact] })).toEqual({
    kind: 'registered',
    deviceId: id,
    contacts: [{ uri: contact.uri, expiresSeconds: 600, q: 0.5, params: params({ '+sip.rendering': 'yes' }) }],
    path: [],
    isOutbound: false,
  });
  expect(harness.registrations.of(id)).toMatchObject([
    { contactUri: contact.uri, source: { address: '192.0.2.10' }, userAgent: 'Test phone' },
  ]);
  clock.advance(300_000);
  await phone.register({ contacts: [contact] });
  expect(harness.registrations.of(id)).toMatchObject([{ expiresAt: clock.now() + 600_000 }]);
  expect(facts).toEqual([['device.registered', id]]);
  expect(await phone.register({ expires: 0 })).toMatchObject({ kind: 'registered', contacts: [] });
  expect(harness.registrations.of(id)).toEqual([]);
  expect(facts).toEqual([
    ['device.registered', id],
    ['device.unregistered', id],
  ]);
});

test('a refresh is no news; a phone that moved is', async () => {
  await phone.register();
  await phone.register();
  expect(facts).toHaveLength(1);
  await phone.register({ source: { protocol: 'udp', address: '192.0.2.99', port: 5060 } });
  expect(facts).toHaveLength(2);
  expect([...harness.registrations.deviceIds()]).toEqual([phone.device.id]);
  expect([harness.registrations.isRegisteredFrom('192.0.2.10'), harness.registrations.isRegisteredFrom('192.0.2.99')]).toEqual([
    false,
    true,
  ]);
});

test('a browser whose tab was closed is no longer registered; a phone beside it is', async () => {
  const source = { protocol: 'tcp', address: '192.0.2.20', port: 40_000 } as const;
  const contacts = [{ uri: 'sip:x@df7jal23ls0d.invalid;transport=ws', params: params({}) }];
  await phone.register();
  await phone.register({ callId: 'browser', contacts, source });
  harness.registrations.flowClosed({ ...source, port: 40_001 });
  expect(harness.registrations.of(phone.device.id)).toHaveLength(2);
  harness.registrations.flowClosed(source);
  expect(harness.registrations.of(phone.device.id)).toMatchObject([{ source: { protocol: 'udp' } }]);
  await phone.register({ callId: 'browser again', contacts, source });
  harness.registrations.connectionsLost();
  expect(harness.registrations.of(phone.device.id)).toMatchObject([{ source: { protocol: 'udp' } }]);
});

test('asks without a Contact', async () => {
  await phone.register();
  expect(await phone.register({ contacts: [] })).toMatchObject({ kind: 'registered', contacts: [{ expiresSeconds: 3600 }] });
});

test('the answer comes after the commit, and a refused REGISTER changes nothing', async () => {
  await phone.register();
  const rows = harness.opened.db.prepare('SELECT contact_uri FROM registrations').pluck();
  expect(rows.all()).toEqual([`sip:${phone.device.username}@192.0.2.10:5060`]);
  expect(await phone.register({ expires: 5 })).toEqual({
    kind: 'rejected',
    status: 423,
    reason: 'Interval Too Brief',
    headers: { 'Min-Expires': '60' },
  });
  expect(await phone.register({ isWildcard: true, contacts: [], expires: 60 })).toMatchObject({ status: 400 });
  expect(rows.all()).toHaveLength(1);
  expect(await phone.register({ isWildcard: true, contacts: [], expires: 0 })).toMatchObject({ contacts: [] });
  expect(rows.all()).toEqual([]);
});

test("a password is for its own address of record, and for the device's transports", async () => {
  const other = await addPhone(harness, { name: 'Hall', type: 'softphone', username: 'hall', transports: ['tls'] });
  expect(await phone.register({ toUri: 'sip:hall@house.test' })).toMatchObject({ kind: 'rejected', status: 403 });
  expect(await phone.register({ toUri: 'tel:201' })).toMatchObject({ kind: 'rejected', status: 400 });
  expect(await other.register()).toMatchObject({ kind: 'rejected', status: 403 });
  const source = { protocol: 'tls', address: '192.0.2.11', port: 40000 } as const;
  expect(await other.register({ source })).toMatchObject({ kind: 'registered' });
  expect(await other.register({ source, toUri: `sip:${other.device.extension}@whatever:5061;transport=tls` })).toMatchObject({
    kind: 'registered',
  });
});

test('two phones of one device ring both; one that expires goes alone', async () => {
  const contact = (port: number, expires: string) => ({ uri: `sip:201@192.0.2.10:${port}`, params: params({ expires }) });
  const from = (port: number) => ({ protocol: 'udp', address: '192.0.2.10', port }) as const;
  await phone.register({ callId: 'a', contacts: [contact(5060, '100')], source: from(5060) });
  await phone.register({ callId: 'b', contacts: [contact(5070, '200')], source: from(5070) });
  expect(harness.registrations.of(phone.device.id)).toHaveLength(2);
  clock.advance(100_000);
  expect(harness.registrations.of(phone.device.id)).toMatchObject([{ callId: 'b' }]);
  await clock.advanceAsync(5_000);
  expect(harness.registrations.size).toBe(1);
  await clock.advanceAsync(100_000);
  expect(facts.at(-1)).toEqual(['device.unregistered', phone.device.id]);
  expect(harness.opened.db.prepare('SELECT count(*) FROM registrations').pluck().get()).toBe(0);
  expect(harness.registrations.isRegisteredFrom('192.0.2.10')).toBe(false);
});

test('the Path is stored for ringing and returned to phones that support it', async () => {
  const path = ['sip:edge.example;lr', 'sip:nat.example;lr;ob'];
  expect(await phone.register({ path })).toMatchObject({ path: [] });
  expect(await phone.register({ path, supported: ['path'] })).toMatchObject({ path });
  expect(harness.registrations.of(phone.device.id)).toMatchObject([{ path }]);
});

test('disk full: the phone is registered in memory, and stored again when there is room', async () => {
  harness.opened.db.exec('CREATE TABLE ballast (filling BLOB)');
  harness.opened.db.pragma(`max_page_count = ${String(harness.opened.db.pragma('page_count', { simple: true }))}`);
  const fill = harness.opened.db.prepare('INSERT INTO ballast VALUES (randomblob(500))');
  expect(() => {
    for (;;) fill.run();
  }).toThrow(/full/);
  const userAgent = 'x'.repeat(6000);
  expect(await phone.register({ userAgent })).toMatchObject({ kind: 'registered' });
  expect(harness.writes.problem).toContain('disk is full');
  expect(harness.registrations.of(phone.device.id)).toHaveLength(1);
  await clock.advanceAsync(5_000);
  expect(harness.writes.problem).toContain('disk is full');
  harness.opened.db.pragma('max_page_count = 10000');
  await clock.advanceAsync(5_000);
  expect(harness.opened.db.prepare('SELECT user_agent FROM registrations').pluck().all()).toEqual([userAgent]);
  expect(harness.writes.problem).toBeUndefined();
});

test('a damaged database: phones register, devices cannot be changed', async () => {
  harness.writes.freeze('The database is damaged.');
  expect(await phone.register()).toMatchObject({ kind: 'registered' });
  expect(harness.registrations.of(phone.device.id)).toHaveLength(1);
  await expect(harness.devices.create({ name: 'New', type: 'softphone' })).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The database is damaged.',
  });
});

test('a device deleted while its phone registers', async () => {
  const request = phone.request();
  const challenged = await harness.registrar.register(request);
  const challenge = challenged.kind === 'challenge' ? (challenged.challenges[0] ?? '') : '';
  const deleted = harness.devices.delete(phone.device.id);
  const answer = harness.registrar.register({ ...phone.request(), authorization: phone.answer(challenge, request.requestUri) });
  await deleted;
  expect(await answer).toMatchObject({ kind: 'rejected', status: 500 });
  expect(harness.registrations.of(phone.device.id)).toEqual([]);
  expect(await phone.register()).toMatchObject({ kind: 'challenge' });
});

test('registrations outlive a restart, with all they carry', async () => {
  const contact = {
    uri: 'sip:201@192.0.2.10',
    params: params({ '+sip.instance': '<urn:uuid:1>', 'reg-id': '1', methods: null }),
  };
  await phone.register({ contacts: [contact], supported: ['outbound', 'path'], path: ['sip:edge;ob'] });
  const before = harness.registrations.of(phone.device.id);
  harness.registrations.stop();
  const next = new Registrations({
    store: new RegistrationStore(harness.opened.db),
    writes: harness.writes,
    clock,
    events: harness.events,
    log: createLog({ level: 'silent' }),
  });
  next.start();
  expect(next.of(phone.device.id)).toEqual(before.map((one) => ({ ...one, lastNonceSerial: 0 })));
  next.stop();
});
