import type { Clock } from '#base/clock.ts';

export type KeepingTimeParts = {
  readonly clock: Clock;
  /** What an earlier run noted. */
  readonly load: () => number | undefined;
  readonly save: (at: number) => void;
};

/** A clock that is so far off is wrong, or was. */
const strangeMs = 86_400_000;

/**
 * The time by which things grow old. It follows the clock, but never goes back and never more than twice as fast as time really
 * passes: whatever a clock is set to, nothing is deleted before half of its days are over.
 */
export class KeepingTime {
  readonly #parts: KeepingTimeParts;
  #at: number | undefined;
  #lookedAt: number;

  constructor(parts: KeepingTimeParts) {
    this.#parts = parts;
    this.#lookedAt = parts.clock.monotonic();
  }

  /** The time now, in milliseconds since the Unix epoch; it is noted for the next run. Throws what `save` throws. */
  next(): number {
    const { clock, load, save } = this.#parts;
    const monotonic = clock.monotonic();
    const before = this.#at ?? load() ?? clock.now();
    this.#at = follow(before, clock.now(), monotonic - this.#lookedAt);
    this.#lookedAt = monotonic;
    save(this.#at);
    return this.#at;
  }

  /** Whether the clock is so far from it that its times are not to be believed. */
  isClockStrange(at: number): boolean {
    return Math.abs(this.#parts.clock.now() - at) > strangeMs;
  }
}

/** Moves towards the clock, by twice the time that has passed at most. */
export function follow(before: number, clock: number, passedMs: number): number {
  return before + Math.min(Math.max(0, clock - before), 2 * passedMs);
}
