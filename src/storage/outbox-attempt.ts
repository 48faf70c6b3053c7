import type { Clock } from '#base/clock.ts';
import type { AttemptControl, AttemptOutcome, OutboxHandler, OutboxItem } from './outbox-item.ts';

type AttemptDeps = {
  readonly clock: Clock;
  /** Writes to the disk that it may be done from here on. */
  readonly commit: (id: string, now: number) => void;
};

/** How long one that was aborted may take to say how it ended. */
const graceMs = 2_000;

/** One attempt while it goes on: whether it may be done already, and that it ends in time. */
export class RunningAttempt {
  readonly #item: OutboxItem;
  readonly #handler: OutboxHandler;
  readonly #deps: AttemptDeps;
  readonly #abort = new AbortController();
  readonly #ended = Promise.withResolvers<AttemptOutcome>();
  #isCommitted: boolean;

  constructor(item: OutboxItem, handler: OutboxHandler, deps: AttemptDeps) {
    this.#item = item;
    this.#handler = handler;
    this.#deps = deps;
    this.#isCommitted = handler.commits === undefined;
  }

  /** Whether it may be done already. */
  get isCommitted(): boolean {
    return this.#isCommitted;
  }

  /** Never rejects: what the handler throws is in doubt where it was committed. */
  async run(): Promise<AttemptOutcome> {
    const { clock } = this.#deps;
    const { timeoutSeconds } = this.#handler;
    const timer =
      timeoutSeconds === undefined ? undefined : clock.after(timeoutSeconds * 1000, () => this.#giveUp('It took too long'));
    const control: AttemptControl = { signal: this.#abort.signal, commit: () => this.#commit() };
    const attempt = this.#attempt(control);
    try {
      return await Promise.race([attempt, this.#ended.promise]);
    } finally {
      timer?.cancel();
    }
  }

  abort(): void {
    this.#abort.abort();
  }

  async #attempt(control: AttemptControl): Promise<AttemptOutcome> {
    try {
      return await this.#handler.attempt(this.#item, control);
    } catch (error) {
      return this.#outcomeOf(error instanceof Error ? error.message : String(error));
    }
  }

  #commit(): void {
    if (this.#isCommitted) return;
    this.#deps.commit(this.#item.id, this.#deps.clock.now());
    this.#isCommitted = true;
  }

  #giveUp(message: string): void {
    this.abort();
    this.#deps.clock.after(graceMs, () => this.#ended.resolve(this.#outcomeOf(message)));
  }

  #outcomeOf(message: string): AttemptOutcome {
    return this.#isCommitted ? { kind: 'ambiguous', message } : { kind: 'retry', message };
  }
}
