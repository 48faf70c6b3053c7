import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { OutgoingRefusals } from './outgoing-refusals.ts';

const refused = (n: number) =>
  ({
    deviceId: `dev_${n}`,
    deviceName: `Phone ${n}`,
    number: '+37120000000',
    reason: 'destination-not-allowed',
    destination: 'LV',
  }) as const;

test('of very many refused phones the hundred newest are kept, and one that was forgotten is told anew', () => {
  const refusals = new OutgoingRefusals(new FakeClock());
  for (let n = 1; n <= 100; n += 1) expect(refusals.add(refused(n))).toBe(true);
  expect(refusals.all()).toHaveLength(100);
  expect(refusals.add(refused(1))).toBe(false);
  expect(refusals.add(refused(101))).toBe(true);
  const kept = refusals.all().map(({ deviceId }) => deviceId);
  expect([kept.length, kept[0], kept.at(-2), kept.at(-1)]).toEqual([100, 'dev_3', 'dev_1', 'dev_101']);
  expect(refusals.add(refused(2))).toBe(true);
});
