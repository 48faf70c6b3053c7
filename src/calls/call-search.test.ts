import { expect, onTestFinished, test } from 'vitest';
import type { CallId, DeviceId, LegId, PersonId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import type { Database } from '#storage/database.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import type { CallLeg, CallRecord } from './call.ts';
import { CallSearch } from './call-search.ts';
import type { CallFilter } from './call-scope.ts';
import type { CallPage } from './call-search.ts';
import { CdrStore } from './cdr-store.ts';
import { exportCalls } from './call-export.ts';

type Kept = { readonly record: CallRecord; readonly legs: readonly CallLeg[] };

const numbers = ['21', '22', '+16135551234', '+14165550123', ''] as const;
const directions = ['internal', 'inbound', 'outbound'] as const;
const verdicts = [
  { disposition: 'answered', reason: 'caller-hung-up' },
  { disposition: 'missed', reason: 'no-answer' },
] as const;
const random = seededRandom(20_261_130);
const one = <Value>(values: readonly Value[]): Value | undefined => values[random(values.length)];
const device = (): DeviceId | undefined => one<DeviceId | undefined>(['dev_1', 'dev_2', undefined]);
const person = (): PersonId | undefined => one<PersonId | undefined>(['person_1', 'person_2', undefined]);

function house(): { readonly db: Database; readonly store: CdrStore; readonly search: CallSearch } {
  const { db } = openDatabase({ path: ':memory:', log: createLog({ level: 'silent' }), clock: new FakeClock() });
  onTestFinished(() => void db.close());
  return { db, store: new CdrStore(db), search: new CallSearch(db) };
}

function begun(index: number): Kept {
  const side = () => ({
    deviceId: undefined,
    personId: undefined,
    number: one(numbers) ?? '',
    name: one(['Kitchen', 'Ann']) ?? '',
  });
  const record: CallRecord = {
    id: `call_${index}` as CallId,
    direction: one(directions) ?? 'inbound',
    // Several in the same moment.
    startedAt: 1000 + Math.floor(index / 3),
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: undefined,
    verdict: undefined,
    dialled: one(numbers) ?? '',
    caller: side(),
    callee: side(),
    number: undefined,
    trunk: undefined,
    transferredFrom: undefined,
    reasons: [],
  };
  return { record, legs: [] };
}

function withLeg({ record, legs }: Kept): Kept {
  const leg: CallLeg = {
    id: `leg_${record.id}_${legs.length}` as LegId,
    role: 'callee',
    deviceId: device(),
    personId: person(),
    name: '',
    trunk: undefined,
    address: '',
    sipCallId: '',
    startedAt: record.startedAt,
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: undefined,
    sipStatus: undefined,
    outcome: undefined,
  };
  return { record, legs: [...legs, leg] };
}

/** Over, or over in another way, with another caller. */
function ended({ record, legs }: Kept): Kept {
  const caller = { ...record.caller, number: one(numbers) ?? '' };
  const [answeredAt, endedAt] = [record.startedAt + random(3), record.startedAt + 5 + random(3)];
  return { record: { ...record, caller, answeredAt, endedAt, verdict: one(verdicts) }, legs };
}

function holds({ record, legs }: Kept, filter: CallFilter): boolean {
  const { number, deviceId, personId, visibleTo, direction, disposition, from, to, text } = filter;
  const texts = [record.caller.name, record.caller.number, record.callee.name, record.callee.number, record.dialled];
  return (
    (number === undefined || [record.caller.number, record.callee.number, record.dialled].includes(number)) &&
    (deviceId === undefined || legs.some((leg) => leg.deviceId === deviceId)) &&
    [personId, visibleTo].every((whose) => whose === undefined || legs.some((leg) => leg.personId === whose)) &&
    (direction === undefined || record.direction === direction) &&
    (disposition === undefined || record.verdict?.disposition === disposition) &&
    (from === undefined || record.startedAt >= from) &&
    (to === undefined || record.startedAt < to) &&
    (text === undefined || texts.some((part) => part.toLowerCase().includes(text.toLowerCase())))
  );
}

/** By the time of the page's order, those without one lowest; of the same time in the order in which they were written down. */
function pageOf(all: readonly Kept[], filter: CallFilter, { sort, order, limit, offset }: CallPage) {
  const sign = order === 'asc' ? 1 : -1;
  const found = [...all.entries()].filter(([, kept]) => holds(kept, filter));
  const sorted = found.toSorted(
    ([a, { record: one }], [b, { record: other }]) => sign * ((one[sort] ?? -1) - (other[sort] ?? -1) || a - b),
  );
  return { ids: sorted.slice(offset, offset + limit).map(([, { record }]) => record.id), total: found.length };
}

function anyFilter(): CallFilter {
  const maybe = <Value>(value: Value): Value | undefined => (random(3) === 0 ? value : undefined);
  return {
    number: maybe(one(numbers.filter((number) => number !== ''))),
    deviceId: maybe(device()),
    personId: maybe(person()),
    visibleTo: maybe(person()),
    direction: maybe(one(directions)),
    disposition: maybe(one(verdicts)?.disposition),
    from: maybe(1000 + random(40)),
    to: maybe(1000 + random(80)),
    text: maybe(one(['kitchen', 'ann', '613', '2'])),
  };
}

test('whatever calls begin, ring and end, each filter shows and counts exactly those that it is for', () => {
  const { store, search } = house();
  const all: Kept[] = [];
  for (let step = 0; step < 600; step += 1) {
    const index = random(3) === 0 ? all.length : random(all.length + 1);
    const known = all[index];
    const kept = known === undefined ? begun(all.length) : random(2) === 0 ? withLeg(known) : ended(known);
    all[Math.min(index, all.length)] = kept;
    store.save(kept.record, kept.legs);
    const filter = anyFilter();
    const page: CallPage = {
      sort: one(['startedAt', 'endedAt', 'answeredAt'] as const) ?? 'startedAt',
      order: one(['asc', 'desc'] as const) ?? 'asc',
      limit: 1 + random(10),
      offset: random(4),
    };
    const { items, total } = search.find(filter, page);
    expect({ filter, page, ids: items.map(({ id }) => id), total }).toEqual({ filter, page, ...pageOf(all, filter, page) });
  }
});

test('a call that is deleted is in no list of anybody', () => {
  const { db, store, search } = house();
  const { record, legs } = withLeg(withLeg(begun(1)));
  store.save(record, legs);
  db.exec('DELETE FROM cdrs');
  expect(db.prepare('SELECT * FROM cdr_parties').all()).toEqual([]);
  expect(search.find({ number: record.dialled }, { sort: 'startedAt', order: 'asc', limit: 5, offset: 0 }).total).toBe(0);
});

async function exported(
  house_: ReturnType<typeof house>,
  filter: CallFilter,
  order: 'asc' | 'desc',
  during = () => {},
): Promise<string[]> {
  let text = '';
  for await (const part of exportCalls({ ...house_, clock: new FakeClock() }, filter, order)) {
    text += part;
    during();
  }
  return text
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',')[0] ?? '');
}

test('an export has each call that there was when it began, once and in order, whatever calls come meanwhile', async () => {
  const one_ = house();
  const all = Array.from({ length: 1200 }, (_, index) => ended(withLeg(begun(index))));
  for (const { record, legs } of all) one_.store.save(record, legs);
  let added = all.length;
  const addCall = () => {
    const { record, legs } = ended(begun(added++));
    one_.store.save({ ...record, startedAt: 900 + random(900) }, legs);
  };
  for (const order of ['asc', 'desc'] as const) {
    for (const filter of [
      {},
      { personId: 'person_1' },
      { number: '21', disposition: 'missed' },
      { text: 'kitchen' },
      { text: 'nn', number: '21' },
    ] as const) {
      const newest = added;
      const expected = pageOf(all, filter, { sort: 'startedAt', order, limit: 9999, offset: 0 }).ids;
      const ids = await exported(one_, filter, order, addCall);
      expect(ids.filter((id) => Number(id.split('_')[1]) < all.length)).toEqual(expected);
      expect(ids.every((id) => Number(id.split('_')[1]) < newest)).toBe(true);
    }
  }
});
