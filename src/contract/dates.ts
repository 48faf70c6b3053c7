import { z } from 'zod';

/** A day as `2026-12-24`, or as `12-24` for every year. */
export const calendarDay = z.string().refine(isDay, 'must be a day such as 2026-12-24, or 12-24 for every year');

/** A time of day as the clocks show it. */
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be like 08:30');

/** An IANA time zone. */
export const timeZone = z.string().refine(isTimeZone, 'must be a time zone, such as America/Toronto');

/** A leap day of every year there is in leap years alone. */
function isDay(text: string): boolean {
  const [, year = '2000-', monthDay = ''] = /^(\d{4}-)?(\d\d-\d\d)$/.exec(text) ?? [];
  if (monthDay === '') return false;
  const date = new Date(`${year}${monthDay}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}${monthDay}`);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
