import type { EngineClock } from './clock.ts';

/** The machine's time, for an engine that runs alone or on a thread of its own. */
export const engineSystemClock: EngineClock = {
  now: () => Date.now(),
  monotonic: () => Math.ceil(performance.now()),
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  every(periodMs, run) {
    const handle = setInterval(run, periodMs);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};
