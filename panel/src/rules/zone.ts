import { dateFormat } from '../intl.ts';
const minuteMs = 60_000;

/** The moment at which the clocks of a zone show `2026-12-24T18:30`, in milliseconds since 1970; NaN for what is no time. */
export function momentIn(timeZone: string, local: string): number {
  // A browser makes a time of many a text.
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local)) return Number.NaN;
  const asUtc = Date.parse(`${local}:00Z`);
  // The offset of the guess may be that of the other side of a change: the second look is right.
  const guess = asUtc - offsetAt(asUtc, timeZone);
  return asUtc - offsetAt(guess, timeZone);
}

/** What the clocks of a zone show, as a field for it has it: `2026-12-24T18:30`. */
export function clockIn(timeZone: string, at: number): string {
  return new Date(at + offsetAt(at, timeZone)).toISOString().slice(0, 16);
}

function offsetAt(at: number, timeZone: string): number {
  const parts = dateFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '0';
  const shown = Date.parse(`${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:00Z`);
  return shown - Math.floor(at / minuteMs) * minuteMs;
}
