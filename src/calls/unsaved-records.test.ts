import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { CallRecord } from './call.ts';
import { UnsavedRecords } from './unsaved-records.ts';

const record = (n: number, endedAt?: number) => ({ id: `call_${n}`, endedAt }) as CallRecord;

let clock: FakeClock;
let isDiskFull: boolean;
let written: string[];
let savedCounts: number[];

beforeEach(() => {
  clock = new FakeClock();
  isDiskFull = true;
  written = [];
  savedCounts = [];
});

function open(maxRecords?: number): UnsavedRecords {
  return new UnsavedRecords({
    clock,
    save: ({ id, endedAt }) => {
      if (isDiskFull) throw new Error('disk full');
      written.push(`${id} ${endedAt ?? 'open'}`);
    },
    saved: (records) => void savedCounts.push(records),
    ...(maxRecords === undefined ? {} : { maxRecords }),
  });
}

test('while the disk is full a thousand records are kept in memory, the newest, and written once there is room', () => {
  const unsaved = open();
  for (let n = 1; n <= 1_001; n += 1) unsaved.keep(record(n), []);
  expect(unsaved.size).toBe(1_000);
  clock.advance(5_000);
  expect([unsaved.size, savedCounts]).toEqual([1_000, []]);
  isDiskFull = false;
  clock.advance(4_999);
  expect(written).toEqual([]);
  clock.advance(1);
  expect([unsaved.size, savedCounts, written.includes('call_1 open'), written.includes('call_2 open')]).toEqual([
    0,
    [1_000],
    false,
    true,
  ]);
});

test('the last state of a call is kept, in the place of the newest', () => {
  const unsaved = open(2);
  unsaved.keep(record(1), []);
  unsaved.keep(record(2), []);
  unsaved.keep(record(1, 9), []);
  unsaved.keep(record(3), []);
  isDiskFull = false;
  unsaved.stop();
  expect(written).toEqual(['call_1 9', 'call_3 open']);
});

test('a record whose later state is on the disk is not written over it', () => {
  const unsaved = open();
  unsaved.keep(record(1), []);
  unsaved.keep(record(2), []);
  unsaved.forget('call_1');
  isDiskFull = false;
  clock.advance(5_000);
  expect(written).toEqual(['call_2 open']);
});
