import { expect, test } from 'vitest';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { RefusedCallReports } from './refused-call-reports.ts';

const kids = { id: 'dev_kids', name: 'Kids' } as const;
const refused = { disposition: 'failed', reason: 'call-not-permitted-now' } as const;

test('a child who tries every key is told of once, and again the next evening', () => {
  const clock = new FakeClock();
  const log = createLog({ level: 'silent' });
  const events = new Events<Facts>(log);
  const told: Facts['outgoing.refused'][] = [];
  events.on('outgoing.refused', (fact) => told.push(fact));
  const reports = new RefusedCallReports({ clock, log, events });
  for (let n = 0; n < 50; n += 1) reports.add(kids, '+33142685300', refused);
  expect(told).toEqual([{ deviceId: 'dev_kids', reason: 'call-not-permitted-now', destination: null }]);
  reports.add(kids, '+33142685300', { disposition: 'failed', reason: 'call-not-permitted' });
  reports.add(kids, '+33142685300', { disposition: 'failed', reason: 'no-trunk' });
  expect(told).toHaveLength(2);
  // Twenty-three hours later: a day has not passed, but it is another evening.
  clock.advance(23 * 3_600_000);
  reports.add(kids, '+33142685300', refused);
  expect(told).toHaveLength(3);
});
