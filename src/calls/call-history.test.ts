import { afterEach, beforeEach, expect, it } from 'vitest';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { CallHistory } from './call-history.ts';
import type { CallRecord } from './call.ts';
import { CdrStore } from './cdr-store.ts';

const them = { deviceId: undefined, personId: undefined, number: '+15555550100', name: '' };
const us = { ...them, number: '+14165550100' };
const day = 86_400_000;
let db: OpenedDatabase['db'];
let history: CallHistory;
let logged: string[];

beforeEach(() => {
  logged = [];
  const log = createLog({ level: 'warn', destination: { write: (line: string) => void logged.push(line) } });
  ({ db } = openDatabase({ path: ':memory:', log, clock: new FakeClock() }));
  history = new CallHistory(db, log);
});
afterEach(() => db.close());

function save(change: Partial<CallRecord>): void {
  const record: CallRecord = {
    id: newId('call'),
    direction: 'outbound',
    startedAt: 10 * day,
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: 10 * day + 5_000,
    verdict: { disposition: 'missed', reason: 'no-answer' },
    dialled: '',
    caller: us,
    callee: them,
    number: undefined,
    trunk: undefined,
    transferredFrom: undefined,
    reasons: [],
    ...change,
  };
  new CdrStore(db).save(record, []);
}

it('a number is trusted from when we last called it, and not where the call was refused or came from there', () => {
  expect(history.dialledAt(them.number, 0)).toBeUndefined();
  save({ direction: 'inbound', caller: them, callee: us });
  save({ verdict: { disposition: 'failed', reason: 'destination-not-allowed' } });
  expect(history.dialledAt(them.number, 0)).toBeUndefined();
  save({ startedAt: 3 * day });
  save({ startedAt: 4 * day });
  expect([history.dialledAt(them.number, 0), history.dialledAt(them.number, 4 * day + 1)]).toEqual([4 * day, undefined]);
});

it('a second call counts where the first one was to the same number and nobody answered', () => {
  const asked = { caller: them.number, called: us.number, since: 0 };
  const inbound = { direction: 'inbound', caller: them } as const;
  save({ ...inbound, callee: us, answeredAt: 10 * day + 1, verdict: { disposition: 'answered', reason: 'caller-hung-up' } });
  save({ ...inbound, callee: { ...us, number: '+14165550199' } });
  expect(history.unansweredAt(asked)).toBeUndefined();
  save({ ...inbound, callee: us, endedAt: undefined, verdict: undefined });
  expect(history.unansweredAt(asked)).toBe(10 * day);
  expect(history.unansweredAt({ ...asked, since: 10 * day + 1 })).toBeUndefined();
});

it('an emergency call is found by what was dialled', () => {
  save({ callee: { ...them, number: '988' } });
  save({ callee: { ...them, number: '911' }, startedAt: 9 * day, endedAt: 9 * day + 60_000 });
  expect([history.lastEmergencyAt('CA', 0), history.lastEmergencyAt('CA', 9 * day + 1)]).toEqual([9 * day + 60_000, undefined]);
});

it.each([
  ['dialled', (one: CallHistory) => one.dialledAt('x', 0), 'cdrs_dialled_out'],
  ['unanswered', (one: CallHistory) => one.unansweredAt({ caller: 'x', called: 'y', since: 0 }), 'cdrs_unanswered'],
  ['emergency', (one: CallHistory) => one.lastEmergencyAt('CA', 0), 'INDEX cdrs_by_'],
])('looks for %s calls by an index', (_what, ask, index) => {
  const seen: string[] = [];
  const spied = new Proxy(db, {
    get: (target, name) =>
      name === 'prepare'
        ? (sql: string) => {
            const plan = target.prepare(`EXPLAIN QUERY PLAN ${sql}`);
            return { all: (...params: unknown[]) => (seen.push(JSON.stringify(plan.all(...params))), []) };
          }
        : Reflect.get(target, name),
  });
  ask(new CallHistory(spied, createLog({ level: 'silent' })));
  expect(seen.join()).toContain(index);
});

it('a broken disk is said once, and tells nothing of anybody', () => {
  db.exec('DROP TABLE call_legs; DROP TABLE IF EXISTS pstn_calls; PRAGMA foreign_keys = OFF; DROP TABLE cdrs');
  expect([history.dialledAt('x', 0), history.lastEmergencyAt('CA', 0)]).toEqual([undefined, undefined]);
  expect(logged).toHaveLength(1);
});
