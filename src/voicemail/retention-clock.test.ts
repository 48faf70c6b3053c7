import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { RetentionClock } from './retention-clock.ts';

const day = 86_400_000;

/** Days that the time has gone on after each look, a day apart. */
function daysOf(clock: FakeClock, time: RetentionClock, begin: number, days: number): number[] {
  return Array.from({ length: days }, () => {
    clock.advance(day);
    return Math.round(((time.next() - begin) / day) * 10) / 10;
  });
}

function keeping(clock = new FakeClock(), load: () => number | undefined = () => undefined) {
  return { clock, time: new RetentionClock({ clock, load, save: () => {} }), begin: clock.now() };
}

test('goes with the clock that goes right', () => {
  const { clock, time, begin } = keeping();
  expect(daysOf(clock, time, begin, 3)).toEqual([1, 2, 3]);
});

test('a clock set forward by years makes things older by two days a day at most', () => {
  const { clock, time, begin } = keeping();
  time.next();
  clock.jump(12 * 365 * day);
  expect(time.isSystemClockSuspect(time.next())).toBe(true);
  expect(daysOf(clock, time, begin, 3)).toEqual([2, 4, 6]);
  clock.jump(-12 * 365 * day);
  expect(daysOf(clock, time, begin, 4)).toEqual([6, 6, 6, 7]);
});

test('a clock that begins in 1970 makes nothing younger, and when it is right nothing older', () => {
  const noted = Date.UTC(2026, 10, 1);
  const { clock, time } = keeping(new FakeClock(0), () => noted);
  expect(daysOf(clock, time, noted, 2)).toEqual([0, 0]);
  expect(time.isSystemClockSuspect(time.next())).toBe(true);
  clock.jump(noted - 0);
  expect(daysOf(clock, time, noted, 1)).toEqual([2]);
});
