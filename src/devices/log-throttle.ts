import type { Clock } from '#base/clock.ts';

export type LogThrottleOptions = {
  readonly clock: Clock;
  /** Things said within a minute; what is more is not. */
  readonly maxPerMinute?: number;
};

const windowMs = 60_000;

/** Keeps a stranger from filling the log: each thing is said once a minute, and only so many things. */
export class LogThrottle {
  readonly #clock: Clock;
  readonly #maxPerMinute: number;
  readonly #logged = new Set<string>();
  #since = Number.NEGATIVE_INFINITY;

  constructor({ clock, maxPerMinute: most = 20 }: LogThrottleOptions) {
    this.#clock = clock;
    this.#maxPerMinute = most;
  }

  /** Whether this is to be said now; then it counts as said. */
  shouldLog(key: string): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#since >= windowMs) {
      this.#logged.clear();
      this.#since = now;
    }
    if (this.#logged.size >= this.#maxPerMinute || this.#logged.has(key)) return false;
    this.#logged.add(key);
    return true;
  }
}
