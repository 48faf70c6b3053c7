import type { Clock, Timer } from '#base/clock.ts';

export type UntilDoneOptions = {
  readonly clock: Clock;
  /** Rejects for "not yet". */
  readonly attempt: () => Promise<void>;
  /** Called after each failure. */
  readonly onFailure: (error: unknown, failures: number) => void;
  readonly minDelayMs?: number;
  readonly maxDelayMs?: number;
};

/** Tries at once and again, each time twice as long later, until it succeeds or `stop`, which waits for nothing: an attempt under way ends by itself. */
export class UntilDone {
  readonly #options: UntilDoneOptions;
  #timer: Timer | undefined;
  #failures = 0;
  #isStopped = false;

  constructor(options: UntilDoneOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#try();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  async #try(): Promise<void> {
    const { clock, attempt, onFailure, minDelayMs = 1_000, maxDelayMs = 60_000 } = this.#options;
    try {
      await attempt();
    } catch (error) {
      if (this.#isStopped) return;
      this.#failures += 1;
      onFailure(error, this.#failures);
      const delay = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(this.#failures - 1, 20));
      this.#timer = clock.after(delay, () => this.start());
    }
  }
}
