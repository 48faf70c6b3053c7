import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AnyEndpoint } from '#contract/endpoint.ts';
import { eventNames } from '#contract/facts.ts';
import { itemEndpoints } from '../event-items.ts';
import { ApiHouse } from '#testing/harness/api-house.ts';
import { House } from '#testing/harness/house.ts';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer, PeerRequest } from '#testing/peers/http-peer.ts';

// Somebody has a program told of what happens in the house, from the first test to a secret that takes the place of another.

type Destination = {
  readonly id: string;
  readonly secret: string;
  readonly enabled: boolean;
  readonly switchedOffBecause: string | null;
  readonly oldSecretUntil: string | null;
  readonly lastDelivery: { readonly state: string; readonly reason: string | null } | null;
};
type Delivery = {
  readonly id: string;
  readonly event: string;
  readonly state: string;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly attempts: number;
  readonly status: number | null;
  readonly nextAt: string | null;
};
type WithExchange = Delivery & {
  readonly request: { readonly url: string; readonly headers: Record<string, string>; readonly body: string } | null;
  readonly reply: { readonly headers: Record<string, string>; readonly body: string } | null;
};
type Page<Item> = { readonly items: readonly Item[]; readonly total: number };

let house: ApiHouse;
let peer: HttpPeer;
beforeAll(async () => {
  house = await ApiHouse.start();
});
afterAll(() => house[Symbol.asyncDispose]());
beforeEach(async () => {
  peer = await startHttpPeer();
});
afterEach(async () => {
  await peer.close();
  for (const { id } of (await house.ask<Page<Destination>>('GET', '/external')).items)
    await house.ask('DELETE', `/external/${id}`);
});

function add(change: object = {}): Promise<Destination> {
  const destination = { name: 'My program', url: `${peer.url}/hook?key=1`, allowsPrivate: true, events: ['contact.created'] };
  return house.ask('POST', '/external', { ...destination, ...change });
}

const meet = (name: string) => house.ask<{ id: string }>('POST', '/contacts', { name, numbers: [{ number: '+14165550177' }] });
const deliveriesOf = async (id: string, query = '') =>
  (await house.ask<Page<Delivery>>('GET', `/external/${id}/deliveries${query}`)).items;

/** As a receiver does it, without the house's code. */
function isSigned({ headers, body }: PeerRequest, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = headers;
  const mac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'));
  return String(signatures)
    .split(' ')
    .includes(`v1,${mac.update(`${id}.${at}.${body}`).digest('base64')}`);
}

test('a program is told of what it asked for, signed, and an administrator sees what was sent and what came back', async () => {
  peer.otherwise = { status: 202, headers: { 'x-program': 'lights' }, body: 'thanks' };
  const { id, secret } = await add();
  const { id: contactId } = await meet('Grandmother');
  await peer.received(1);
  const [request] = peer.requests;
  expect(isSigned(request!, secret)).toBe(true);
  const sent = JSON.parse(request?.body ?? '') as { id: string };
  expect(sent).toMatchObject({ version: 1, type: 'contact.created', data: { contactId, personId: null } });
  expect(request?.body).not.toContain('Grandmother');
  await expect.poll(async () => (await deliveriesOf(id))[0]?.state, { timeout: 20_000 }).toBe('delivered');
  const one = await house.ask<WithExchange>('GET', `/external/${id}/deliveries/${sent.id}`);
  expect(one).toMatchObject({ event: 'contact.created', attempts: 1, status: 202, reply: { body: 'thanks' } });
  expect(one.reply?.headers).toMatchObject({ 'x-program': 'lights' });
  expect(one.request).toMatchObject({ url: `${peer.url}/hook?key=1`, body: request?.body });
  // Whoever reads along in the panel must not be able to send as the house.
  expect(JSON.stringify(one)).not.toMatch(/v1,|whsec_/);
  expect(await house.ask<Destination>('GET', `/external/${id}`)).toMatchObject({ lastDelivery: { state: 'delivered' } });
});

test('a program is sent what an event is about only where an administrator chose so', async () => {
  await add({ includesContent: true, events: ['contact.created', 'contact.deleted', 'device.created'] });
  const { id } = await meet('Uncle Bob');
  await peer.received(1);
  expect(JSON.parse(peer.requests[0]?.body ?? '')).toMatchObject({ item: { id, name: 'Uncle Bob' } });
  const { secret } = await house.ask<{ secret: string }>('POST', '/devices', {
    name: 'Garden',
    type: 'softphone',
    extension: '33',
  });
  await peer.received(2);
  expect(JSON.parse(peer.requests[1]?.body ?? '')).toMatchObject({ type: 'device.created', item: { name: 'Garden' } });
  expect(secret.length).toBeGreaterThan(8);
  expect(peer.requests[1]?.body).not.toContain(secret);
  await house.ask('DELETE', `/contacts/${id}`);
  await peer.received(3);
  expect(JSON.parse(peer.requests[2]?.body ?? '')).not.toHaveProperty('item');
});

test('a test says what is wrong with a receiver, and what is mended is sent again by hand', async () => {
  peer.answers.push({ status: 422, body: 'what is this' }, { status: 422 });
  const { id } = await add();
  expect(await house.ask('POST', `/external/${id}/test`)).toMatchObject({
    ...{ event: 'test', state: 'failed', reason: 'refused-content', status: 422, reply: { body: 'what is this' } },
  });
  await meet('Aunt Ada');
  await expect.poll(async () => (await deliveriesOf(id, '?event=contact.created'))[0]?.state, { timeout: 20_000 }).toBe('failed');
  const [failed] = await deliveriesOf(id, '?state=failed&event=contact.created');
  const path = `/external/${id}/deliveries/${failed?.id}`;
  expect(await house.ask('POST', `${path}/resend`)).toMatchObject({ id: failed?.id, state: 'waiting' });
  await expect.poll(async () => (await house.ask<Delivery>('GET', path)).state, { timeout: 20_000 }).toBe('delivered');
  expect(peer.requests[2]).toMatchObject({ body: peer.requests[1]?.body, headers: { 'webhook-id': failed?.id } });
});

test('a secret is renewed without an event being refused: both sign until the old one is over', async () => {
  const { id, secret: old } = await add();
  const { secret, oldSecretUntil } = await house.ask<Destination>('POST', `/external/${id}/secret`, {});
  expect(Date.parse(oldSecretUntil ?? '') - Date.now()).toBeGreaterThan(23 * 3_600_000);
  await meet('Cousin Carl');
  await peer.received(1);
  expect([secret, old].map((one) => isSigned(peer.requests[0]!, one))).toEqual([true, true]);
  const { secret: last } = await house.ask<Destination>('POST', `/external/${id}/secret`, { keepsOldFor: 0 });
  await meet('Cousin Dora');
  await peer.received(2);
  expect([last, secret, old].map((one) => isSigned(peer.requests[1]!, one))).toEqual([true, false, false]);
  await expect(house.ask('POST', `/external/${id}/secret`, { keepsOldFor: 169 })).rejects.toThrow(/400/);
});

test('a program that says it is gone is switched off, and what is switched off is told nothing', async () => {
  peer.otherwise = { status: 410 };
  const { id } = await add();
  await meet('Dr. Ed');
  const destination = () => house.ask<Destination>('GET', `/external/${id}`);
  await expect.poll(async () => (await destination()).enabled, { timeout: 20_000 }).toBe(false);
  expect(await destination()).toMatchObject({ switchedOffBecause: 'target-gone', lastDelivery: { state: 'failed' } });
  await meet('Ms. Fay');
  expect(await house.ask('PATCH', `/external/${id}`, { enabled: true })).toMatchObject({ switchedOffBecause: null });
  expect(peer.requests).toHaveLength(1);
});

test('the house is not told anything by itself, by whatever name: no event makes the next one', async () => {
  const { port } = house.app.http;
  for (const host of ['127.0.0.1', 'localhost', '127.1', '[::ffff:127.0.0.1]']) {
    const { id } = await add({ url: `http://${host}:${port}/api/contacts` });
    expect(await house.ask('POST', `/external/${id}/test`)).toMatchObject({
      state: 'failed',
      reason: 'address-forbidden',
      request: {},
    });
  }
  await expect(add({ url: 'http://169.254.169.254/' })).rejects.toThrow(/is no address that anything may be sent to/);
  await expect(add({ allowsPrivate: false })).rejects.toThrow(/is in your own network/);
});

test('what is told of webhooks is no event for them', async () => {
  const loops = ['webhook-delivery.changed', 'webhook-destination.changed', 'delivery.changed'];
  for (const event of loops) await expect(add({ events: [event] })).rejects.toThrow(/400/);
  expect(eventNames.filter((name) => loops.includes(name))).toEqual([]);
});

test('nobody but an administrator sees or sends any of it', async () => {
  const { id } = await add();
  const paths = [
    ['GET', ''],
    ['POST', '/test'],
    ['GET', '/deliveries'],
    ['GET', '/deliveries/evt_1'],
    ['POST', '/deliveries/evt_1/resend'],
  ] as const;
  for (const [method, path] of paths) {
    const headers = { authorization: `Bearer ${house.userToken}` };
    expect((await fetch(`${house.url}/external/${id}${path}`, { method, headers })).status).toBe(403);
  }
});

test('every endpoint by which is read what an event is about is there, and takes an id', async () => {
  const endpoints: readonly AnyEndpoint[] = house.app.routes.map(({ endpoint }) => endpoint);
  const paths = Object.values(itemEndpoints)
    .flat()
    .map((id) => endpoints.find((one) => one.id === id))
    .map((one) => [one?.method, one?.path.split('/').at(-1)]);
  expect(new Set(paths.map(String))).toEqual(new Set(['GET,:id']));
});

test(
  'what was on its way when the house was killed arrives after it is there again, known by its id',
  { timeout: 240_000 },
  async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-webhooks-'));
    try {
      peer.answers.push('stall', 'stall');
      const first = await House.start({ dataDirectory });
      const { token, sipPort } = first;
      const hook = { name: 'My program', url: peer.url, allowsPrivate: true, events: ['contact.created'] };
      const { id } = await first.api<Destination>('POST', '/external', hook);
      for (const name of ['One', 'Two', 'Three']) {
        await first.api('POST', '/contacts', { name, numbers: [{ number: '+14165550178' }] });
      }
      await peer.received(2);
      // The third waits its turn; an event is on the disk a moment after what it tells of.
      const path = `/external/${id}/deliveries`;
      await expect.poll(async () => (await first.api<Page<Delivery>>('GET', path)).total, { timeout: 20_000 }).toBe(3);
      await first.program.stop('SIGKILL');
      await using second = await House.start({ dataDirectory, token, sipPort });
      await peer.received(5);
      const listed = async () => (await second.api<Page<Delivery>>('GET', path)).items;
      await expect
        .poll(async () => (await listed()).map(({ state }) => state), { timeout: 30_000 })
        .toEqual(Array(3).fill('delivered'));
      const ids = peer.requests.map(({ headers }) => String(headers['webhook-id']));
      expect([ids.length, new Set(ids).size, new Set(ids.slice(2)).size]).toEqual([5, 3, 3]);
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  },
);

test(
  'a backup that is restored tells nothing a second time that waited when it was made, and says so',
  { timeout: 240_000 },
  async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-webhooks-'));
    try {
      peer.answers.push({ status: 500 });
      const first = await House.start({ dataDirectory });
      const { token, sipPort } = first;
      const hook = { name: 'My program', url: peer.url, allowsPrivate: true, events: ['contact.created'] };
      const { id } = await first.api<Destination>('POST', '/external', hook);
      await first.api('POST', '/contacts', { name: 'One', numbers: [{ number: '+14165550178' }] });
      await peer.received(1);
      const path = `/external/${id}/deliveries`;
      await expect
        .poll(async () => (await first.api<Page<Delivery>>('GET', path)).items[0]?.attempts, { timeout: 20_000 })
        .toBe(1);
      const at = `http://${first.address}:${first.httpPort}/api/system`;
      const headers = { authorization: `Bearer ${token}` };
      const json = { ...headers, 'content-type': 'application/json' };
      const saved = await fetch(`${at}/backup`, { method: 'POST', headers: json, body: '{}' });
      const tar = { ...headers, 'content-type': 'application/x-tar' };
      const backup = { method: 'POST', headers: tar, body: await saved.arrayBuffer() };
      expect((await fetch(`${at}/restore`, backup)).status).toBe(200);
      expect((await fetch(`${at}/restore/apply`, { method: 'POST', headers })).status).toBe(202);
      await first.program.stop();
      await using second = await House.start({ dataDirectory, token, sipPort });
      expect((await second.api<Page<Delivery>>('GET', path)).items).toMatchObject([{ state: 'unknown', reason: 'restored' }]);
      expect(peer.requests).toHaveLength(1);
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  },
);
