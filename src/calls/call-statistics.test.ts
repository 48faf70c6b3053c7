import { expect, onTestFinished, test } from 'vitest';
import type { CallId, LegId, PersonId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import type { CallLeg, CallRecord } from './call.ts';
import { CallSearch } from './call-search.ts';
import { CallStatistics } from './call-statistics.ts';
import { CdrStore } from './cdr-store.ts';

const day = 24 * 60 * 60_000;
const days = 12;

function call(index: number, startedAt: number, personId: PersonId): { record: CallRecord; legs: CallLeg[] } {
  const side = { deviceId: undefined, personId: undefined, number: '21', name: '' };
  const open = { ringingAt: undefined, answeredAt: undefined, endedAt: undefined };
  const leg: CallLeg = {
    ...open,
    id: `leg_${index}` as LegId,
    role: 'callee',
    deviceId: undefined,
    personId,
    name: '',
    trunk: undefined,
    address: '',
    sipCallId: '',
    startedAt,
    sipStatus: undefined,
    outcome: undefined,
  };
  const record: CallRecord = {
    ...open,
    id: `call_${index}` as CallId,
    direction: 'inbound',
    startedAt,
    verdict: undefined,
    dialled: '21',
    caller: side,
    callee: side,
    number: undefined,
    trunk: undefined,
    transferredFrom: undefined,
    reasons: [],
  };
  return { record, legs: [leg] };
}

function ended({ record, legs }: ReturnType<typeof call>, answeredAt: number | undefined): ReturnType<typeof call> {
  const endedAt = record.startedAt + 60_000;
  const verdict =
    answeredAt === undefined
      ? ({ disposition: 'missed', reason: 'no-answer' } as const)
      : ({ disposition: 'answered', reason: 'caller-hung-up' } as const);
  return { record: { ...record, answeredAt, endedAt, verdict }, legs: legs.map((leg) => ({ ...leg, answeredAt, endedAt })) };
}

function house() {
  const { db } = openDatabase({ path: ':memory:', log: createLog({ level: 'silent' }), clock: new FakeClock() });
  onTestFinished(() => void db.close());
  const statistics = () => new CallStatistics({ db, search: new CallSearch(db) });
  return { db, store: new CdrStore(db), statistics };
}

const asked = (filter = {}) => ({ filter, from: 0, to: days * day, by: 'day', timeZone: 'Europe/Vienna' }) as const;

test('statistics that were asked for before are right, whatever calls begin, end, and come late with the clock set back', async () => {
  const { store, statistics } = house();
  const random = seededRandom(20_261_203);
  const known = statistics();
  const all: ReturnType<typeof call>[] = [];
  for (let step = 0; step < 150; step += 1) {
    const now = (step * days * day) / 150;
    const begin = random(3) > 0 || all.length === 0;
    const index = begin ? all.length : random(all.length);
    const startedAt = random(10) === 0 ? Math.floor(now / 3) : Math.floor(now);
    const one = all[index] ?? call(index, startedAt, random(2) === 0 ? 'person_1' : 'person_2');
    const kept = begin && random(2) === 0 ? one : ended(one, random(2) === 0 ? one.record.startedAt + 5_000 : undefined);
    all[index] = kept;
    store.save(kept.record, kept.legs);
    const filter = random(2) === 0 ? {} : { visibleTo: 'person_1' as const };
    expect(await known.read(asked(filter))).toEqual(await statistics().read(asked(filter)));
  }
});

test('days that are over are counted once', async () => {
  const { db, store, statistics } = house();
  for (let index = 0; index < 40; index += 1) {
    const { record, legs } = ended(call(index, index * (day / 4), 'person_1'), undefined);
    store.save(record, legs);
  }
  const known = statistics();
  const before = await known.read(asked());
  expect(before.total.calls).toBe(40);
  // Changed behind its back, a day that was counted stays as it was.
  const triggers = db.prepare<[], string>("SELECT name FROM temp.sqlite_schema WHERE type = 'trigger'").pluck().all();
  for (const name of triggers) db.exec(`DROP TRIGGER temp.${name}`);
  db.exec(`UPDATE cdrs SET answered_at = started_at`);
  expect((await known.read({ ...asked(), to: 8 * day })).total.answered).toBe(0);
  expect((await statistics().read({ ...asked(), to: 8 * day })).total.answered).toBeGreaterThan(0);
});
