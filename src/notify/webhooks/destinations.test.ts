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
  enabled: true,
};

describe('the destinations of webhooks', () => {
  const clock = new FakeClock();
  let db: OpenedDatabase['db'];
  let store: DestinationStore;
  let destinations: Destinations;
  let secrets: SealedSecrets;
  let made = 0;
  beforeEach(() => {
    ({ db } = openDatabase({ path: ':memory:', log, clock }));
    store = new DestinationStore(db);
    const newKey = () => Buffer.alloc(32, (made += 1));
    secrets = new SealedSecrets(db, 'webhook_destinations', key);
    destinations = new Destinations({ store, writes: new WriteBatch({ db, log }), clock, newId, newKey, secrets });
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

  it('get a new secret, after which the old one signs nothing', async () => {
    const { destination, secret } = await destinations.create(input);
    const { secret: renewed } = await destinations.renewSecret(destination.id);
    expect(renewed).not.toBe(secret);
    expect(secrets.read(destination.id)).toBe(renewed);
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
