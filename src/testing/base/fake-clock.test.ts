import { expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';

test('timers run in order of their time, then of their setting, and see the time at which they are due', () => {
  const clock = new FakeClock(1000);
  const seen: string[] = [];
  clock.after(20, () => seen.push(`b${clock.now()}`));
  clock.after(10, () => {
    seen.push(`a${clock.now()}`);
    clock.after(10, () => seen.push(`d${clock.now()}`));
  });
  clock.after(20, () => seen.push(`c${clock.now()}`));
  clock.advance(19);
  expect(seen).toEqual(['a1010']);
  clock.advance(1);
  expect(seen).toEqual(['a1010', 'b1020', 'c1020', 'd1020']);
  expect(clock.now()).toBe(1020);
  expect(clock.pending).toBe(0);
});

test('a period repeats until it is cancelled', () => {
  const clock = new FakeClock();
  let count = 0;
  const timer = clock.every(10, () => {
    count += 1;
  });
  clock.advance(35);
  expect(count).toBe(3);
  timer.cancel();
  clock.advance(100);
  expect(count).toBe(3);
  expect(clock.pending).toBe(0);
});

test('after a suspend each timer that fell due runs once, and a period goes on from there', () => {
  const clock = new FakeClock(1000);
  const seen: string[] = [];
  clock.every(10, () => seen.push(`period ${clock.now()}`));
  clock.after(25, () => seen.push(`once ${clock.now()}`));
  clock.after(500, () => seen.push('later'));
  clock.suspend(400);
  expect(seen).toEqual(['period 1400', 'once 1400']);
  clock.advance(10);
  expect(seen.slice(2)).toEqual(['period 1410']);
});

test('a jump moves the wall time alone', () => {
  const clock = new FakeClock();
  const before = { wall: clock.now(), monotonic: clock.monotonic() };
  let isOver = false;
  clock.after(1000, () => (isOver = true));
  clock.jump(7_200_000);
  expect([clock.now() - before.wall, clock.monotonic() - before.monotonic, isOver]).toEqual([7_200_000, 0, false]);
  clock.advance(1000);
  expect([clock.now() - before.wall, clock.monotonic() - before.monotonic, isOver]).toEqual([7_201_000, 1000, true]);
});

test('code that awaits between two timers is carried along', async () => {
  const clock = new FakeClock();
  let done = false;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
  void (async () => {
    await wait(10);
    await wait(10);
    done = true;
  })();
  await clock.advanceAsync(20);
  expect(done).toBe(true);
});

test('thousands of timers set in any order run in order, but for the cancelled ones', () => {
  const clock = new FakeClock(0);
  const seen: number[] = [];
  const timers = Array.from({ length: 20_000 }, (_, index) => {
    const delayMs = (index * 7919) % 10_007;
    return clock.after(delayMs, () => seen.push(delayMs));
  });
  for (const timer of timers.slice(0, 5_000)) timer.cancel();
  expect(clock.pending).toBe(15_000);
  clock.advance(10_007);
  expect(seen).toHaveLength(15_000);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(clock.pending).toBe(0);
});
