import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { HouseClock } from './house-clock.ts';
import { createLog } from './log.ts';

const hour = 3_600_000;

function house() {
  const machine = new FakeClock();
  const clock = new HouseClock(machine, createLog({ level: 'silent' }));
  return { machine, clock, begin: clock.now() };
}

test('a clock that is set is followed in one step, after the listeners are notified', () => {
  const { machine, clock, begin } = house();
  const notified: string[] = [];
  clock.onStep((byMs) => notified.push(`notified ${byMs} at ${clock.now() - begin}`));
  clock.start((byMs) => notified.push(`written ${byMs} at ${clock.now() - begin}`));
  machine.jump(8 * hour);
  expect(clock.now() - begin).toBe(0);
  machine.advance(1000);
  expect(notified).toEqual([`written ${8 * hour} at 1000`, `notified ${8 * hour} at 1000`]);
  expect(clock.now() - begin).toBe(8 * hour + 1000);
  machine.jump(-72 * hour);
  machine.advance(1000);
  expect(notified.slice(2)).toEqual([
    `written ${-72 * hour} at ${8 * hour + 2000}`,
    `notified ${-72 * hour} at ${8 * hour + 2000}`,
  ]);
});

test('a small correction is followed without a word', () => {
  const { machine, clock, begin } = house();
  const notified: number[] = [];
  clock.start((byMs) => notified.push(byMs));
  machine.jump(-1500);
  machine.advance(1000);
  expect([clock.now() - begin, notified]).toEqual([-500, []]);
});

test('while nothing can be written the clock is not followed, and then in one step', () => {
  const { machine, clock, begin } = house();
  const notified: number[] = [];
  let isFull = true;
  clock.onStep((byMs) => notified.push(byMs));
  clock.start(() => {
    if (isFull) throw new Error('database or disk is full');
  });
  machine.jump(8 * hour);
  machine.advance(5000);
  expect([clock.now() - begin, notified]).toEqual([5000, []]);
  isFull = false;
  machine.advance(1000);
  expect([clock.now() - begin, notified]).toEqual([8 * hour + 6000, [8 * hour]]);
});

test('one part that fails to follow holds up no other', () => {
  const { machine, clock } = house();
  const notified: number[] = [];
  clock.onStep(() => {
    throw new Error('a fault');
  });
  clock.onStep((byMs) => notified.push(byMs));
  clock.start(() => {});
  machine.jump(hour);
  machine.advance(1000);
  expect(notified).toEqual([hour]);
});
