/** An opaque handle for a running timer. */
export type Timer = { readonly cancel: () => void };

/**
 * The only source of time. Tests hand in a fake one and move it by hand.
 * Timers never keep the process alive, and run by the monotonic time.
 */
export type Clock = {
  /** Milliseconds since the Unix epoch: for what is stored and shown. It may be set by years, either way. */
  readonly now: () => number;
  /** Whole milliseconds since an unknown moment, never 0: for deadlines and durations within this run. It cannot be set. */
  readonly monotonic: () => number;
  /** Calls `run` once after `delayMs` milliseconds. */
  readonly after: (delayMs: number, run: () => void) => Timer;
  /** Calls `run` every `periodMs` milliseconds until cancelled. */
  readonly every: (periodMs: number, run: () => void) => Timer;
};

/** A timer later than this was stalled, and so was everything else. */
const stallThresholdMs = 50;
/** In this time the engine and we have read what arrived meanwhile. */
const stallGraceMs = 200;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.ceil(performance.now()),
  after(delayMs, run) {
    const dueAt = performance.now() + delayMs;
    // After a stall of the machine all timers are due before any socket is read: a timer that concludes that nothing came would be wrong.
    const due = () => {
      if (performance.now() - dueAt <= stallThresholdMs) return run();
      handle = setTimeout(run, stallGraceMs).unref();
    };
    let handle = setTimeout(due, delayMs).unref();
    return { cancel: () => clearTimeout(handle) };
  },
  every(periodMs, run) {
    const handle = setInterval(run, periodMs);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};

const dayMs = 24 * 60 * 60_000;
const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
/** Lists have hundreds of times, most of them of one day after the other. */
let latestDay = { day: Number.NaN, text: '' };

/** The clock's time as an ISO 8601 UTC text, such as `2026-11-20T17:18:05.000Z`. Throws RangeError beyond what a Date can hold. */
export function isoTime(milliseconds: number): string {
  if (!Number.isInteger(milliseconds)) return new Date(milliseconds).toISOString();
  const day = Math.floor(milliseconds / dayMs);
  if (day !== latestDay.day) latestDay = { day, text: new Date(milliseconds).toISOString().slice(0, -13) };
  const ofDay = milliseconds - day * dayMs;
  const [hour, minute] = [twoDigits[Math.floor(ofDay / 3_600_000)], twoDigits[Math.floor(ofDay / 60_000) % 60]];
  return `${latestDay.text}${hour}:${minute}:${twoDigits[Math.floor(ofDay / 1000) % 60]}.${String(ofDay % 1000).padStart(3, '0')}Z`;
}

/** Milliseconds of an ISO 8601 text that has been validated; `undefined` where there is none. */
export function parseTime(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

/** For the fields of the API that may have no time yet. */
export function isoTimeOrNull(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : isoTime(milliseconds);
}
