// Owns the replies to requests with an Idempotency-Key, so that whoever lost one may ask again and makes nothing twice.
// Called by mount; knows no subject.
// Must stay true: on the disk is nothing but replies of endpoints that are done once, which hold no secret; others, which may hold the
// password of a phone, are in memory alone. A refused request may be tried again.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { PersonId } from '#base/ids.ts';
import { idempotencyMs } from '#contract/idempotency.ts';
import { because } from '#contract/refusal-reasons.ts';

export type KeyedRequest = {
  /** Whose it is, what it is for, and what they call it. */
  readonly key: string;
  /** What was asked for: the same key for something else is refused. */
  readonly asked: string;
  /** Whether its reply is kept on the disk too. */
  readonly isDoneOnce: boolean;
  readonly personId: PersonId | undefined;
};

/** What is known of requests after the house was started again. None of it rejects: where nothing can be saved, it holds until then. */
export type RepliesOnDisk = {
  readonly find: (key: string) => { readonly asked: string; readonly reply: string | undefined } | undefined;
  /** In one transaction with what the request writes in this turn. */
  readonly begin: (request: Pick<KeyedRequest, 'key' | 'asked' | 'personId'>) => void;
  readonly end: (key: string, reply: string) => void;
  readonly forget: (key: string) => Promise<void>;
};

type Kept = { readonly asked: string; readonly since: number; readonly reply: Promise<string>; bytes: number };

const maxBytes = 4 * 1024 * 1024;
const maxReplies = 1_000;

export class KeptReplies {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #onDisk: RepliesOnDisk | undefined;
  /** Oldest first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(clock: Pick<Clock, 'monotonic'>, onDisk?: RepliesOnDisk) {
    this.#clock = clock;
    this.#onDisk = onDisk;
  }

  /**
   * The reply to the same request before, also where that is not done yet; else that of `run`. Throws `conflict` where the key was that of
   * another request, or its reply went with the house that gave it, and rejects as `run` does.
   */
  async once(request: KeyedRequest, run: () => Promise<string>): Promise<string> {
    this.#forgetOld();
    const known = this.#kept.get(request.key);
    if (known !== undefined) return sameAs(known, request);
    if (!request.isDoneOnce) return this.#keep(request, run());
    const before = this.#onDisk?.find(request.key);
    if (before === undefined) return this.#keep(request, this.#doOnce(request, run));
    const { asked, reply } = before;
    if (reply !== undefined) return sameAs({ asked, reply }, request);
    throw madeAlready('This was done already, and the house was started again before it answered: look what came of it');
  }

  async #doOnce(request: KeyedRequest, run: () => Promise<string>): Promise<string> {
    const { key } = request;
    this.#onDisk?.begin(request);
    try {
      const reply = await run();
      this.#onDisk?.end(key, reply);
      return reply;
    } catch (error) {
      await this.#onDisk?.forget(key);
      throw error;
    }
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

function sameAs<Reply>(
  { asked, reply }: { readonly asked: string; readonly reply: Reply },
  wanted: Pick<KeyedRequest, 'asked'>,
): Reply {
  if (asked === wanted.asked) return reply;
  throw madeAlready('A request with this Idempotency-Key made something else already');
}

function madeAlready(message: string): AppError {
  return new AppError('conflict', message, because('made-already'));
}
