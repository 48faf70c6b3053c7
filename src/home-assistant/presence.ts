// Decides whether Home Assistant listens, because an event that nobody hears is lost: it is not retained.
// Called by the bridge, which holds events back until it does.
// Must stay true: where it cannot be known, events go out after a while all the same; some houses have only other listeners.
import type { Clock, Timer } from '#base/clock.ts';

export type PresenceDeps = {
  readonly clock: Clock;
  /** Sends something to which only a listener of ours subscribes, so that the broker's answer shows whether there is one. */
  readonly probe: () => void;
  readonly onThere: () => void;
};

/** A restart of Home Assistant, with an update of it. */
const awayMs = 5 * 60_000;
/** It connects again to a broker that restarted within ten seconds, and subscribes. */
const reconnectMs = 15_000;
const probeMs = 2000;

export class Presence {
  readonly #deps: PresenceDeps;
  #timers: readonly Timer[] = [];
  #isThere = false;
  #hasReasons = false;
  #wasConnected = false;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** `hasReasons`: the broker says when nobody subscribes (MQTT 5). Without that, it is only known of a broker that restarted that all had to leave. */
  connected(hasReasons: boolean): void {
    const isFirst = !this.#wasConnected;
    this.#wasConnected = true;
    this.#hasReasons = hasReasons;
    if (isFirst && !hasReasons) this.arrived();
    else this.#await(hasReasons ? awayMs : reconnectMs);
  }

  disconnected(): void {
    this.#isThere = false;
    this.#cancel();
  }

  /** It said goodbye. */
  left(): void {
    this.#await(awayMs);
  }

  /** It said that it is there. */
  arrived(): void {
    this.#cancel();
    this.#isThere = true;
    this.#deps.onThere();
  }

  /** What the broker answered to a state that was sent. */
  answered(isHeard: boolean): void {
    if (this.#hasReasons && isHeard && !this.#isThere) this.arrived();
  }

  #await(limitMs: number): void {
    const { clock, probe } = this.#deps;
    this.#cancel();
    this.#isThere = false;
    const limit = clock.after(limitMs, () => this.arrived());
    this.#timers = this.#hasReasons ? [limit, clock.every(probeMs, probe)] : [limit];
  }

  #cancel(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }
}
