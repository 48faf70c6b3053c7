import { beforeEach, describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FirstSetupStore } from './first-setup-store.ts';
import { PasswordHasher } from './password-hasher.ts';
import { People } from './people.ts';
import { PersonStore } from './person-store.ts';
import { SessionStore } from './session-store.ts';
import { TokenStore } from './token-store.ts';
import { Tokens } from './tokens.ts';

const log = createLog({ level: 'silent' });
const anyPage = { limit: 20, offset: 0, order: 'asc' } as const;

function open() {
  const clock = new FakeClock();
  const { db } = openDatabase({ path: ':memory:', log, clock });
  const writes = new WriteBatch({ db, log });
  const stores = {
    persons: new PersonStore(db),
    tokens: new TokenStore(db),
    sessions: new SessionStore(db),
    firstSetup: new FirstSetupStore(db),
  };
  const events = new Events<Facts>(log);
  const deps = { ...stores, hasher: new PasswordHasher(), writes, clock, newId, events, log };
  return { db, clock, events, stores, people: new People(deps), tokens: new Tokens(deps) };
}

describe('people', () => {
  let house: ReturnType<typeof open>;
  beforeEach(async () => {
    house = open();
    await house.tokens.ensureFirst();
  });

  it('creates, lists, changes and deletes a person', async () => {
    const anna = await house.people.create({ username: 'anna', name: 'Anna', role: 'user' });
    expect(anna).toMatchObject({ username: 'anna', name: 'Anna', role: 'user', createdAt: house.clock.now() });
    house.clock.advance(1000);
    const changed = await house.people.change(anna.id, { name: 'Anna B.' });
    expect(changed).toMatchObject({ username: 'anna', name: 'Anna B.', changedAt: house.clock.now() });
    await house.people.create({ username: 'ben', name: 'Ben', role: 'admin' });
    expect(house.people.list({ ...anyPage, sort: 'username' }).items.map((one) => one.username)).toEqual(['anna', 'ben']);
    expect(house.people.list({ ...anyPage, sort: 'name', role: 'admin' })).toMatchObject({ total: 1, items: [{ name: 'Ben' }] });
    await house.people.delete(anna.id);
    expect(() => house.people.get(anna.id)).toThrow('There is no such person');
  });

  it('tells who comes, changes and goes, and nothing of what was refused', async () => {
    const told: string[] = [];
    for (const name of ['person.created', 'person.changed', 'person.deleted'] as const)
      house.events.on(name, ({ personId }) => told.push(`${name} ${personId} ${house.people.byId(personId)?.name}`));
    const { id } = await house.people.create({ username: 'anna', name: 'Anna', role: 'user' });
    await expect(house.people.create({ username: 'anna', name: 'Other', role: 'user' })).rejects.toThrow('taken');
    await house.people.change(id, { name: 'Anna B.' });
    await house.people.delete(id);
    await expect(house.people.delete(id)).rejects.toThrow('no such person');
    expect(told).toEqual([`person.created ${id} Anna`, `person.changed ${id} Anna B.`, `person.deleted ${id} undefined`]);
  });

  it('refuses a username that is taken, on creation and on change', async () => {
    await house.people.create({ username: 'anna', name: 'Anna', role: 'user' });
    const ben = await house.people.create({ username: 'ben', name: 'Ben', role: 'user' });
    const conflict = { code: 'conflict', details: [{ field: 'username' }] };
    await expect(house.people.create({ username: 'anna', name: 'Other', role: 'user' })).rejects.toMatchObject(conflict);
    await expect(house.people.change(ben.id, { username: 'anna' })).rejects.toMatchObject(conflict);
    await expect(house.people.change(ben.id, { username: 'ben' })).resolves.toMatchObject({ username: 'ben' });
  });

  it('moves the link of somebody who came before they were added, who goes where nothing is theirs', async () => {
    const seen = await house.people.ofHomeAssistant({ id: 'abc123', loginName: 'anna', displayName: 'Anna' });
    const anna = await house.people.create({ username: 'anna.b', name: 'Anna B.', role: 'user' });
    await expect(house.people.change(anna.id, { homeAssistantUserId: 'abc123' })).rejects.toMatchObject({ code: 'conflict' });
    await house.people.change(anna.id, { homeAssistantUserId: 'abc123', movesLink: true });
    expect(house.people.byHomeAssistantUser('abc123')?.id).toBe(anna.id);
    expect(house.people.byId(seen.id)).toBeUndefined();
  });

  it('keeps somebody whose link was moved and who has something here', async () => {
    const ben = await house.people.ofHomeAssistant({ id: 'abc123', loginName: 'ben', displayName: 'Ben' });
    house.db.prepare('INSERT INTO dnd (person_id, device_id, until) VALUES (?, NULL, NULL)').run(ben.id);
    const other = await house.people.create({ username: 'ben.b', name: 'Ben B.', role: 'user' });
    await house.people.change(other.id, { homeAssistantUserId: 'abc123', movesLink: true });
    expect(house.people.byId(ben.id)).toMatchObject({ name: 'Ben', homeAssistantUserId: undefined });
    expect(house.people.byHomeAssistantUser('abc123')?.id).toBe(other.id);
  });

  it('links a person to one Home Assistant user, who is nobody else', async () => {
    const anna = await house.people.create({ username: 'anna', name: 'Anna', role: 'user', homeAssistantUserId: 'abc123' });
    const taken = { code: 'conflict', details: [{ field: 'homeAssistantUserId', message: 'is linked to Anna' }] };
    const ben = { username: 'ben', name: 'Ben', role: 'user' } as const;
    await expect(house.people.create({ ...ben, homeAssistantUserId: 'abc123' })).rejects.toMatchObject(taken);
    expect(house.stores.persons.byHomeAssistantUser('abc123')?.id).toBe(anna.id);
    expect(await house.people.change(anna.id, { name: 'Anna B.' })).toMatchObject({ homeAssistantUserId: 'abc123' });
    expect(await house.people.change(anna.id, { homeAssistantUserId: null })).toMatchObject({ homeAssistantUserId: undefined });
    await house.people.create({ ...ben, homeAssistantUserId: 'abc123' });
  });

  it('keeps a password as a bcrypt hash alone, and refuses a bad one at its field', async () => {
    const anna = await house.people.create({ username: 'anna', name: 'Anna', role: 'user', password: 'kranich87zaun' });
    expect([anna.hasPassword, house.people.get(anna.id).hasPassword]).toEqual([true, true]);
    expect(house.db.serialize().includes('kranich87zaun')).toBe(false);
    expect(house.stores.persons.credentialsOf('anna')?.hash).toMatch(/^\$2b\$10\$/);
    for (const password of ['short', 'password1', 'ä'.repeat(37), 'anna2026']) {
      await expect(house.people.change(anna.id, { password })).rejects.toMatchObject({
        code: 'invalid',
        details: [{ field: 'password' }],
      });
    }
    expect(await house.people.change(anna.id, { password: null })).toMatchObject({ hasPassword: false });
  });

  it('lets every room release what it has of a removed person, first in the transaction, then for good', async () => {
    const anna = await house.people.create({ username: 'anna', name: 'Anna', role: 'user' });
    const seen: string[] = [];
    const isThere = () => house.people.byId(anna.id) !== undefined;
    house.people.onRemoved([
      (id) => {
        seen.push(`files of ${id}: ${isThere()}`);
        return () => {
          throw new Error('The disk does not answer');
        };
      },
      (id) => () => void seen.push(`memory of ${id}: ${isThere()}`),
    ]);
    await house.people.delete(anna.id);
    expect(seen).toEqual([`files of ${anna.id}: true`, `memory of ${anna.id}: false`]);
  });

  it('releases nothing of a person who stays', async () => {
    const anna = await house.people.create({ username: 'anna', name: 'Anna', role: 'admin' });
    await house.tokens.create({ name: 'Anna’s', personId: anna.id });
    const [first] = house.tokens.list({ ...anyPage, sort: 'createdAt' }).items;
    await house.tokens.delete(first?.id ?? 'token_');
    const released: string[] = [];
    house.people.onRemoved([(id) => () => void released.push(id)]);
    await expect(house.people.delete(anna.id)).rejects.toMatchObject({ code: 'conflict' });
    expect([released, house.people.byId(anna.id)?.name]).toEqual([[], 'Anna']);
  });

  it('answers not-found for an unknown person', async () => {
    await expect(house.people.change('person_x', { name: 'X' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(house.people.delete('person_x')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('tokens', () => {
  it('makes the first admin token once and keeps only its hash', async () => {
    const { db, tokens } = open();
    const first = await tokens.ensureFirst();
    expect(first).toMatch(/^gosip_[\w-]{43}$/);
    expect(await tokens.ensureFirst()).toBeUndefined();
    expect(tokens.identify(first ?? '')).toMatchObject({ kind: 'token', role: 'admin', personId: undefined });
    expect(db.serialize().includes(first ?? '-')).toBe(false);
  });

  it('ends the earlier first token when it is made anew', async () => {
    const { tokens } = open();
    const first = await tokens.renewFirst();
    const second = await tokens.renewFirst();
    expect(tokens.identify(first)).toBeUndefined();
    expect(tokens.identify(second)?.role).toBe('admin');
    expect(tokens.list({ ...anyPage, sort: 'createdAt' }).total).toBe(1);
  });

  it('identifies no one by a wrong token', async () => {
    const { tokens } = open();
    const first = (await tokens.ensureFirst()) ?? '';
    for (const wrong of ['', 'gosip_', first.slice(0, -1), `${first}x`, first.toUpperCase()]) {
      expect(tokens.identify(wrong)).toBeUndefined();
    }
  });

  it('gives a token of a person that person’s role, and ends it with the person', async () => {
    const { people, tokens } = open();
    await tokens.ensureFirst();
    const anna = await people.create({ username: 'anna', name: 'Anna', role: 'user' });
    const { token } = await tokens.create({ name: 'Phone book', personId: anna.id });
    expect(tokens.identify(token)).toEqual({ kind: 'token', id: anna.id, personId: anna.id, role: 'user', scope: 'all' });
    await people.change(anna.id, { role: 'admin' });
    expect(tokens.identify(token)?.role).toBe('admin');
    await people.delete(anna.id);
    expect(tokens.identify(token)).toBeUndefined();
  });

  it('refuses a token for an unknown person', async () => {
    const { tokens } = open();
    await expect(tokens.create({ name: 'X', personId: 'person_x' })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('never leaves the house without an administrator who can sign in', async () => {
    const { people, tokens } = open();
    await tokens.ensureFirst();
    const anna = await people.create({ username: 'anna', name: 'Anna', role: 'admin' });
    const [first] = tokens.list({ ...anyPage, sort: 'createdAt' }).items;
    await expect(tokens.delete(first?.id ?? 'token_')).rejects.toMatchObject({ code: 'conflict' });
    await tokens.create({ name: 'Anna’s', personId: anna.id });
    await tokens.delete(first?.id ?? 'token_');
    await expect(people.change(anna.id, { role: 'user' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(people.delete(anna.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(people.get(anna.id).role).toBe('admin');
  });

  it('lets the last token of an administrator go once an administrator has a password, and not that password', async () => {
    const { people, tokens } = open();
    await tokens.ensureFirst();
    const anna = await people.create({ username: 'anna', name: 'Anna', role: 'admin', password: 'kranich87zaun' });
    const [first] = tokens.list({ ...anyPage, sort: 'createdAt' }).items;
    await tokens.delete(first?.id ?? 'token_');
    for (const change of [{ role: 'user' }, { password: null }] as const) {
      await expect(people.change(anna.id, change)).rejects.toMatchObject({ code: 'conflict' });
    }
    await expect(people.delete(anna.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await tokens.ensureFirst()).toBeUndefined();
  });

  it('takes a token that may only read, or that ends, for no administrator', async () => {
    const { clock, people, tokens } = open();
    await tokens.ensureFirst();
    const anna = await people.create({ username: 'anna', name: 'Anna', role: 'admin' });
    await tokens.create({ name: 'Reads', personId: anna.id, scope: 'read' });
    await tokens.create({ name: 'Ends', personId: anna.id, expiresAt: clock.now() + 1000 });
    const first = tokens.list({ ...anyPage, sort: 'name' }).items.find(({ name }) => name.startsWith('First'));
    await expect(tokens.delete(first?.id ?? 'token_')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('identifies nobody by a token that has expired, and refuses one that would be expired at once', async () => {
    const { clock, tokens } = open();
    const { token } = await tokens.create({ name: 'Guest', role: 'user', expiresAt: clock.now() + 60_000 });
    expect(tokens.identify(token)?.role).toBe('user');
    clock.advance(60_000);
    expect(tokens.identify(token)).toBeUndefined();
    await expect(tokens.create({ name: 'Late', role: 'user', expiresAt: clock.now() })).rejects.toMatchObject({
      details: [{ field: 'expiresAt', message: 'must be in the future' }],
    });
  });

  it('notes the last use now and then, not with every request', async () => {
    const { clock, tokens } = open();
    const first = (await tokens.ensureFirst()) ?? '';
    const lastUse = async () => {
      await new Promise(setImmediate);
      return tokens.list({ ...anyPage, sort: 'createdAt' }).items[0]?.lastUsedAt;
    };
    expect(await lastUse()).toBeUndefined();
    const firstUse = clock.now();
    tokens.identify(first);
    expect(await lastUse()).toBe(firstUse);
    clock.advance(60_000);
    tokens.identify(first);
    expect(await lastUse()).toBe(firstUse);
    clock.advance(15 * 60_000);
    tokens.identify(first);
    expect(await lastUse()).toBe(clock.now());
  });
});
