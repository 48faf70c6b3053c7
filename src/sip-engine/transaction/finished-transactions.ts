import type { EngineClock } from '../runtime/clock.ts';
import { TimerQueueItem, TimerQueue } from '../runtime/timer-queue.ts';

/** What is kept of a transaction that is over but whose peer may still retransmit. */
class FinishedTransaction extends TimerQueueItem {
  readonly key: string;
  // A string, because a small Buffer keeps its whole slab alive.
  readonly #text: string | undefined;
  readonly #forget: (finished: FinishedTransaction) => void;

  constructor(key: string, bytes: Buffer | undefined, forget: (finished: FinishedTransaction) => void) {
    super();
    this.key = key;
    this.#text = bytes?.toString('latin1');
    this.#forget = forget;
  }

  /** The answer to a retransmission: a response, or the ACK to one. Undefined where retransmissions are only absorbed. */
  get bytes(): Buffer | undefined {
    return this.#text === undefined ? undefined : Buffer.from(this.#text, 'latin1');
  }

  expire(): void {
    this.#forget(this);
  }
}

/**
 * Transactions in the states completed, confirmed, or accepted and acknowledged (Timers D, I, J, K, L of RFC 3261 and RFC 6026): a key and a
 * few bytes each, not parsed messages. Bounded; the oldest are dropped first.
 */
export class FinishedTransactions {
  readonly #records = new Map<string, FinishedTransaction>();
  readonly #queues: TimerQueue[] = [];
  readonly #clock: EngineClock;
  readonly #limit: number;
  readonly #forget = (finished: FinishedTransaction): void => {
    this.#records.delete(finished.key);
  };

  constructor(clock: EngineClock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  keep(key: string, bytes: Buffer | undefined, lifetimeMs: number): void {
    this.#drop(this.#records.get(key));
    if (this.#records.size >= this.#limit) this.#drop(this.#oldest());
    const finished = new FinishedTransaction(key, bytes, this.#forget);
    this.#records.set(key, finished);
    this.#queueOf(lifetimeMs).add(finished);
  }

  /** Undefined when unknown. */
  find(key: string): { readonly bytes: Buffer | undefined } | undefined {
    return this.#records.get(key);
  }

  get size(): number {
    return this.#records.size;
  }

  stop(): void {
    for (const queue of this.#queues) queue.stop();
    this.#records.clear();
  }

  #queueOf(lifetimeMs: number): TimerQueue {
    const known = this.#queues.find((queue) => queue.delayMs === lifetimeMs);
    if (known !== undefined) return known;
    const queue = new TimerQueue(this.#clock, lifetimeMs);
    this.#queues.push(queue);
    return queue;
  }

  #oldest(): FinishedTransaction | undefined {
    let oldest: FinishedTransaction | undefined;
    let begun = Infinity;
    for (const { first: head, delayMs } of this.#queues) {
      if (!(head instanceof FinishedTransaction) || head.dueAt - delayMs >= begun) continue;
      oldest = head;
      begun = head.dueAt - delayMs;
    }
    return oldest;
  }

  #drop(finished: FinishedTransaction | undefined): void {
    if (finished === undefined) return;
    finished.queue?.remove(finished);
    this.#records.delete(finished.key);
  }
}
