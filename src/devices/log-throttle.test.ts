import { expect, test } from 'vitest';
import { FakeClock } from '#testing/harness/fake-clock.ts';
import { LogThrottle } from './log-throttle.ts';

test('each thing is said once a minute, and only so many things', () => {
  const clock = new FakeClock();
  const lately = new LogThrottle({ clock, maxPerMinute: 2 });
  expect(['a', 'a', 'b', 'c', 'b'].map((what) => lately.shouldLog(what))).toEqual([true, false, true, false, false]);
  clock.advance(60_000);
  expect(['c', 'a', 'c'].map((what) => lately.shouldLog(what))).toEqual([true, true, false]);
});
