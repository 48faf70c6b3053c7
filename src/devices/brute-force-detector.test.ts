import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { BruteForceDetector } from './brute-force-detector.ts';
import type { BruteForceTarget } from './brute-force-detector.ts';

function watch() {
  const clock = new FakeClock();
  const found: BruteForceTarget[] = [];
  return { clock, found, phones: new BruteForceDetector({ clock, onDetected: (phone) => found.push(phone) }) };
}

function guess(phones: BruteForceDetector, times: number, sourceOf: (time: number) => string): void {
  for (let time = 0; time < times; time += 1) phones.add('201', sourceOf(time));
}

test('a hundred sources that try one password each are seen, once an hour', () => {
  const { clock, found, phones } = watch();
  guess(phones, 100, (time) => `192.0.2.${time}`);
  expect(found).toEqual([{ username: '201', tries: 20, sources: 20 }]);
  expect(phones.list()).toEqual([{ username: '201', tries: 100, sources: 100 }]);
  clock.advance(3_600_000);
  expect(phones.list()).toEqual([]);
  guess(phones, 20, (time) => `192.0.2.${time}`);
  expect(found).toHaveLength(2);
});

test.each([
  ['a phone with an old password, for a day', 2000, () => '192.0.2.1'],
  ['a phone that changes its IPv6 address', 2000, (time: number) => `2001:db8::${time}`],
  ['the owner at home and on the way', 40, (time: number) => `192.0.2.${time % 2}`],
  ['a few wrong tries from everywhere', 19, (time: number) => `192.0.2.${time}`],
])('%s is no attack', (_who, times, sourceOf) => {
  const { found, phones } = watch();
  guess(phones, times, sourceOf);
  expect([found, phones.list()]).toEqual([[], []]);
});
