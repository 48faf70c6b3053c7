import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { numberRoutes } from './number-routes.ts';
import { NumberStore } from './number-store.ts';
import { Numbers } from './numbers.ts';
import type { NumberInput } from './numbers.ts';

let numbers: Numbers;
let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
  const { db } = openDatabase({ path: ':memory:', log: createLog({ level: 'silent' }), clock });
  db.prepare(
    "INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES ('person_1', 'eva', 'Eva', 'user', 1, 1), ('person_2', 'max', 'Max', 'user', 1, 1)",
  ).run();
  const writes = new WriteBatch({ db, log: createLog({ level: 'silent' }) });
  numbers = new Numbers({ store: new NumberStore(db), writes, clock, newId, events: new Events(createLog({ level: 'silent' })) });
});

const input: NumberInput = { number: '+14165550100', name: 'Home', ownerPersonId: 'person_1', voiceEnabled: true };

async function codeOf(run: () => unknown): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('Numbers', () => {
  it('finds a number by its E.164 form and by its owner', async () => {
    const created = await numbers.create(input);
    expect(numbers.byNumber('+14165550100')).toEqual(created);
    expect(numbers.callerIdOf('person_1')).toEqual(created);
    expect(numbers.callerIdOf(undefined)).toBeUndefined();
    expect(numbers.byNumber('+1')).toBeUndefined();
  });

  it('lists a person’s numbers and those without an owner, the oldest first', async () => {
    const first = await numbers.create({ ...input, number: '+14165550109' });
    clock.advance(1);
    const house = await numbers.create({ ...input, number: '+14165550105', ownerPersonId: undefined });
    clock.advance(1);
    const second = await numbers.create({ ...input, number: '+14165550101' });
    expect(numbers.ofPerson('person_1')).toEqual([first, second]);
    expect(numbers.ofPerson(undefined)).toEqual([house]);
    expect(numbers.ofPerson('person_9')).toEqual([]);
    expect(numbers.all()).toEqual([first, house, second]);
    expect(numbers.callerIdOf('person_1')).toEqual(first);
    expect(numbers.callerIdOf(undefined)).toEqual(house);
  });

  it('adds only the numbers that are missing, once each, so that they take calls and nobody owns them', async () => {
    const kept = await numbers.create({ ...input, voiceEnabled: false });
    const [second, third] = ['+14165550101', '+14165550102'];
    expect(await numbers.addMissing([second, kept.number, third, second])).toEqual([second, third]);
    expect(numbers.byNumber(kept.number)).toEqual(kept);
    expect(numbers.byNumber(second)).toMatchObject({ name: '', ownerPersonId: undefined, voiceEnabled: true });
    expect(numbers.all()).toHaveLength(3);
    expect(await numbers.addMissing([second, third])).toEqual([]);
  });

  it('shows the requested number only where it is ours and takes calls', async () => {
    const first = await numbers.create(input);
    clock.advance(1);
    const second = await numbers.create({ ...input, number: '+14165550101' });
    expect(numbers.callerIdFor(second.number)).toEqual(second);
    expect(numbers.callerIdFor('+12125550123')).toEqual(first);
    await numbers.change(second.id, { voiceEnabled: false });
    expect(numbers.callerIdFor(second.number)).toEqual(first);
    await numbers.change(first.id, { voiceEnabled: false });
    expect(numbers.callerIdFor(second.number)).toBeUndefined();
  });

  it('offers no caller id that is switched off', async () => {
    const { id } = await numbers.create(input);
    await numbers.change(id, { voiceEnabled: false });
    expect(numbers.callerIdOf('person_1')).toBeUndefined();
    expect(numbers.anyCallerId()).toBeUndefined();
  });

  it('refuses a number twice, and an owner nobody knows', async () => {
    await numbers.create(input);
    expect(await codeOf(() => numbers.create(input))).toBe('conflict');
    expect(await codeOf(() => numbers.create({ ...input, number: '+14165550101', ownerPersonId: 'person_9' }))).toBe('invalid');
    expect(numbers.list({ limit: 10, offset: 0, sort: 'number', order: 'asc', personId: undefined }).total).toBe(1);
  });

  it('takes an owner away', async () => {
    const { id } = await numbers.create(input);
    expect((await numbers.change(id, { ownerPersonId: undefined })).ownerPersonId).toBeUndefined();
    expect(numbers.get(id).ownerPersonId).toBeUndefined();
  });

  it('forgets a deleted number', async () => {
    const { id } = await numbers.create(input);
    await numbers.delete(id);
    expect(numbers.byNumber(input.number)).toBeUndefined();
    expect(await codeOf(() => numbers.get(id))).toBe('not-found');
    expect(await codeOf(() => numbers.delete(id))).toBe('not-found');
  });

  it('pages and sorts', async () => {
    for (const last of ['3', '1', '2']) await numbers.create({ ...input, number: `+1416555010${last}` });
    const page = numbers.list({ limit: 2, offset: 0, sort: 'number', order: 'desc', personId: 'person_1' });
    expect(page.total).toBe(3);
    expect(page.items.map(({ number }) => number)).toEqual(['+14165550103', '+14165550102']);
  });
});

describe('numberRoutes', () => {
  it('answers in the shapes of the contract', async () => {
    const routes = numberRoutes(numbers);
    const run = async (id: string, call: object) => {
      const route = routes.find(({ endpoint }) => endpoint.id === id)!;
      const reply = await route.run({ params: {}, query: {}, body: {}, identity: undefined, ...call } as never);
      route.endpoint.reply.parse(reply);
      return reply as { id: string; total?: number; name?: string };
    };
    const { id } = await run('createNumber', { body: { ...input, ownerPersonId: null } });
    expect((await run('changeNumber', { params: { id }, body: { name: 'Office' } })).name).toBe('Office');
    expect((await run('listNumbers', { query: { page: 1, per_page: 20, sort: 'name', order: 'asc' } })).total).toBe(1);
    expect((await run('getNumber', { params: { id } })).name).toBe('Office');
    await run('deleteNumber', { params: { id } });
  });

  it.each([
    ['leaves the owner, where it names none', { name: 'Office' }, 'person_1'],
    ['gives it to its new owner', { ownerPersonId: 'person_2' }, 'person_2'],
    ['takes the owner away', { ownerPersonId: null }, null],
  ])('a change of a number %s', async (_what, body, expected) => {
    const { id } = await numbers.create(input);
    const route = numberRoutes(numbers).find(({ endpoint }) => endpoint.id === 'changeNumber')!;
    const reply = await route.run({ params: { id }, query: {}, body, identity: undefined } as never);
    expect(reply).toMatchObject({ ownerPersonId: expected });
  });
});
