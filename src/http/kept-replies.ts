// Owns the replies to requests with an Idempotency-Key, so that whoever lost one may ask again and makes nothing twice.
// Called by mount; knows no subject.
// Must stay true: they are in memory alone, for some may hold the password of a phone; a refused request may be tried again.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { idempotencyMs } from '#contract/idempotency.ts';
import { because } from '#contract/refusal-reasons.ts';

export type KeyedRequest = {
  /** Whose it is, what it is for, and what they call it. */
  readonly key: string;
  /** What was asked for: the same key for something else is refused. */
  readonly asked: string;
};

type Kept = { readonly asked: string; readonly since: number; readonly reply: Promise<string>; bytes: number };

const maxBytes = 4 * 1024 * 1024;
const maxReplies = 1_000;

export class KeptReplies {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Oldest first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * The reply to the same request before, also where that is not done yet; else that of `run`. Throws `conflict` where the key was that of
   * another request, and rejects as `run` does.
   */
  async once({ key, asked }: KeyedRequest, run: () => Promise<string>): Promise<string> {
    this.#forgetOld();
    const known = this.#kept.get(key);
    if (known === undefined) return this.#keep({ key, asked }, run());
    if (known.asked === asked) return known.reply;
    throw new AppError('conflict', 'A request with this Idempotency-Key made something else already', because('made-already'));
  }

  async #keep({ key, asked }: KeyedRequest, reply: Promise<string>): Promise<string> {
    const kept: Kept = { asked, since: this.#clock.monotonic(), reply, bytes: 0 };
    this.#kept.set(key, kept);
    try {
      const text = await reply;
      if (this.#kept.get(key) === kept) this.#bytes += kept.bytes = Buffer.byteLength(text);
      return text;
    } catch (error) {
      if (this.#kept.get(key) === kept) this.#forget(key);
      throw error;
    }
  }

  #forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [key, { since }] of this.#kept) {
      const isFull = this.#kept.size >= maxReplies || this.#bytes > maxBytes;
      if (!isFull && now - since < idempotencyMs) return;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
