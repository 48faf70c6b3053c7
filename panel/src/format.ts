import { dateFormat, numberFormat, relativeFormat } from './intl.ts';
import type { Locale } from './locale.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

type Style = Pick<Locale, 'tag' | 'hour12' | 'timeZone'>;

function formatter({ tag, hour12, timeZone }: Style, wanted: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const hours = wanted.timeStyle === undefined || hour12 === undefined ? {} : { hour12 };
  return dateFormat(tag, { ...wanted, ...hours, ...(timeZone === undefined ? {} : { timeZone }) });
}

export function formatTime(at: number, style: Style, hasSeconds = false): string {
  return formatter(style, { timeStyle: hasSeconds ? 'medium' : 'short' }).format(at);
}

/** Whole, for a tooltip or a detail. */
export function formatMoment(at: number, style: Style): string {
  return formatter(style, { dateStyle: 'full', timeStyle: 'medium' }).format(at);
}

/** The days from the day of `now` to that of `at`, as the calendar of the person counts them: -1 is yesterday. */
export function dayDistance(at: number, now: number, style: Style): number {
  const day = (time: number) => {
    const parts = formatter({ ...style, tag: 'en-CA' }, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(time);
    return Date.parse(`${parts}T00:00:00Z`);
  };
  return Math.round((day(at) - day(now)) / dayMs);
}

/** The day that a group of things is of: today, yesterday, else with its weekday. */
export function formatDay(at: number, now: number, style: Style): string {
  const days = dayDistance(at, now, style);
  if (days === 0 || days === -1) {
    const word = relativeFormat(style.tag).format(days, 'day');
    return word.charAt(0).toLocaleUpperCase(style.tag) + word.slice(1);
  }
  const year = days > -180 ? {} : { year: 'numeric' as const };
  return formatter(style, { weekday: 'long', day: 'numeric', month: 'long', ...year }).format(at);
}

/** Short, as a list shows it: the time of today, yesterday with the time, a weekday of this week, else the date. */
export function formatWhen(at: number, now: number, style: Style): string {
  const days = dayDistance(at, now, style);
  const time = formatTime(at, style);
  if (days === 0) return time;
  if (days === -1 || days === 1) {
    const word = relativeFormat(style.tag).format(days, 'day');
    return `${word}, ${time}`;
  }
  if (days > -7 && days < 7) return `${formatter(style, { weekday: 'short' }).format(at)}, ${time}`;
  const isThisYear = Math.abs(days) < 180;
  return formatter(
    style,
    isThisYear ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', year: 'numeric' },
  ).format(at);
}

/** A running clock: `0:07`, `12:31`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** For those who hear it: `1 minute, 7 seconds`. */
export function spokenDuration(seconds: number, { tag }: Pick<Style, 'tag'>): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ] as const;
  const said = parts.filter(([value, unit]) => value > 0 || (unit === 'second' && whole === 0));
  return said.map(([value, unit]) => numberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(value)).join(', ');
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Of a file, such as `3.4 MB`. */
export function formatBytes(bytes: number, { tag }: Pick<Locale, 'tag'>): string {
  const step = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const unit = byteUnits[step] ?? 'byte';
  return numberFormat(tag, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  }).format(value);
}
