import type { Clock, Timer } from '#base/clock.ts';
import type { CallEvent, RingStep } from './call-transition.ts';

/** Before a second round: time for a connection, a registration or the relay to come back. */
const retryDelayMs = 2_000;

/** The times of the step that rings: how long in all, and until its legs must show a sign of life. */
export class RingTimers {
  readonly #clock: Clock;
  readonly #onOver: (event: CallEvent) => void;
  #ringTimer: Timer | undefined;
  #stepTimers: readonly Timer[] = [];

  constructor(clock: Clock, onOver: (event: CallEvent) => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  /** Begins a step; `send` is called at once, for a second round a little later. */
  start(step: RingStep, send: () => void): void {
    this.cancel();
    this.#ringTimer = this.#clock.after(step.seconds * 1000, () => this.#onOver({ kind: 'ring-time-over' }));
    if (step.isRetry === true) this.#stepTimers = [this.#clock.after(retryDelayMs, send)];
    else send();
  }

  /** The legs of the step are sent now. */
  sent(step: RingStep): void {
    const { timeouts } = step;
    if (timeouts === undefined) return;
    const wait = (seconds: number, what: 'trying' | 'ringing') =>
      this.#clock.after(seconds * 1000, () => this.#onOver({ kind: 'step-timeout', step, for: what }));
    this.#stepTimers = [wait(timeouts.tryingSeconds, 'trying'), wait(timeouts.ringingSeconds, 'ringing')];
  }

  cancel(): void {
    this.#ringTimer?.cancel();
    for (const timer of this.#stepTimers) timer.cancel();
  }
}
