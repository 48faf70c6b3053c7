import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Identity, Route } from '#contract/endpoint.ts';
import { addPhone, openDeviceHarness, testRealm } from '#testing/harness/device-harness.ts';
import type { DeviceHarness } from '#testing/harness/device-harness.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { anyClient } from '#testing/harness/http-identities.ts';
import { deviceRoutes } from './device-routes.ts';

const admin: Identity = { kind: 'token', id: 'token_1', personId: undefined, role: 'admin' };
const ann: Identity = { kind: 'session', id: 'person_1', personId: 'person_1', role: 'user' };
const nobody: Identity = { kind: 'token', id: 'token_2', personId: undefined, role: 'user' };

let harness: DeviceHarness;
let routes: Route[] = [];

beforeEach(async () => {
  harness = await openDeviceHarness({ clock: new FakeClock() });
  harness.opened.db.exec(
    "INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES ('person_1', 'ann', 'Ann', 'user', 0, 0)",
  );
  routes = deviceRoutes({ ...harness, stateOf: () => 'online', realm: testRealm });
});

afterEach(() => harness.close());

type Given = { params?: object; query?: object; body?: object; identity?: Identity };

/** Parses input and reply by the contract, as the mount does. */
async function call(id: string, { params = {}, query = {}, body = {}, identity = admin }: Given = {}): Promise<unknown> {
  const route = routes.find(({ endpoint }) => endpoint.id === id);
  if (route === undefined) throw new Error(`No endpoint ${id}`);
  const { endpoint } = route;
  const reply = await route.run({
    params: endpoint.params?.parse(params),
    query: endpoint.query?.parse(query),
    body: endpoint.body?.parse(body),
    identity,
    client: anyClient,
  });
  return endpoint.reply.parse(reply);
}

test('creates, shows the password once, and never again', async () => {
  const made = (await call('createDevice', { body: { name: 'Kitchen' } })) as { id: string; secret: string };
  expect(made).toMatchObject({
    name: 'Kitchen',
    extension: '201',
    type: 'softphone',
    personId: null,
    isRegistered: false,
    realm: testRealm,
    secret: expect.stringMatching(/^[0-9a-z]{26}$/),
    createdAt: '2026-01-01T12:00:00.000Z',
  });
  const params = { id: made.id };
  expect(JSON.stringify([await call('getDevice', { params }), await call('listDevices')])).not.toContain(made.secret);
  const renewed = (await call('resetDeviceSecret', { params })) as { secret: string };
  expect(renewed.secret).not.toBe(made.secret);
});

test('changes, lists with filters from a query string, deletes', async () => {
  const { id } = (await call('createDevice', { body: { name: 'Kitchen', personId: 'person_1' } })) as { id: string };
  await call('createDevice', { body: { name: 'Hall', type: 'webrtc', transports: ['wss', 'wss'] } });
  expect(await call('changeDevice', { params: { id }, body: { enabled: false, personId: null } })).toMatchObject({
    enabled: false,
    personId: null,
  });
  expect(await call('listDevices', { query: { enabled: 'false', per_page: '5' } })).toMatchObject({
    items: [{ id }],
    perPage: 5,
    total: 1,
  });
  expect(await call('listDevices', { query: { type: 'webrtc' } })).toMatchObject({ items: [{ transports: ['wss'] }] });
  await call('deleteDevice', { params: { id } });
  await expect(call('getDevice', { params: { id } })).rejects.toMatchObject({ code: 'not-found' });
});

test('shows where a phone can be reached', async () => {
  const phone = await addPhone(harness, { name: 'Kitchen', type: 'softphone' });
  const params = { id: phone.device.id };
  expect(await call('listDeviceRegistrations', { params })).toEqual({ items: [] });
  await phone.register({ expires: 600 });
  expect(await call('getDevice', { params })).toMatchObject({ isRegistered: true });
  expect(await call('listDeviceRegistrations', { params })).toMatchObject({
    items: [
      {
        contact: 'sip:201@192.0.2.10:5060',
        transport: 'udp',
        address: '192.0.2.10',
        port: 5060,
        userAgent: 'Test phone',
        expiresAt: '2026-01-01T12:10:00.000Z',
      },
    ],
  });
});

test('a user sees their own phones and nothing of others', async () => {
  const mine = (await call('createDevice', { body: { name: 'Mine', personId: 'person_1' } })) as { id: string };
  const other = (await call('createDevice', { body: { name: 'Other' } })) as { id: string };
  expect(await call('listDevices', { identity: ann })).toMatchObject({ items: [{ id: mine.id }], total: 1 });
  expect(await call('listDevices', { identity: ann, query: { personId: 'person_2' } })).toMatchObject({
    items: [{ id: mine.id }],
  });
  expect(await call('listDevices', { identity: nobody })).toMatchObject({ items: [], total: 0 });
  expect(await call('getDevice', { identity: ann, params: { id: mine.id } })).toMatchObject({ id: mine.id });
  for (const id of ['getDevice', 'listDeviceRegistrations']) {
    for (const identity of [ann, nobody]) {
      await expect(call(id, { identity, params: { id: other.id } })).rejects.toMatchObject({ code: 'not-found' });
    }
  }
  const forAdmins = routes.filter(({ endpoint }) => endpoint.method !== 'GET').map(({ endpoint }) => endpoint.access);
  expect(new Set(forAdmins)).toEqual(new Set(['admin']));
});

test('whoever is in the house may read whom they can call there: names and extensions of phones that are on, and nothing else', async () => {
  await harness.devices.create({ name: 'Kitchen', extension: '11', type: 'grandstream' });
  await harness.devices.create({ name: 'Cellar', extension: '12', type: 'grandstream', enabled: false });
  expect(await call('listExtensions', { identity: ann })).toEqual({ items: [{ name: 'Kitchen', extension: '11' }] });
});
