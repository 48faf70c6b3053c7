// Owns the loop over what is due: one item after another, and a timer for the next.
// Called by the fetchers of recordings and of media of messages, whose stores know what is due.
// Must stay true: whoever wakes it while it works is not forgotten; a fault is reported and the work goes on later.
import type { Clock, Timer } from './clock.ts';

export type DueWorkDeps<Item> = {
  readonly clock: Clock;
  /** What is due first, and when, in milliseconds since the Unix epoch; undefined where nothing will be. */
  readonly next: () => { readonly item: Item; readonly dueAt: number } | undefined;
  /** Must see to it that the item is not due any more. */
  readonly run: (item: Item) => Promise<void>;
  readonly onFault: (error: unknown) => void;
  /** How long it waits after a fault. */
  readonly afterFaultMs: number;
};

export class DueWork<Item> {
  readonly #deps: DueWorkDeps<Item>;
  #isRunning = false;
  #isWanted = false;
  #working: Promise<void> | undefined;
  #timer: Timer | undefined;

  constructor(deps: DueWorkDeps<Item>) {
    this.#deps = deps;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  start(): void {
    this.#isRunning = true;
    this.wake();
  }

  /** Resolves when the work in progress has ended, or after `maxMs`. */
  async stop(maxMs = Infinity): Promise<void> {
    this.#isRunning = false;
    this.#timer?.cancel();
    if (maxMs === Infinity) {
      await this.#working;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timeout = this.#deps.clock.after(maxMs, resolve);
    await Promise.race([promise, this.#working]);
    timeout.cancel();
  }

  /** Something may be due. */
  wake(): void {
    if (!this.#isRunning) return;
    this.#isWanted = true;
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    this.#timer?.cancel();
    const waitMs = await this.#runDue();
    this.#working = undefined;
    if (!this.#isRunning) return;
    // Between the last look and here somebody may have asked.
    if (this.#isWanted) this.wake();
    else if (waitMs !== undefined) this.#timer = this.#deps.clock.after(waitMs, () => this.wake());
  }

  /** Until nothing is due; returns how long until something will be. */
  async #runDue(): Promise<number | undefined> {
    const { clock, next, run, onFault, afterFaultMs } = this.#deps;
    try {
      while (this.#isRunning) {
        this.#isWanted = false;
        const found = next();
        if (found === undefined) return undefined;
        const waitMs = found.dueAt - clock.now();
        if (waitMs > 0) return waitMs;
        await run(found.item);
      }
    } catch (error) {
      onFault(error);
      return afterFaultMs;
    }
    return undefined;
  }
}
