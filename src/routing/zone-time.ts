// Owns what the clocks of a time zone show around one moment, and when they show a given time.
// Called by schedule.ts.
// Must stay true: arithmetic on whole milliseconds alone, so that 500 rules cost three looks at the zone's tables.

import { wallClock } from '#base/wall-clock.ts';

export const dayMs = 86_400_000;
/** A window that began yesterday and one that ends tomorrow lie within it. */
const reachMs = 50 * 3_600_000;

/** Wall clocks change at most once within the reach: `before` and `after` are their offsets from UTC, `at` is the change. */
type ZoneChange = { readonly at: number; readonly before: number; readonly after: number };

/** The zone around one moment. `wall`: what the clocks show, as milliseconds since 1970-01-01 00:00 on them. */
export type ZoneTime = {
  readonly now: number;
  /** Days since 1970-01-01 in the zone's calendar. */
  readonly day: number;
  /** The first moment at which the clocks show `wall` or later: the first of two, and the change where it is left out. */
  readonly startOf: (wall: number) => number;
  /** The last moment before which the clocks show less than `wall`: the second of two, and the change where it is left out. */
  readonly endOf: (wall: number) => number;
};

export function zoneTime(now: number, timeZone: string): ZoneTime {
  const offset = offsetAt(now, timeZone);
  const change = changeNear(now, offset, timeZone);
  const day = Math.floor((now + offset) / dayMs);
  if (change === undefined) {
    const toInstant = (wall: number) => wall - offset;
    return { now, day, startOf: toInstant, endOf: toInstant };
  }
  const { at, before, after } = change;
  return {
    now,
    day,
    startOf: (wall) => (wall - before < at ? wall - before : Math.max(at, wall - after)),
    endOf: (wall) => (wall - after > at ? wall - after : Math.min(at, wall - before)),
  };
}

function changeNear(now: number, offset: number, timeZone: string): ZoneChange | undefined {
  const [first, last] = [offsetAt(now - reachMs, timeZone), offsetAt(now + reachMs, timeZone)];
  if (first !== offset) return { at: changeBetween(now - reachMs, now, timeZone), before: first, after: offset };
  if (last !== offset) return { at: changeBetween(now, now + reachMs, timeZone), before: offset, after: last };
  return undefined;
}

/** The first millisecond of the new offset. */
function changeBetween(from: number, to: number, timeZone: string): number {
  let [low, high] = [from, to];
  const before = offsetAt(low, timeZone);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, timeZone) === before) low = middle;
    else high = middle;
  }
  return high;
}

function offsetAt(instant: number, timeZone: string): number {
  return wallClock(instant, timeZone) - instant;
}
