import type { EngineClock, EngineTimer } from './clock.ts';

/** A timer later than this was delayed, and so was everything else. */
const heldUpMs = 50;
/** Node.js reads some dozens of datagrams of each socket per turn; so many turns read what came while the machine stood still. */
const turnsAfterHoldUp = 8;

/** The system's time, for a standalone engine or one on a thread of its own. */
export const engineSystemClock: EngineClock = {
  now: () => Date.now(),
  monotonic: () => Math.ceil(performance.now()),
  after(delayMs, run) {
    const dueAt = performance.now() + delayMs;
    const turns = new Turns();
    const handle = setTimeout(() => turns.pass(dueAt, run), delayMs);
    handle.unref();
    return {
      cancel: () => {
        clearTimeout(handle);
        turns.cancel();
      },
    };
  },
  every(periodMs, run) {
    let dueAt = performance.now() + periodMs;
    const turns = new Turns();
    const handle = setInterval(() => {
      turns.pass(dueAt, run);
      dueAt = performance.now() + periodMs;
    }, periodMs);
    handle.unref();
    return {
      cancel: () => {
        clearInterval(handle);
        turns.cancel();
      },
    };
  },
};

/**
 * After a pause of the machine all timers are due before any socket is read. A timer that then concludes that nothing came would be wrong, so
 * each lets the sockets be read first.
 */
class Turns implements EngineTimer {
  #waiting: NodeJS.Immediate | undefined;

  pass(dueAt: number, run: () => void): void {
    this.#next(performance.now() - dueAt > heldUpMs ? turnsAfterHoldUp : 1, run);
  }

  cancel(): void {
    clearImmediate(this.#waiting);
  }

  #next(left: number, run: () => void): void {
    this.#waiting = setImmediate(() => (left > 1 ? this.#next(left - 1, run) : run()));
  }
}
