// Does what is asked for several times within a moment once, when it is due.
// Called by the bridge.
// Must stay true: what fails there is a line of the log, never the end of the process.
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';

export class DueOnce {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timers = new Map<string, Timer>();

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  isDue(name: string): boolean {
    return this.#timers.has(name);
  }

  in(delayMs: number, name: string, run: () => void | Promise<void>): void {
    if (this.#timers.has(name)) return;
    const timer = this.#clock.after(delayMs, () => {
      this.#timers.delete(name);
      void this.safely(run);
    });
    this.#timers.set(name, timer);
  }

  async safely(run: () => void | Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#log.error({ err: error }, 'Home Assistant could not be told everything');
    }
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
