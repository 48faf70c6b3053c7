// Decides when one state may be sent again.
// Called by the state feed.
// Must stay true: a burst is sent at once; what goes on and on is sent once a second.

const burst = 5;
const refillMs = 1000;

/** A token bucket. */
export class Pace {
  #tokens = burst;
  #at = 0;

  /** Milliseconds to wait before the next one is sent; it counts as sent then. */
  take(now: number): number {
    const gained = Math.floor((now - this.#at) / refillMs);
    if (gained > 0) {
      this.#tokens = Math.min(burst, this.#tokens + gained);
      this.#at = this.#tokens === burst ? now : this.#at + gained * refillMs;
    }
    if (this.#tokens > 0) {
      this.#tokens -= 1;
      return 0;
    }
    // The next token is spent in advance.
    this.#at += refillMs;
    return this.#at - now;
  }
}
