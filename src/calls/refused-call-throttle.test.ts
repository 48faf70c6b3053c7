import { expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { RefusedCallThrottle } from './refused-call-throttle.ts';
import type { Verdict } from './verdict.ts';

const unknown: Verdict = { disposition: 'failed', reason: 'unknown-number' };
const missed: Verdict = { disposition: 'missed', reason: 'no-devices' };

test('a forged trunk that is refused 3000 times fills neither disk nor log, and every missed call is written down', () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const refused = new RefusedCallThrottle({
    clock,
    log: createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
  });
  let written = 0;
  for (let n = 0; n < 3_000; n += 1) {
    if (refused.mayRecord('provider', unknown)) written += 1;
    expect(refused.mayRecord('provider', missed)).toBe(true);
    clock.advance(2);
  }
  expect(written).toBe(30);
  expect(refused.mayRecord('other trunk', unknown)).toBe(true);
  clock.advance(60_000);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ from: 'provider', reason: 'unknown-number', calls: 2_970 });
  const later = Array.from({ length: 10 }, () => refused.mayRecord('provider', unknown));
  expect(later.filter(Boolean)).toHaveLength(6);
  refused.stop();
  expect(JSON.parse(lines[1]!)).toMatchObject({ calls: 4 });
  expect(clock.pending).toBe(0);
});

test('blocked calls are throttled like failed ones', () => {
  const log = createLog({ level: 'silent' });
  const refused = new RefusedCallThrottle({ clock: new FakeClock(), log });
  const recorded = Array.from({ length: 40 }, () => refused.mayRecord('provider', { disposition: 'blocked', reason: 'spam' }));
  expect(recorded.filter(Boolean)).toHaveLength(30);
  refused.stop();
});
