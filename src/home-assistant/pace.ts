// Decides when one state may be sent again.
// Called by the state feed.
// Must stay true: a burst is sent at once; what goes on and on is sent once a second.

const burst = 5;
const refillMs = 1000;

/** A token bucket. */
export class Pace {
  #tokens = burst;
  #at = 0;

  /** Milliseconds until the next one may be sent; 0: now. */
  waitMs(now: number): number {
    this.#refill(now);
    return this.#tokens > 0 ? 0 : this.#at + refillMs - now;
  }

  /** One was sent. */
  spend(now: number): void {
    this.#refill(now);
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  #refill(now: number): void {
    const gained = Math.floor((now - this.#at) / refillMs);
    if (gained <= 0) return;
    this.#tokens = Math.min(burst, this.#tokens + gained);
    this.#at = this.#tokens === burst ? now : this.#at + gained * refillMs;
  }
}
