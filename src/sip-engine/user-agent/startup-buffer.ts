import type { EngineClock, EngineTimer } from '../runtime/clock.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';

/** More than the phones of a home send during a start; requests beyond are answered at once. */
const maxRequests = 2_000;

/**
 * Requests received while the engine runs but the application has not subscribed to their method yet, as after a start: phones that get a 503
 * retry minutes later. Transactions absorb the retransmissions meanwhile.
 */
export class StartupBuffer {
  readonly #waiting = new Map<string, ServerTransaction[]>();
  readonly #subscribedMethods = new Set<string>();
  readonly #receive: (transaction: ServerTransaction) => void;
  readonly #timer: EngineTimer | undefined;
  #isClosed: boolean;
  #size = 0;

  /** Requests may wait until `waitMs` from now, not at all when it is 0. `receive` handles one that has waited. */
  constructor(clock: EngineClock, waitMs: number, receive: (transaction: ServerTransaction) => void) {
    this.#receive = receive;
    this.#isClosed = waitMs === 0;
    this.#timer = this.#isClosed ? undefined : clock.after(waitMs, () => this.#end());
  }

  get size(): number {
    return this.#size;
  }

  /** False when the request is not buffered. */
  enqueue(transaction: ServerTransaction): boolean {
    const verb = transaction.request.method.toLowerCase();
    if (this.#isClosed || this.#subscribedMethods.has(verb) || this.#size >= maxRequests) return false;
    const waiting = this.#waiting.get(verb);
    if (waiting === undefined) this.#waiting.set(verb, [transaction]);
    else waiting.push(transaction);
    this.#size += 1;
    transaction.markPending();
    return true;
  }

  /** An application subscribed to this method. */
  subscribed(verb: string): void {
    this.#subscribedMethods.add(verb);
    this.#release(verb);
  }

  stop(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#waiting.clear();
    this.#size = 0;
  }

  #end(): void {
    this.#isClosed = true;
    for (const verb of [...this.#waiting.keys()]) this.#release(verb);
  }

  #release(verb: string): void {
    const waiting = this.#waiting.get(verb) ?? [];
    this.#waiting.delete(verb);
    this.#size -= waiting.length;
    for (const transaction of waiting) {
      // Not if it was cancelled or has expired.
      if (transaction.state === 'trying' || transaction.state === 'proceeding') this.#receive(transaction);
    }
  }
}
