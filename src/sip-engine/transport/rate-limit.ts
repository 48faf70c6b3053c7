import type { EngineClock } from '../runtime/clock.ts';

/** The rate of one key: `burst` at once, then `perSecond`. */
export type Rate = { readonly perSecond: number; readonly burst: number };

type Bucket = { tokens: number; at: number };

/** Token buckets by key, in two generations: when the newer is full the older is dropped, so an entry outlives at least half a table of others. */
export class RateLimit {
  readonly #clock: EngineClock;
  readonly #rate: Rate;
  readonly #half: number;
  #recent = new Map<string, Bucket>();
  #older = new Map<string, Bucket>();

  constructor({ clock, rate, keys }: { readonly clock: EngineClock; readonly rate: Rate; readonly keys: number }) {
    this.#clock = clock;
    this.#rate = rate;
    this.#half = Math.max(1, keys >> 1);
  }

  /** False, without consuming anything, when this key has used up its burst and rate. */
  tryConsume(key: string): boolean {
    const bucket = this.#filled(key);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Gives tokens back, up to the burst. */
  credit(key: string, tokens: number): void {
    const bucket = this.#filled(key);
    bucket.tokens = Math.min(this.#rate.burst, bucket.tokens + tokens);
  }

  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  #filled(key: string): Bucket {
    const now = this.#clock.monotonic();
    const bucket = this.#bucket(key, now);
    const { perSecond, burst } = this.#rate;
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    return bucket;
  }

  #bucket(key: string, now: number): Bucket {
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const bucket = this.#older.get(key) ?? { tokens: this.#rate.burst, at: now };
    this.#older.delete(key);
    if (this.#recent.size >= this.#half) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, bucket);
    return bucket;
  }
}
