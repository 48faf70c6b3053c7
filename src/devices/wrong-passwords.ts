import type { Clock } from '#base/clock.ts';

export type WrongPasswordsOptions = {
  readonly clock: Clock;
  /** Wrong passwords within a minute that close the pair for a minute. */
  readonly most?: number;
  /** Pairs remembered. */
  readonly capacity?: number;
};

type Tries = { count: number; since: number; closedUntil: number };

const windowMs = 60_000;

/**
 * Counts wrong passwords per pair of source and device, so that guessing is slow while everybody else in the house registers as always.
 */
export class WrongPasswords {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #capacity: number;
  readonly #pairs = new Map<string, Tries>();

  constructor({ clock, most = 5, capacity = 10_000 }: WrongPasswordsOptions) {
    this.#clock = clock;
    this.#most = most;
    this.#capacity = capacity;
  }

  /** Seconds until the pair may try again; 0 where it may now. */
  waitSeconds(source: string, username: string): number {
    const tries = this.#pairs.get(pair(source, username));
    if (tries === undefined) return 0;
    return Math.max(0, Math.ceil((tries.closedUntil - this.#clock.monotonic()) / 1000));
  }

  add(source: string, username: string): void {
    const key = pair(source, username);
    const now = this.#clock.monotonic();
    const known = this.#pairs.get(key);
    const tries = known === undefined || now - known.since >= windowMs ? { count: 0, since: now, closedUntil: 0 } : known;
    tries.count += 1;
    if (tries.count >= this.#most) tries.closedUntil = now + windowMs;
    // To the end, so that the pair that tried last is forgotten last.
    this.#pairs.delete(key);
    this.#makeRoom(now);
    this.#pairs.set(key, tries);
  }

  forget(source: string, username: string): void {
    if (this.#pairs.size > 0) this.#pairs.delete(pair(source, username));
  }

  /** Pairs remembered. */
  get size(): number {
    return this.#pairs.size;
  }

  #makeRoom(now: number): void {
    for (const [key, { since, closedUntil }] of this.#pairs) {
      const isOver = now - since >= windowMs && closedUntil <= now;
      if (!isOver && this.#pairs.size < this.#capacity) return;
      this.#pairs.delete(key);
    }
  }
}

/** A long name is cut: what an attacker writes must not fill the table with text. */
function pair(source: string, username: string): string {
  return `${source} ${username.slice(0, 64)}`;
}
