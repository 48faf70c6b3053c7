import { expect, test } from 'vitest';
import { FakeClock } from '#testing/harness/fake-clock.ts';
import { HouseClock } from './house-clock.ts';
import { createLog } from './log.ts';

const hour = 3_600_000;

function house() {
  const machine = new FakeClock();
  const clock = new HouseClock(machine, createLog({ level: 'silent' }));
  return { machine, clock, begin: clock.now() };
}

test('a clock that is set is followed in one step, told before it is followed', () => {
  const { machine, clock, begin } = house();
  const told: string[] = [];
  clock.onStep((byMs) => told.push(`told ${byMs} at ${clock.now() - begin}`));
  clock.start((byMs) => told.push(`written ${byMs} at ${clock.now() - begin}`));
  machine.jump(8 * hour);
  expect(clock.now() - begin).toBe(0);
  machine.advance(1000);
  expect(told).toEqual([`written ${8 * hour} at 1000`, `told ${8 * hour} at 1000`]);
  expect(clock.now() - begin).toBe(8 * hour + 1000);
  machine.jump(-72 * hour);
  machine.advance(1000);
  expect(told.slice(2)).toEqual([`written ${-72 * hour} at ${8 * hour + 2000}`, `told ${-72 * hour} at ${8 * hour + 2000}`]);
});

test('a small correction is followed without a word', () => {
  const { machine, clock, begin } = house();
  const told: number[] = [];
  clock.start((byMs) => told.push(byMs));
  machine.jump(-1500);
  machine.advance(1000);
  expect([clock.now() - begin, told]).toEqual([-500, []]);
});

test('while nothing can be written the clock is not followed, and then in one step', () => {
  const { machine, clock, begin } = house();
  const told: number[] = [];
  let isFull = true;
  clock.onStep((byMs) => told.push(byMs));
  clock.start(() => {
    if (isFull) throw new Error('database or disk is full');
  });
  machine.jump(8 * hour);
  machine.advance(5000);
  expect([clock.now() - begin, told]).toEqual([5000, []]);
  isFull = false;
  machine.advance(1000);
  expect([clock.now() - begin, told]).toEqual([8 * hour + 6000, [8 * hour]]);
});

test('one part that fails to follow holds up no other', () => {
  const { machine, clock } = house();
  const told: number[] = [];
  clock.onStep(() => {
    throw new Error('a fault');
  });
  clock.onStep((byMs) => told.push(byMs));
  clock.start(() => {});
  machine.jump(hour);
  machine.advance(1000);
  expect(told).toEqual([hour]);
});
