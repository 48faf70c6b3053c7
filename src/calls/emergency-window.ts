import type { Clock } from '#base/clock.ts';

export type EmergencyWindowDeps = {
  readonly clock: Clock;
  /** How long help may call back after a call for it. */
  readonly minutes: () => number;
  /** When the last emergency call of earlier runs began or ended, milliseconds since the Unix epoch. */
  readonly lastCall: () => number | undefined;
};

/** The time after an emergency call in which everybody gets through, so that help can call back. A restart does not end it. */
export class EmergencyWindow {
  readonly #deps: EmergencyWindowDeps;
  /** By the monotonic time, so that it lasts as long when the clock is set. */
  #last: number | undefined;
  #ongoing = 0;

  constructor(deps: EmergencyWindowDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { clock, lastCall } = this.#deps;
    const at = lastCall();
    if (at !== undefined) this.#last = clock.monotonic() - Math.max(0, clock.now() - at);
  }

  /** An emergency call has begun. */
  began(): void {
    this.#ongoing += 1;
  }

  ended(): void {
    this.#ongoing = Math.max(0, this.#ongoing - 1);
    this.#last = this.#deps.clock.monotonic();
  }

  /** Until when it lasts; undefined where it does not at this time. */
  until(at: number): number | undefined {
    const { clock, minutes } = this.#deps;
    const from = this.#ongoing > 0 ? clock.monotonic() : this.#last;
    if (from === undefined) return undefined;
    const until = clock.now() + from - clock.monotonic() + minutes() * 60_000;
    return until > at ? until : undefined;
  }
}
