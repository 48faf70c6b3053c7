import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { EmergencyWindow } from './emergency-window.ts';

const minute = 60_000;
let clock: FakeClock;
let lastCall: number | undefined;

beforeEach(() => {
  clock = new FakeClock();
  lastCall = undefined;
});

function open(): EmergencyWindow {
  const window = new EmergencyWindow({ clock, minutes: () => 30, lastCall: () => lastCall });
  window.start();
  return window;
}

const isOpen = (window: EmergencyWindow) => window.until(clock.now()) !== undefined;

it('help gets through while the call goes on and for half an hour afterwards', () => {
  const window = open();
  expect(isOpen(window)).toBe(false);
  window.began();
  clock.advance(3 * 60 * minute);
  expect(isOpen(window)).toBe(true);
  window.ended();
  expect(window.until(clock.now())).toBe(clock.now() + 30 * minute);
  clock.advance(30 * minute - 1);
  expect(isOpen(window)).toBe(true);
  clock.advance(1);
  expect(isOpen(window)).toBe(false);
});

it('a restart and a clock that is set do not end it', () => {
  lastCall = clock.now() - 10 * minute;
  const window = open();
  clock.jump(-86_400_000);
  clock.advance(19 * minute);
  expect(isOpen(window)).toBe(true);
  clock.advance(2 * minute);
  expect(isOpen(window)).toBe(false);
});

it('it does not hold for a time that is only imagined', () => {
  const window = open();
  window.began();
  window.ended();
  expect([window.until(clock.now() + 29 * minute), window.until(clock.now() + 31 * minute)]).toEqual([
    clock.now() + 30 * minute,
    undefined,
  ]);
});
