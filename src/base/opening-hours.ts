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

/** The weekday and the minutes since midnight in the zone's own time. */
export function localTime(now: number, timeZone: string): LocalTime {
  const wall = wallClock(now, timeZone);
  const minutes = Math.floor(wall / 60_000) % dayMinutes;
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

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
