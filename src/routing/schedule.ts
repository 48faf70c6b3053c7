import type { DateRange, TimeCondition } from './route.ts';
import { dayMs } from './zone-time.ts';
import type { ZoneTime } from './zone-time.ts';

/** Whether the zone's moment lies in one of the condition's windows. They follow the clocks of the zone also in the nights when those are changed. */
export function isWithin(condition: TimeCondition, zone: ZoneTime, holidays: ReadonlySet<string>): boolean {
  return windowAt(condition, zone, holidays) !== undefined;
}

/** The window in which the zone's moment lies, and which of two ends last. `end`: in milliseconds since the Unix epoch. */
export function windowAt(
  condition: TimeCondition,
  zone: ZoneTime,
  holidays: ReadonlySet<string>,
): { readonly end: number } | undefined {
  const { from, to } = windowOf(condition);
  // A window that passes midnight began yesterday.
  for (const day of to > dayMs ? [zone.day, zone.day - 1] : [zone.day]) {
    if (!isDayOf(condition, day, holidays)) continue;
    const end = zone.endOf(day * dayMs + to);
    if (zone.now >= zone.startOf(day * dayMs + from) && zone.now < end) return { end };
  }
  return undefined;
}

/** Whether windows of the condition begin on this day (days since 1970-01-01). */
export function isDayOf({ weekdays, dates, holidays: rule }: TimeCondition, day: number, holidays: ReadonlySet<string>): boolean {
  if (weekdays.length > 0 && !weekdays.includes(weekdayOf(day))) return false;
  if (dates.length === 0 && rule === 'any') return true;
  const date = dateOf(day);
  if (dates.length > 0 && !dates.some((range) => isInRange(date, range))) return false;
  return rule === 'any' || (rule === 'only') === (holidays.has(date) || holidays.has(date.slice(5)));
}

/** Milliseconds after the midnight with which the day begins. */
function windowOf({ from, to }: TimeCondition): { readonly from: number; readonly to: number } {
  const start = from === undefined ? 0 : millisecondsOf(from);
  const end = to === undefined ? dayMs : millisecondsOf(to);
  return { from: start, to: end > start ? end : end + dayMs };
}

/** Of `HH:MM`. */
function millisecondsOf(time: string): number {
  return Number(time.slice(0, 2)) * 3_600_000 + Number(time.slice(3)) * 60_000;
}

/** Monday is 1, Sunday 7. 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

const dates = new Map<number, string>();
/** Rules look at today and yesterday; a search for a day to come looks at thousands. */
const maxDates = 1000;

/** `YYYY-MM-DD`. */
function dateOf(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  if (dates.size >= maxDates) dates.clear();
  const date = new Date(day * dayMs).toISOString().slice(0, 10);
  dates.set(day, date);
  return date;
}

function isInRange(date: string, { from, to }: DateRange): boolean {
  const shown = from.length === 5 ? date.slice(5) : date;
  return from <= to ? from <= shown && shown <= to : shown >= from || shown <= to;
}
