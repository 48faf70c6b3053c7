// Owns what the clocks of a time zone show around one moment, and when they show a given time.
// Called by schedule.ts.
// Must stay true: arithmetic on whole milliseconds alone, so that 500 rules cost three looks at the zone's tables.

import { isTimeZone } from '#contract/dates.ts';

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

const formats = new Map<string, Intl.DateTimeFormat>();

function offsetAt(instant: number, timeZone: string): number {
  const second = Math.floor(instant / 1000) * 1000;
  const values = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatOf(timeZone).formatToParts(second))
    if (type in values) values[type as 'year'] = Number(value);
  return Date.UTC(values.year, values.month - 1, values.day, values.hour, values.minute, values.second) - second;
}

/** Making one costs a hundred times what using it costs. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const parts = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: isTimeZone(timeZone) ? timeZone : 'UTC',
    hourCycle: 'h23',
    ...parts,
  });
  formats.set(timeZone, format);
  return format;
}
