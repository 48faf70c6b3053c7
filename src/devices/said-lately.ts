import type { Clock } from '#base/clock.ts';

export type SaidLatelyOptions = {
  readonly clock: Clock;
  /** Things said within a minute; what is more is not. */
  readonly most?: number;
};

const windowMs = 60_000;

/** Keeps a stranger from filling the log: each thing is said once a minute, and only so many things. */
export class SaidLately {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #said = new Set<string>();
  #since = Number.NEGATIVE_INFINITY;

  constructor({ clock, most = 20 }: SaidLatelyOptions) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Whether this is to be said now; then it counts as said. */
  isNews(what: string): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#since >= windowMs) {
      this.#said.clear();
      this.#since = now;
    }
    if (this.#said.size >= this.#most || this.#said.has(what)) return false;
    this.#said.add(what);
    return true;
  }
}
