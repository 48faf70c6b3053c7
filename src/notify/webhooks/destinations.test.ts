import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { newId } from '#base/ids.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { SealedSecrets } from '#storage/sealed-secrets.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { DestinationStore } from './destination-store.ts';
import { Destinations } from './destinations.ts';
import type { DestinationInput } from './destinations.ts';

const log = createLog({ level: 'silent' });
const key = Buffer.alloc(32, 3);
const input: DestinationInput = {
  name: 'Home Assistant',
  url: 'http://homeassistant.local:8123/api/webhook/x',
  allowsPrivate: true,
  events: ['call.started', 'voicemail.left'],
  includesContent: false,
  enabled: true,
};

describe('the destinations of webhooks', () => {
  const clock = new FakeClock();
  let db: OpenedDatabase['db'];
  let store: DestinationStore;
  let destinations: Destinations;
  let secrets: SealedSecrets;
  let calledOff: string[] = [];
  let changed: string[] = [];
  let made = 0;
  beforeEach(() => {
    ({ db } = openDatabase({ path: ':memory:', log, clock }));
    store = new DestinationStore(db);
    const newKey = () => Buffer.alloc(32, (made += 1));
    secrets = new SealedSecrets(db, 'webhook_destinations', key);
    const oldSecrets = new SealedSecrets(db, 'webhook_destinations.previous_secret', key);
    [calledOff, changed] = [[], []];
    destinations = new Destinations({
      ...{ store, writes: new WriteBatch({ db, log }), clock, newId, newKey, secrets, oldSecrets },
      callOff: (id, reason) => void calledOff.push(`${id} ${reason}`),
      onChanged: (id) => void changed.push(id),
    });
  });
  afterEach(() => db.close());

  it('keep no secret in the database that a thief of it could use', async () => {
    const { destination, secret } = await destinations.create(input);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const kept = db.prepare<[], Buffer>('SELECT secret FROM webhook_destinations').pluck().get();
    expect(kept?.includes(secret.slice(6, 20))).toBe(false);
    expect(secrets.read(destination.id)).toBe(secret);
    // Not in the place of another one's either.
    const { destination: other } = await destinations.create(input);
    db.prepare('UPDATE webhook_destinations SET secret = ? WHERE id = ?').run(kept, other.id);
    expect(secrets.read(other.id)).toBeUndefined();
    expect(JSON.stringify(destinations.list({ limit: 10, offset: 0, sort: 'createdAt', order: 'desc' }))).not.toContain('whsec');
  });

  it('get a new secret, beside which the old one signs for as long as was said', async () => {
    const { destination, secret } = await destinations.create(input);
    expect(destinations.secretsOf(destination.id)).toEqual([secret]);
    const { destination: renewed, secret: second } = await destinations.renewSecret(destination.id, 24);
    expect(renewed.oldSecretUntil).toBe(clock.now() + 24 * 3_600_000);
    expect(destinations.secretsOf(destination.id)).toEqual([second, secret]);
    // The one before the last one signs nothing any more.
    const { secret: third } = await destinations.renewSecret(destination.id, 1);
    expect(destinations.secretsOf(destination.id)).toEqual([third, second]);
    clock.advance(3_600_000);
    expect(destinations.secretsOf(destination.id)).toEqual([third]);
    const { destination: last, secret: fourth } = await destinations.renewSecret(destination.id, 0);
    expect([last.oldSecretUntil, destinations.secretsOf(destination.id)]).toEqual([undefined, [fourth]]);
  });

  it('do not take the old secret for the new one, whoever moves the bytes of the one into the place of the other', async () => {
    const { destination } = await destinations.create(input);
    await destinations.renewSecret(destination.id, 24);
    db.prepare('UPDATE webhook_destinations SET secret = previous_secret WHERE id = ?').run(destination.id);
    expect(destinations.secretsOf(destination.id)).toEqual([]);
  });

  it('are told of what they asked for while they are switched on', async () => {
    const { destination } = await destinations.create(input);
    const told = () => destinations.toldOf('voicemail.left').map(({ id }) => id);
    expect([told(), destinations.toldOf('call.ended')]).toEqual([[destination.id], []]);
    await destinations.change(destination.id, { enabled: false });
    expect([told(), calledOff]).toEqual([[], [`${destination.id} switched-off`]]);
    await destinations.change(destination.id, { enabled: true });
    expect(told()).toEqual([destination.id]);
    db.transaction(() => destinations.switchOff(destination.id, 'target-gone'))();
    await Promise.resolve();
    expect(told()).toEqual([]);
    expect(destinations.get(destination.id)).toMatchObject({ enabled: false, switchedOffBecause: 'target-gone' });
    expect(await destinations.change(destination.id, { enabled: true })).toMatchObject({ switchedOffBecause: undefined });
    await destinations.delete(destination.id);
    expect(calledOff.at(-1)).toBe(`${destination.id} gone`);
    expect(changed).toHaveLength(6);
  });

  it('change, and are still there afterwards as they are', async () => {
    const { destination } = await destinations.create(input);
    clock.advance(1000);
    const changed = await destinations.change(destination.id, { events: ['call.ended'], enabled: false });
    expect(changed).toEqual({ ...destination, events: ['call.ended'], enabled: false, changedAt: clock.now() });
    expect(new DestinationStore(db).byId(destination.id)).toEqual(changed);
    await destinations.delete(destination.id);
    expect(() => destinations.get(destination.id)).toThrow('There is no such destination');
  });

  it('refuse an address of the own network that nobody chose, also by two changes', async () => {
    await expect(destinations.create({ ...input, allowsPrivate: false })).rejects.toMatchObject({ details: [{ field: 'url' }] });
    const { destination } = await destinations.create(input);
    await expect(destinations.change(destination.id, { allowsPrivate: false })).rejects.toMatchObject({ code: 'invalid' });
    expect(destinations.get(destination.id).allowsPrivate).toBe(true);
  });

  it('are fifty at most', async () => {
    for (let n = 0; n < 50; n += 1) await destinations.create(input);
    await expect(destinations.create(input)).rejects.toMatchObject({ code: 'conflict' });
    expect(destinations.list({ limit: 2, offset: 49, sort: 'name', order: 'asc' })).toMatchObject({ total: 50, items: [{}] });
  });
});
