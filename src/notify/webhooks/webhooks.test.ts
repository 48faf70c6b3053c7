import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { EventName, Facts } from '#contract/facts.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { Outbox } from '#storage/outbox.ts';
import { SealedSecrets } from '#storage/sealed-secrets.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer, PeerRequest } from '#testing/peers/http-peer.ts';
import { DestinationStore } from './destination-store.ts';
import { Destinations } from './destinations.ts';
import type { DestinationInput } from './destinations.ts';
import { WebhookDeliveries } from './webhook-deliveries.ts';
import { WebhookDeliveryStore } from './webhook-delivery-store.ts';
import type { WebhookDelivery } from './webhook-delivery.ts';
import { WebhookFeed, maxKept, maxWaiting } from './webhook-feed.ts';
import { webhookHandler, webhookKind } from './webhook-handler.ts';
import { webhookSchedule } from './webhook-schedule.ts';

const log = createLog({ level: 'silent' });
const key = Buffer.alloc(32, 3);
const signal = new AbortController().signal;

let peer: HttpPeer;
let clock: FakeClock;
let db: OpenedDatabase['db'];
let house: House;
let dropped = 0;
let ownPorts: number[] = [];
let ended: string[] = [];
beforeEach(async () => {
  peer = await startHttpPeer();
  clock = new FakeClock();
  ({ db } = openDatabase({ path: ':memory:', log, clock }));
  [dropped, ownPorts, ended] = [0, [], []];
  house = start();
});
afterEach(async () => {
  await house.stop();
  await peer.close();
  db.close();
});

type House = ReturnType<typeof start>;

/** All of it, on the database that is there: once more is a restart. */
function start() {
  const events = new Events<Facts>(log);
  const writes = new WriteBatch({ db, log });
  const outbox = new Outbox({ db, clock, newId, log, isDurable: true });
  const store = new WebhookDeliveryStore(db);
  const destinationStore = new DestinationStore(db);
  const changes: string[] = [];
  const destinations = new Destinations({
    ...{ store: destinationStore, writes, clock, newId, newKey: () => Buffer.from(newId('dev').slice(-32)) },
    secrets: new SealedSecrets(db, 'webhook_destinations', key),
    oldSecrets: new SealedSecrets(db, 'webhook_destinations.previous_secret', key),
    callOff: (destinationId, reason) => {
      for (const id of store.openOf(destinationId)) outbox.withdraw(id);
      store.endOpen({ destinationId, state: 'cancelled', reason, now: clock.now() });
    },
    onChanged: () => {},
  });
  const fence = { clock, ownPorts: () => ownPorts };
  const sending = {
    ...{ fence, clock, version: '0.1.0', secretsOf: destinations.secretsOf.bind(destinations) },
    ...{ store, destinations, writes, log },
    onChanged: (_: unknown, state: string) => void changes.push(state),
  };
  outbox.register(webhookKind, {
    ...webhookHandler({ ...sending, count: (state) => void ended.push(state) }),
    schedule: webhookSchedule,
  });
  const deliveries = new WebhookDeliveries({ ...sending, outbox, newId });
  const itemOf = async (name: EventName) =>
    name === 'voicemail.left' ? { transcript: 'Call me' } : Promise.reject(new Error('There is no such thing'));
  const feed = new WebhookFeed({
    ...{ events, destinations, destinationStore, store, outbox, writes, clock, newId, log, itemOf },
    onDropped: (count) => void (dropped += count),
  });
  const stopFeed = feed.start();
  outbox.start();
  const stop = async () => {
    await stopFeed();
    const stopping = outbox.stop();
    await clock.advanceAsync(5_000);
    await stopping;
  };
  return { events, writes, destinations, deliveries, store, outbox, changes, stop };
}

const input = (change: Partial<DestinationInput> = {}): DestinationInput => ({
  ...{ name: 'Home Assistant', url: `${peer.url}/hook`, allowsPrivate: true, events: ['voicemail.left', 'call.ended'] },
  ...{ includesContent: false, enabled: true },
  ...change,
});
const voicemail = { voicemailId: 'vm_1', personId: null } as const;

/** Until all have ended: what is answered comes by real sockets. */
async function settled(): Promise<void> {
  await expect
    .poll(async () => {
      await clock.advanceAsync(0);
      return db.prepare<[], { n: number }>('SELECT count(*) AS n FROM webhook_deliveries WHERE ended_at IS NULL').get()?.n;
    }, waiting)
    .toBe(0);
}

/** Until it has been tried so often. */
async function tried(id: string, times: number): Promise<WebhookDelivery> {
  await expect
    .poll(async () => {
      await clock.advanceAsync(0);
      const delivery = house.store.byId(id);
      return delivery?.state === 'sending' ? -1 : delivery?.attempts;
    }, waiting)
    .toBe(times);
  return house.store.byId(id)!;
}

async function left(destinationId: string): Promise<WebhookDelivery> {
  const newest = () => house.deliveries.list(destinationId, {}, page).items[0];
  const before = newest()?.id;
  house.events.emit('voicemail.left', voicemail);
  await expect.poll(() => newest()?.id, waiting).not.toBe(before);
  return newest()!;
}

/** The machine may have other things to do. */
const waiting = { timeout: 20_000 };
const page = { limit: 100, offset: 0, sort: 'createdAt', order: 'desc' } as const;

/** As a receiver does it, without our code. */
function isSigned({ headers, body }: PeerRequest, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = headers;
  const mac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'));
  return String(signatures)
    .split(' ')
    .includes(`v1,${mac.update(`${id}.${at}.${body}`).digest('base64')}`);
}

describe('what happens in the house', () => {
  it('is told to a destination that asked for it, signed, and to nobody else', async () => {
    const { destination, secret } = await house.destinations.create(input());
    await house.destinations.create(input({ name: 'Other', events: ['call.started'] }));
    await house.destinations.create(input({ name: 'Off', enabled: false }));
    const { id } = await left(destination.id);
    const delivery = await tried(id, 1);
    expect(delivery).toMatchObject({ state: 'delivered', status: 200, event: 'voicemail.left' });
    expect(peer.requests).toHaveLength(1);
    const [request] = peer.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/hook' });
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'GoSIP/0.1.0', 'webhook-id': id });
    expect(isSigned(request!, secret)).toBe(true);
    expect(isSigned({ ...request!, body: `${request?.body} ` }, secret)).toBe(false);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      ...{ version: 1, id, type: 'voicemail.left', timestamp: '2026-01-01T12:00:00.000Z', data: voicemail },
    });
    expect(JSON.stringify(delivery)).not.toContain('v1,');
    expect(delivery.exchange?.requestHeaders).toMatchObject({ 'webhook-id': id });
    expect(house.changes).toEqual(['sending', 'delivered']);
  });

  it('is told too where it comes in the moment in which the one before it is queued', async () => {
    const { destination } = await house.destinations.create(input());
    house.events.emit('voicemail.left', voicemail);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    // Of the same commit: it goes on when the event before has just been written, as whoever saves a contact does.
    await house.writes.write(() => {});
    house.events.emit('voicemail.left', { ...voicemail, voicemailId: 'vm_2' });
    await expect.poll(() => house.deliveries.list(destination.id, {}, page).total, waiting).toBe(2);
    await settled();
  });

  it('is told with what it is about only to those who are sent that too', async () => {
    const { destination } = await house.destinations.create(input({ includesContent: true }));
    const { destination: other } = await house.destinations.create(input({ name: 'Ids alone' }));
    const { id } = await left(destination.id);
    await tried(id, 1);
    await peer.received(2);
    expect(JSON.parse(house.store.byId(id)?.body ?? '')).toMatchObject({ item: { transcript: 'Call me' } });
    expect(house.deliveries.list(other.id, {}, page).items[0]?.body).not.toContain('Call me');
    // What cannot be read any more is told without.
    house.events.emit('call.ended', { callId: 'call_1', disposition: 'missed', reason: 'no-answer' });
    await expect.poll(() => house.deliveries.list(destination.id, { event: 'call.ended' }, page).total, waiting).toBe(1);
    expect(JSON.parse(house.deliveries.list(destination.id, { event: 'call.ended' }, page).items[0]!.body)).not.toHaveProperty(
      'item',
    );
    await peer.received(4);
    await settled();
  });
});

describe('a receiver that is not there', () => {
  it('is asked ten times in a day, with the same id and bytes, each signed for its own moment; then it is given up and shown', async () => {
    peer.otherwise = { status: 500, body: 'Out of order' };
    const { destination, secret } = await house.destinations.create(input());
    const { id } = await left(destination.id);
    const from = clock.now();
    for (const [index, at] of webhookSchedule.atSeconds.entries()) {
      await clock.advanceAsync(Math.max(0, from + at * 1000 - 1000 - clock.now()));
      if (index > 0) expect(house.store.byId(id)?.attempts).toBe(index);
      await clock.advanceAsync(from + at * 1000 - clock.now());
      const after = await tried(id, index + 1);
      const next = webhookSchedule.atSeconds[index + 1];
      expect(after).toMatchObject(
        next === undefined ? { state: 'failed' } : { state: 'waiting', nextAt: from + next * 1000, reason: 'server-error' },
      );
    }
    await clock.advanceAsync(3 * 86_400_000);
    expect(peer.requests).toHaveLength(10);
    expect(new Set(peer.requests.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
    expect(peer.requests.map(({ headers }) => Number(headers['webhook-timestamp']) - from / 1000)).toEqual(
      webhookSchedule.atSeconds,
    );
    expect(peer.requests.every((request) => isSigned(request, secret))).toBe(true);
    expect(house.deliveries.get(destination.id, id)).toMatchObject({
      ...{ state: 'failed', reason: 'server-error', status: 500, attempts: 10 },
      exchange: { replyBody: 'Out of order' },
    });
  });

  it('says when it wants to be asked again, and is not asked before', async () => {
    peer.answers.push({ status: 429, headers: { 'retry-after': '600' } });
    const { destination } = await house.destinations.create(input());
    const { id } = await left(destination.id);
    expect(await tried(id, 1)).toMatchObject({ state: 'waiting', reason: 'busy', nextAt: clock.now() + 600_000 });
    await clock.advanceAsync(599_000);
    expect(peer.requests).toHaveLength(1);
    await clock.advanceAsync(1_000);
    expect(await tried(id, 2)).toMatchObject({ state: 'delivered' });
  });

  it('holds up no other', async () => {
    const other = await startHttpPeer();
    peer.otherwise = 'stall';
    const { destination: dead } = await house.destinations.create(input());
    const { destination } = await house.destinations.create(input({ url: other.url }));
    for (let n = 0; n < 20; n += 1) house.events.emit('voicemail.left', voicemail);
    await other.received(20);
    await expect.poll(() => house.deliveries.list(destination.id, { state: 'delivered' }, page).total, waiting).toBe(20);
    expect(peer.requests.length).toBeLessThanOrEqual(2);
    expect(house.deliveries.list(dead.id, { state: 'delivered' }, page).total).toBe(0);
    await other.close();
  });

  it('does not fill the disk: a thousand wait, and how many are not told is counted', async () => {
    peer.otherwise = { status: 500 };
    const { destination } = await house.destinations.create(input());
    for (let n = 0; n < maxWaiting + 50; n += 1) house.events.emit('voicemail.left', voicemail);
    await expect.poll(() => dropped, { timeout: 20_000 }).toBe(50);
    expect(house.store.openCount(destination.id)).toBe(maxWaiting);
    expect(house.destinations.get(destination.id).dropped).toBe(50);
    await house.destinations.change(destination.id, { enabled: false });
    expect(house.store.openCount(destination.id)).toBe(0);
    expect(house.outbox.counts().waiting).toBe(0);
    await settled();
  });

  it('that says it is gone is switched off, and what waited for it is not sent', async () => {
    peer.otherwise = { status: 410 };
    const { destination } = await house.destinations.create(input());
    const { id } = await left(destination.id);
    expect(await tried(id, 1)).toMatchObject({ state: 'failed', reason: 'target-gone' });
    expect(house.destinations.get(destination.id)).toMatchObject({ enabled: false, switchedOffBecause: 'target-gone' });
    house.events.emit('voicemail.left', voicemail);
    await clock.advanceAsync(86_400_000);
    expect(peer.requests).toHaveLength(1);
    await expect(house.deliveries.resend(destination.id, id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is the house itself: nothing is sent, so that no event makes the next one', async () => {
    ownPorts = [peer.port];
    const { destination } = await house.destinations.create(input({ url: `${peer.url}/api/messages` }));
    const { id } = await left(destination.id);
    expect(await tried(id, 1)).toMatchObject({ state: 'failed', reason: 'address-forbidden' });
    expect(peer.connections()).toBe(0);
  });
});

describe('a secret that takes the place of another', () => {
  it('signs beside it, so that a receiver may know either, and alone when the time of the old one is over', async () => {
    const { destination, secret: old } = await house.destinations.create(input());
    const { secret } = await house.destinations.renewSecret(destination.id, 24);
    const signedBy = () => [secret, old].map((one) => isSigned(peer.requests.at(-1)!, one));
    await tried((await left(destination.id)).id, 1);
    expect(signedBy()).toEqual([true, true]);
    clock.advance(24 * 3_600_000);
    await tried((await left(destination.id)).id, 1);
    expect(signedBy()).toEqual([true, false]);
    await house.destinations.renewSecret(destination.id, 0);
    await tried((await left(destination.id)).id, 1);
    expect(signedBy()).toEqual([false, false]);
  });

  it('signs what was tried with the old one before', async () => {
    peer.answers.push({ status: 401 });
    const { destination } = await house.destinations.create(input());
    const { id } = await left(destination.id);
    expect(await tried(id, 1)).toMatchObject({ state: 'waiting', reason: 'refused-login' });
    const { secret } = await house.destinations.renewSecret(destination.id, 0);
    await clock.advanceAsync(30_000);
    expect(await tried(id, 2)).toMatchObject({ state: 'delivered' });
    expect(isSigned(peer.requests[1]!, secret)).toBe(true);
  });
});

describe('what was told', () => {
  it('is sent again by hand, the same bytes by the same id', async () => {
    peer.answers.push({ status: 422, body: 'no' });
    const { destination } = await house.destinations.create(input());
    const { id } = await left(destination.id);
    expect(await tried(id, 1)).toMatchObject({ state: 'failed', reason: 'refused-content', exchange: { replyBody: 'no' } });
    expect(await house.deliveries.resend(destination.id, id)).toMatchObject({ id, state: 'waiting' });
    expect(await tried(id, 2)).toMatchObject({ state: 'delivered', reason: undefined });
    const [first, second] = peer.requests;
    expect([second?.body, second?.headers['webhook-id']]).toEqual([first?.body, id]);
    expect(house.deliveries.list(destination.id, {}, page).total).toBe(1);
  });

  it('is tried at once where it still waits', async () => {
    peer.answers.push({ status: 500 }, { status: 500 });
    const { destination } = await house.destinations.create(input());
    const { id } = await left(destination.id);
    await tried(id, 1);
    await house.deliveries.resend(destination.id, id);
    expect(await tried(id, 2)).toMatchObject({ state: 'waiting' });
  });

  it('is not to be had by the name of another destination', async () => {
    const { destination } = await house.destinations.create(input());
    const { destination: other } = await house.destinations.create(input({ name: 'Other', events: ['call.started'] }));
    const { id } = await left(destination.id);
    await tried(id, 1);
    expect(() => house.deliveries.get(other.id, id)).toThrow('There is no such delivery');
    await expect(house.deliveries.resend(other.id, id)).rejects.toMatchObject({ code: 'not-found' });
    await house.destinations.delete(destination.id);
    expect(house.store.byId(id)).toBeUndefined();
  });

  it('is kept for a month, of each destination the newest five hundred', async () => {
    const { destination } = await house.destinations.create(input());
    for (let n = 0; n < maxKept + 100; n += 1) house.events.emit('voicemail.left', voicemail);
    await peer.received(maxKept + 100);
    await settled();
    await tried((await left(destination.id)).id, 1);
    expect(house.deliveries.list(destination.id, {}, page).total).toBe(maxKept);
    await clock.advanceAsync(32 * 86_400_000);
    expect(house.deliveries.list(destination.id, {}, page).total).toBe(0);
  });

  it('survives the end of the house in the middle, and arrives with the same id', async () => {
    peer.answers.push('stall');
    const { destination } = await house.destinations.create(input());
    const { id } = await left(destination.id);
    await peer.received(1);
    expect(house.store.byId(id)).toMatchObject({ state: 'sending' });
    // As good as killed: nothing of the first one goes on.
    house = start();
    expect(await tried(id, 1)).toMatchObject({ state: 'delivered' });
    expect(peer.requests.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
  });
});

describe('a test of a destination', () => {
  it('is sent once, now, also to one that is switched off, and shows request and reply', async () => {
    peer.answers.push({ status: 202, headers: { 'x-seen': 'yes', 'set-cookie': 'a=b' }, body: 'ok' }, { status: 500 });
    const { destination, secret } = await house.destinations.create(input({ enabled: false }));
    const sent = await house.deliveries.test(destination.id, signal);
    expect(sent).toMatchObject({ event: 'test', state: 'delivered', status: 202, attempts: 1, exchange: { replyBody: 'ok' } });
    expect(sent.exchange?.replyHeaders).toMatchObject({ 'x-seen': 'yes' });
    expect(sent.exchange?.replyHeaders).not.toHaveProperty('set-cookie');
    expect(isSigned(peer.requests[0]!, secret)).toBe(true);
    expect(JSON.parse(peer.requests[0]?.body ?? '')).toMatchObject({ version: 1, type: 'test', data: {} });
    await expect(house.deliveries.test(destination.id, signal)).rejects.toMatchObject({ code: 'rate-limited' });
    clock.advance(5_000);
    expect(await house.deliveries.test(destination.id, signal)).toMatchObject({ state: 'failed', status: 500 });
    await clock.advanceAsync(86_400_000);
    expect(peer.requests).toHaveLength(2);
  });
});

it('what waited in data that were restored is said to be that, is counted, and is not sent again', async () => {
  peer.otherwise = { status: 500 };
  const { destination } = await house.destinations.create(input());
  const { id } = await left(destination.id);
  await tried(id, 1);
  house.outbox.endRestored();
  expect(house.store.byId(id)).toMatchObject({ state: 'unknown', reason: 'restored', attempts: 1 });
  expect(ended).toEqual(['unknown']);
  await clock.advanceAsync(3 * 86_400_000);
  expect(peer.requests).toHaveLength(1);
});
