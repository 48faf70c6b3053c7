import type { Clock } from '#base/clock.ts';

/** The time of one call: its times lie as far apart as they really did, whatever the clock was set to meanwhile. */
export class CallClock {
  readonly #clock: Clock;
  readonly #beganAt: number;
  readonly #begin: number;

  /** From now on. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#beganAt = clock.now();
    this.#begin = clock.monotonic();
  }

  /** Milliseconds since the Unix epoch. */
  now(): number {
    return this.#beganAt + this.#clock.monotonic() - this.#begin;
  }
}
