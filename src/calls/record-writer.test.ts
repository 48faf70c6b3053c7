import { beforeEach, expect, test } from 'vitest';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { CallRecord } from './call.ts';
import { CdrStore } from './cdr-store.ts';
import { RecordWriter } from './record-writer.ts';

const log = createLog({ level: 'silent' });
const nobody = { deviceId: undefined, personId: undefined, number: '', name: '' };
const record = (id: string, more: Partial<CallRecord> = {}): CallRecord =>
  ({
    id,
    direction: 'inbound',
    startedAt: 1,
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: undefined,
    verdict: undefined,
    dialled: '21',
    caller: nobody,
    callee: nobody,
    number: undefined,
    trunk: undefined,
    transferredFrom: undefined,
    reasons: [],
    ...more,
  }) as CallRecord;
const ended = { endedAt: 9, verdict: { disposition: 'missed', reason: 'no-answer' } } as const;

let clock: FakeClock;
let db: OpenedDatabase['db'];
let store: CdrStore;
let writes: WriteBatch;
let writer: RecordWriter;
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  clock = new FakeClock();
  ({ db } = openDatabase({ path: ':memory:', log, clock }));
  store = new CdrStore(db);
  writes = new WriteBatch({ db, log });
  writer = new RecordWriter({ clock, log, events: new Events<Facts>(log), store, writes });
});

test('while the database takes in its log only answered calls add to it; the others follow in their last state', async () => {
  const resume = writes.pause();
  writer.save(record('call_1'), []);
  writer.save(record('call_1', ended), []);
  writer.save(record('call_2'), []);
  writer.save(record('call_2', { answeredAt: 5 }), []);
  writer.save(record('call_3'), []);
  await turn();
  expect([store.get('call_1'), store.get('call_2')?.answeredAt, store.get('call_3')]).toEqual([undefined, 5, undefined]);
  resume();
  await turn();
  expect(store.get('call_1')?.verdict?.reason).toBe('no-answer');
  expect(store.get('call_2')?.answeredAt).toBe(5);
  expect(store.get('call_3')).toMatchObject({ startedAt: 1 });
});

test('a state that comes in the moment in which the one before it is written is not lost', async () => {
  const resume = writes.pause();
  writer.save(record('call_1'), []);
  // Of the same commit, so that it is told of it before everything of the first one is done.
  const again = writes
    .write(() => {})
    .then(() => {
      const end = writes.pause();
      writer.save(record('call_1', ended), []);
      return end;
    });
  resume();
  (await again)();
  await turn();
  expect(store.get('call_1')?.verdict?.reason).toBe('no-answer');
  expect(writer.find('call_1')?.record.endedAt).toBe(9);
});

test('what waited when the disk failed, or when we stop, is not lost', async () => {
  const resume = writes.pause();
  writer.save(record('call_1', ended), []);
  db.pragma('query_only = ON');
  resume();
  await turn();
  db.pragma('query_only = OFF');
  expect([store.get('call_1'), writer.isFailing]).toEqual([undefined, true]);
  clock.advance(5_000);
  expect(writer.isFailing).toBe(false);
  expect(store.get('call_1')?.endedAt).toBe(9);
  writes.pause();
  writer.save(record('call_2', ended), []);
  writer.stop();
  expect(store.get('call_2')?.endedAt).toBe(9);
});

test('a record that could not be written is forgotten, and nothing fails any more, once a later state of it is on the disk', () => {
  db.pragma('query_only = ON');
  writer.save(record('call_1', { answeredAt: 5 }), []);
  expect(writer.isFailing).toBe(true);
  db.pragma('query_only = OFF');
  writer.save(record('call_1', { answeredAt: 5, ...ended }), []);
  expect([writer.isFailing, store.get('call_1')?.endedAt]).toEqual([false, 9]);
  // The earlier state does not come back over it.
  clock.advance(5_000);
  expect(store.get('call_1')?.endedAt).toBe(9);
});
