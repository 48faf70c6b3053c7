import { wallClock } from './wall-clock.ts';

/** `to` at or before `from` is on the next day. Monday is 1, Sunday 7. */
export type OpeningHours = readonly {
  readonly days: readonly number[];
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
}[];

export type LocalTime = { readonly weekday: number; readonly minutes: number };

const dayMinutes = 24 * 60;
const minuteMs = 60_000;
const dayMs = dayMinutes * minuteMs;

/** The weekday and the minutes since midnight in the zone's own time. */
export function localTime(now: number, timeZone: string): LocalTime {
  const wall = wallClock(now, timeZone);
  const minutes = Math.floor(wall / minuteMs) % dayMinutes;
  return { weekday: new Date(wall).getUTCDay() || 7, minutes };
}

export function isOpen(hours: OpeningHours, { weekday, minutes }: LocalTime): boolean {
  const yesterday = weekday === 1 ? 7 : weekday - 1;
  return hours.some(({ days, from, to }) => {
    const [first, last] = [minutesOf(from), minutesOf(to)];
    if (last > first) return days.includes(weekday) && minutes >= first && minutes < last;
    return (days.includes(weekday) && minutes >= first) || (days.includes(yesterday) && minutes < last);
  });
}

/**
 * When the hours that are open at this moment close, touching ones taken together; undefined where they are closed. Followed for a week at
 * most: hours that never close end then.
 */
export function closesAt(hours: OpeningHours, now: number, timeZone: string): number | undefined {
  let at = now;
  while (at - now < 7 * dayMs && isOpen(hours, localTime(at, timeZone))) at = nextEnd(hours, at, timeZone);
  return at === now ? undefined : at;
}

/** The first moment after this one at which the clocks show that any of the hours ends. */
function nextEnd(hours: OpeningHours, at: number, timeZone: string): number {
  const wall = Math.floor(wallClock(at, timeZone) / minuteMs);
  const ends = hours.map(({ to }) => wall + ((((minutesOf(to) - wall) % dayMinutes) + dayMinutes) % dayMinutes || dayMinutes));
  const end = Math.min(...ends);
  const instant = Math.floor(at / minuteMs + end - wall) * minuteMs;
  // Where the clocks are set in between; a time that is left out is over when it would have been.
  const shown = Math.floor(wallClock(instant, timeZone) / minuteMs);
  const corrected = instant - (shown - end) * minuteMs;
  return corrected > at ? corrected : instant;
}

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
