import { expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { UntilDone } from './until-done.ts';

function made(failing: number) {
  const clock = new FakeClock();
  const at: number[] = [];
  const failures: number[] = [];
  const begin = clock.monotonic();
  const attempt = async () => {
    at.push((clock.monotonic() - begin) / 1000);
    await Promise.resolve();
    if (at.length <= failing) throw new Error('not yet');
  };
  const trying = new UntilDone({ clock, attempt, onFailure: (_error, count) => failures.push(count) });
  return { clock, at, failures, trying };
}

it('tries at once, then twice as long apart up to a minute, until it is done', async () => {
  const { clock, at, failures, trying } = made(9);
  trying.start();
  await clock.advanceAsync(600_000);
  expect(at).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  expect(failures).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('does not try again once it is stopped, between two attempts or in one', async () => {
  const between = made(99);
  between.trying.start();
  await between.clock.advanceAsync(500);
  between.trying.stop();
  await between.clock.advanceAsync(600_000);
  expect(between.at).toEqual([0]);
  const during = made(99);
  during.trying.start();
  during.trying.stop();
  await during.clock.advanceAsync(600_000);
  expect([during.at, during.failures, during.trying.isStopped]).toEqual([[0], [], true]);
});
