// Owns the wall clock of the house: it runs evenly, and where the machine's clock is set it follows in one step that listeners are notified of.
// Called by app, which gives it to every room in place of the machine's clock.
// Must stay true: `now()` never jumps unnoticed; stored due times are shifted in the same step, by the rooms that keep them.
import type { Clock, Timer } from './clock.ts';
import type { Log } from './log.ts';

/** Called with the milliseconds by which the clock was set, forward or (negative) back. */
export type ClockStepListener = (byMs: number) => void;

const checkIntervalMs = 1_000;
/** A smaller difference is followed silently: nothing stored depends on it. */
const minStepMs = 2_000;
/** Readings of two clocks differ by chance. */
const minAdjustMs = 50;
/** Longer between two readings: the process stalled between them. */
const maxReadingGapMs = 50;

export class HouseClock implements Clock {
  readonly monotonic: Clock['monotonic'];
  readonly after: Clock['after'];
  readonly every: Clock['every'];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #listeners = new Set<ClockStepListener>();
  #offset: number;
  #timer: Timer | undefined;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
    this.monotonic = clock.monotonic;
    this.after = clock.after;
    this.every = clock.every;
    this.#offset = clock.now() - clock.monotonic();
  }

  readonly now = (): number => this.#clock.monotonic() + this.#offset;

  /** Listeners are called when `now()` is about to follow, in the order of subscription. Returns the function that unsubscribes. */
  readonly onStep = (listener: ClockStepListener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** `write` shifts due times on the disk; while it throws the clock is not followed. */
  start(write: ClockStepListener): void {
    this.#timer = this.#clock.every(checkIntervalMs, () => this.check(write));
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Follows the machine's clock where it was set. */
  check(write: ClockStepListener): void {
    const before = this.#clock.monotonic();
    const offset = this.#clock.now() - before;
    if (this.#clock.monotonic() - before > maxReadingGapMs) return;
    const byMs = offset - this.#offset;
    const distance = Math.abs(byMs);
    if (distance < minAdjustMs || (distance >= minStepMs && !this.#step(byMs, write))) return;
    this.#offset = offset;
  }

  #step(byMs: number, write: ClockStepListener): boolean {
    const seconds = Math.round(byMs / 1000);
    try {
      write(byMs);
    } catch (error) {
      this.#log.error({ err: error, seconds }, 'Clock set; due times cannot be shifted yet');
      return false;
    }
    for (const listener of this.#listeners) this.#notify(listener, byMs);
    this.#log.warn({ seconds }, 'Clock set; due times shifted');
    return true;
  }

  #notify(listener: ClockStepListener, byMs: number): void {
    try {
      listener(byMs);
    } catch (error) {
      this.#log.error({ err: error }, 'Clock set; a listener failed');
    }
  }
}
