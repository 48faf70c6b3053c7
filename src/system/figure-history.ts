// Owns the figures of the house over the last day, for whoever looks at the panel: a few numbers each five minutes.
// Called by observation-routes.ts; app hands in where each figure is.
// Must stay true: it holds a fixed number of rows, and names no person, phone or number.
import { isoTime } from '#base/clock.ts';
import type { Clock, Timer } from '#base/clock.ts';
import type { HouseFigures } from '#contract/observation.ts';

export type FigureHistoryDeps = {
  readonly clock: Clock;
  readonly registrations: () => number;
  readonly callsInProgress: () => number;
  readonly memoryBytes: () => number;
};

const everyMs = 300_000;
const maxKept = 288;
/** Between two looks at how late the process comes to its work. */
const delayLookMs = 1_000;

export class FigureHistory {
  readonly #deps: FigureHistoryDeps;
  #figures: HouseFigures = [];
  readonly #timers: Timer[] = [];
  /** The latest it came since the last row. */
  #delayMs = 0;

  constructor(deps: FigureHistoryDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { clock } = this.#deps;
    let expected = clock.monotonic() + delayLookMs;
    const lookAtDelay = () => {
      this.#delayMs = Math.max(this.#delayMs, clock.monotonic() - expected);
      expected = clock.monotonic() + delayLookMs;
    };
    this.#timers.push(
      clock.every(delayLookMs, lookAtDelay),
      clock.every(everyMs, () => this.#keep()),
    );
    this.#keep();
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) timer.cancel();
  }

  /** The oldest first, the last of this moment. */
  all(): HouseFigures {
    return [...this.#figures, this.#now()];
  }

  #keep(): void {
    this.#figures = [...this.#figures, this.#now()].slice(-maxKept);
    this.#delayMs = 0;
  }

  #now(): HouseFigures[number] {
    const { clock, registrations, callsInProgress, memoryBytes } = this.#deps;
    return {
      at: isoTime(clock.now()),
      registrations: registrations(),
      callsInProgress: callsInProgress(),
      memoryBytes: memoryBytes(),
      delayMs: Math.max(0, Math.round(this.#delayMs)),
    };
  }
}
