import type { Clock } from '#base/clock.ts';

export type RetentionClockDeps = {
  readonly clock: Clock;
  /** What an earlier run saved. */
  readonly load: () => number | undefined;
  readonly save: (at: number) => void;
};

/** A clock that is this far off is wrong, or was. */
const suspectOffsetMs = 86_400_000;

/**
 * The time by which retention counts. It follows the clock, but never goes back and never more than twice as fast as time really
 * passes: whatever a clock is set to, nothing is deleted before half of its days are over.
 */
export class RetentionClock {
  readonly #deps: RetentionClockDeps;
  #at: number | undefined;
  #lookedAt: number;

  constructor(deps: RetentionClockDeps) {
    this.#deps = deps;
    this.#lookedAt = deps.clock.monotonic();
  }

  /** The time now, in milliseconds since the Unix epoch; it is saved for the next run. Throws what `save` throws. */
  next(): number {
    const { clock, load, save } = this.#deps;
    const monotonic = clock.monotonic();
    const before = this.#at ?? load() ?? clock.now();
    this.#at = advanceTowards(before, clock.now(), monotonic - this.#lookedAt);
    this.#lookedAt = monotonic;
    save(this.#at);
    return this.#at;
  }

  /** The time now, as `next`; nothing is saved. */
  peek(): number {
    const { clock, load } = this.#deps;
    return advanceTowards(this.#at ?? load() ?? clock.now(), clock.now(), clock.monotonic() - this.#lookedAt);
  }

  /** Whether the clock is so far from it that its times cannot be trusted. */
  isSystemClockSuspect(at: number): boolean {
    return Math.abs(this.#deps.clock.now() - at) > suspectOffsetMs;
  }
}

/** Moves towards the clock, by twice the time that has passed at most. */
export function advanceTowards(before: number, clock: number, passedMs: number): number {
  return before + Math.min(Math.max(0, clock - before), 2 * passedMs);
}
