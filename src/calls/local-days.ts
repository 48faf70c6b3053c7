import { wallClock } from '#base/wall-clock.ts';

const dayMs = 24 * 60 * 60_000;

/** The days of one time zone, which change with its clocks: some have 23 hours, some 25, and some begin at 01:00. */
export class LocalDays {
  readonly #timeZone: string;

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  /** The date there, such as `2026-11-23`. */
  dateAt(at: number): string {
    return isoDate(this.#wall(at));
  }

  /** The first moment of a date. */
  startOf(date: string): number {
    const midnight = Date.parse(date);
    // By the offsets before and after a change of the clocks that may be on this day.
    const candidates = [midnight - dayMs, midnight + dayMs].map((near) => midnight - (this.#wall(near) - near));
    const real = candidates.filter((at) => this.#wall(at) === midnight);
    return real.length > 0 ? Math.min(...real) : this.#change(Math.min(...candidates), Math.max(...candidates), midnight);
  }

  /** Where there is no midnight: the moment when the clocks pass over it. */
  #change(before: number, after: number, midnight: number): number {
    let [low, high] = [before, after];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#wall(middle) < midnight) low = middle;
      else high = middle;
    }
    return high;
  }

  #wall(at: number): number {
    return wallClock(at, this.#timeZone);
  }
}

export function addDays(date: string, days: number): string {
  return isoDate(Date.parse(date) + days * dayMs);
}

/** The Monday of the week of this date. */
export function mondayOf(date: string): string {
  const weekday = new Date(Date.parse(date)).getUTCDay();
  return addDays(date, -((weekday + 6) % 7));
}

function isoDate(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}
