import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { SealedSecrets } from '#storage/sealed-secrets.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { shownAddress } from './target.ts';
import type { NewTarget } from './target.ts';
import { TargetStore } from './target-store.ts';
import { Targets } from './targets.ts';

const log = createLog({ level: 'silent' });
const [anna, ben] = ['person_anna', 'person_ben'] as const;
const mail = (address: string): NewTarget => ({ personId: anna, channel: 'mail', address });
const browser = (personId: typeof anna | typeof ben, auth = 'first'): NewTarget => ({
  personId,
  channel: 'web-push',
  name: 'Phone',
  via: 'own',
  subscription: { endpoint: 'https://push.example.org/secret/abcdef', keys: { p256dh: 'key', auth } },
});

describe('where people are reached', () => {
  const clock = new FakeClock();
  let db: OpenedDatabase['db'];
  let targets: Targets;
  let told: string[];
  beforeEach(() => {
    ({ db } = openDatabase({ path: ':memory:', log, clock }));
    for (const id of [anna, ben])
      db.prepare("INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES (?, ?, ?, 'user', 1, 1)").run(
        id,
        id,
        id,
      );
    const events = new Events<Facts>(log);
    told = [];
    events.on('notification-target.changed', ({ targetId, personId }) => void told.push(`${targetId} ${personId}`));
    const secrets = new SealedSecrets(db, 'notification_targets', Buffer.alloc(32, 3));
    targets = new Targets({ store: new TargetStore(db), secrets, writes: new WriteBatch({ db, log }), clock, newId, events });
  });
  afterEach(() => db.close());

  it.each<[NewTarget, string, string]>([
    [{ personId: anna, channel: 'gotify', token: 'AbCdE1234567890' }, 'AbCdE1234567890', '…890'],
    [{ personId: anna, channel: 'ntfy', topic: 'our-house-9f3a7c' }, 'our-house-9f3a7c', '…3a7c'],
    [{ personId: anna, channel: 'ntfy', topic: 'abc' }, 'abc', '…'],
  ])('keep what is secret sealed, and show only enough to tell it apart: %j', async (given, secret, shown) => {
    const added = await targets.add(given);
    const row = JSON.stringify(db.prepare('SELECT * FROM notification_targets').get());
    expect(row).not.toContain(secret);
    expect(db.prepare<[], Buffer>('SELECT secret FROM notification_targets').pluck().get()?.includes(secret)).toBe(false);
    expect(JSON.stringify(added)).not.toContain(secret);
    expect(shownAddress(added)).toBe(shown);
    expect(targets.opened(added.id)?.secret).toBe(secret);
    expect(told).toEqual([`${added.id} ${anna}`]);
  });

  it('are each there once, and so many at most', async () => {
    const first = await targets.add(mail('Anna@Example.ORG'));
    expect(first).toMatchObject({ address: 'Anna@example.org', name: 'Anna@Example.ORG' });
    await expect(targets.add(mail('Anna@example.org'))).rejects.toMatchObject({
      code: 'conflict',
      details: [{ field: 'address' }],
    });
    for (let n = 1; n < 5; n += 1) await targets.add(mail(`anna${n}@example.org`));
    await expect(targets.add(mail('one-more@example.org'))).rejects.toMatchObject({
      code: 'conflict',
      because: { reason: 'limit-reached' },
    });
    await targets.add({ personId: anna, channel: 'ntfy', topic: 'another-way' });
    await targets.add({ ...mail('Anna@example.org'), personId: ben });
    expect(targets.list({ personId: anna }, { limit: 2, offset: 0, sort: 'name', order: 'asc' })).toMatchObject({
      total: 6,
      items: [{}, {}],
    });
    expect(targets.list({ channel: 'mail' }, { limit: 10, offset: 0, sort: 'createdAt', order: 'desc' }).total).toBe(6);
  });

  it('are one for a browser that signs up again, with its new keys', async () => {
    const first = await targets.add(browser(anna));
    const again = await targets.add(browser(anna, 'second'));
    expect(again.id).toBe(first.id);
    expect(targets.opened(first.id)?.secret).toContain('second');
    expect(targets.ofPerson(anna)).toHaveLength(1);
  });

  it('go on as they were called and switched where the browser got another address', async () => {
    const before = await targets.add(browser(anna));
    await targets.change(before.id, { name: 'Kitchen tablet', isEnabled: false });
    db.prepare("UPDATE notification_targets SET problem = 'target-gone'").run();
    const keys = { p256dh: 'key', auth: 'new' };
    const subscription = { endpoint: 'https://push.example.org/secret/other', keys };
    const replaces = 'https://push.example.org/secret/abcdef';
    const added = await targets.add({ ...browser(anna), subscription, replaces } as NewTarget);
    expect(added).toMatchObject({ id: before.id, name: 'Kitchen tablet', isEnabled: false, problem: undefined });
    expect(shownAddress(added)).toBe('…ther');
    expect(targets.opened(before.id)?.secret).toContain('secret/other');
    // By its address nobody takes away what is somebody else's.
    const bens = { ...subscription, endpoint: 'https://push.example.org/secret/bens' };
    const other = await targets.add({ ...browser(ben), subscription: bens, replaces: subscription.endpoint } as NewTarget);
    expect(other.id).not.toBe(before.id);
    expect(targets.ofPerson(anna)).toHaveLength(1);
  });

  it('show nothing of one person to the next who signs in at the same browser', async () => {
    const annas = await targets.add(browser(anna));
    const bens = await targets.add(browser(ben));
    // What still waits for the first goes nowhere.
    expect(bens.id).not.toBe(annas.id);
    expect(targets.byId(annas.id)).toBeUndefined();
    expect(targets.ofPerson(anna)).toEqual([]);
    expect(told).toContain(`${annas.id} ${anna}`);
  });

  it('are renamed, and believed to work when they are switched on again', async () => {
    const { id } = await targets.add(mail('anna@example.org'));
    db.prepare("UPDATE notification_targets SET problem = 'target-gone'").run();
    expect(await targets.change(id, { name: 'Work' })).toMatchObject({ name: 'Work', problem: 'target-gone' });
    expect(await targets.change(id, { isEnabled: false })).toMatchObject({ isEnabled: false, problem: 'target-gone' });
    expect(await targets.change(id, { isEnabled: true })).toMatchObject({ isEnabled: true, problem: undefined });
    await targets.delete(id);
    expect(() => targets.get(id)).toThrow('There is no such target');
    await expect(targets.delete(id)).rejects.toMatchObject({ code: 'not-found' });
  });
});
