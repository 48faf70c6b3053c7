import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FigureHistory } from './figure-history.ts';

test('the figures of the last day are kept, five minutes apart, and those of this moment follow', () => {
  const clock = new FakeClock();
  let registrations = 1;
  const history = new FigureHistory({
    clock,
    registrations: () => registrations,
    callsInProgress: () => 2,
    memoryBytes: () => 3,
  });
  history.start();
  clock.advance(300_000);
  registrations = 5;
  expect(history.all().map((one) => one.registrations)).toEqual([1, 1, 5]);
  expect(history.all().at(-1)).toMatchObject({ callsInProgress: 2, memoryBytes: 3, delayMs: 0 });
  clock.advance(48 * 3_600_000);
  expect(history.all()).toHaveLength(289);
  history.stop();
  clock.advance(600_000);
  expect(history.all()).toHaveLength(289);
});
