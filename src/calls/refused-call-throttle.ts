import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Verdict } from './verdict.ts';

type TokenBucket = { tokens: number; refilledAt: number };

const maxBurst = 30;
/** One more after each such time. */
const refillMs = 10_000;
const reportAfterMs = 60_000;

/**
 * Bounds how many refused calls of a phone or trunk are recorded: a forged trunk, or the thief of a phone's password, is refused hundreds
 * of times a second and must not fill disk and log. A missed call always gets its record.
 */
export class RefusedCallThrottle {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #skipped = new Map<string, number>();
  #timer: Timer | undefined;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** `by` is the phone or trunk that the call came from. */
  mayRecord(by: string, { disposition, reason }: Verdict): boolean {
    if (disposition !== 'failed' && disposition !== 'blocked') return true;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(by) ?? { tokens: maxBurst, refilledAt: now };
    this.#buckets.set(by, bucket);
    const refill = Math.floor((now - bucket.refilledAt) / refillMs);
    bucket.tokens = Math.min(maxBurst, bucket.tokens + refill);
    bucket.refilledAt += refill * refillMs;
    if (bucket.tokens > 0) {
      bucket.tokens -= 1;
      return true;
    }
    this.#skip(`${by} ${reason}`);
    return false;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#report();
  }

  #skip(what: string): void {
    this.#skipped.set(what, (this.#skipped.get(what) ?? 0) + 1);
    this.#timer ??= this.#clock.after(reportAfterMs, () => this.#report());
  }

  #report(): void {
    this.#timer = undefined;
    for (const [what, calls] of this.#skipped) {
      const [from, reason] = what.split(/ (?=[^ ]*$)/);
      this.#log.warn({ from, reason, calls }, 'Refused calls without a record: too many in a row');
    }
    this.#skipped.clear();
  }
}
