import type { Clock, Timer } from '#base/clock.ts';

/** How long a call has been answered, and the end of one that may not last longer. By the monotonic clock. */
export class TalkTimer {
  readonly #clock: Clock;
  #answeredAt: number | undefined;
  #maxDurationTimer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `onOver` is called after `maxMinutes`; never where they are undefined. */
  start(maxMinutes: number | undefined, onOver: () => void): void {
    this.#answeredAt = this.#clock.monotonic();
    if (maxMinutes !== undefined) this.#maxDurationTimer = this.#clock.after(maxMinutes * 60_000, onOver);
  }

  stop(): void {
    this.#maxDurationTimer?.cancel();
  }

  get milliseconds(): number {
    return this.#answeredAt === undefined ? 0 : this.#clock.monotonic() - this.#answeredAt;
  }
}
