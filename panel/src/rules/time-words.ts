import { dateFormat } from '../intl.ts';
import type { TimeCondition } from './rule.ts';
import { and } from './speech.ts';
import type { Speech } from './speech.ts';

/** 2024-01-01 was a Monday. */
const monday = Date.UTC(2024, 0, 1);
const dayMs = 86_400_000;

/** Monday is 1. */
export function weekdayName(day: number, { tag }: Pick<Speech, 'tag'>, length: 'long' | 'short' = 'long'): string {
  return dateFormat(tag, { weekday: length, timeZone: 'UTC' }).format(monday + (day - 1) * dayMs);
}

/** `HH:MM` as the reader's clock shows it. */
export function clockTime(time: string, { tag, hour12 }: Pick<Speech, 'tag' | 'hour12'>): string {
  const at = Date.parse(`2024-01-01T${time}:00Z`);
  if (Number.isNaN(at)) return time;
  const hours = hour12 === undefined ? {} : { hour12 };
  return dateFormat(tag, { timeStyle: 'short', timeZone: 'UTC', ...hours }).format(at);
}

/** `2026-12-24` or, of every year, `12-24`. */
export function dayName(day: string, { tag }: Pick<Speech, 'tag'>): string {
  const isEveryYear = day.length === 5;
  const at = Date.parse(`${isEveryYear ? `2024-${day}` : day}T00:00:00Z`);
  if (Number.isNaN(at)) return day;
  const year = isEveryYear ? {} : { year: 'numeric' as const };
  return dateFormat(tag, { day: 'numeric', month: 'long', timeZone: 'UTC', ...year }).format(at);
}

/** Days of the week: three or more that follow each other as a range. */
export function weekdaysText(days: readonly number[], speech: Speech): string {
  const sorted = [...new Set(days)].toSorted((a, b) => a - b);
  const name = (day: number) => weekdayName(day, speech);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return '';
  const isRange = sorted.length > 2 && last - first === sorted.length - 1;
  if (isRange) return speech.t('rule.time.days', { from: name(first), to: name(last) });
  return and(sorted.map(name), speech);
}

function windowText({ from, to }: TimeCondition, speech: Speech): string {
  const shown = (time: string) => clockTime(time, speech);
  if (from === undefined && to === undefined) return '';
  if (from === undefined) return speech.t('rule.time.to', { to: shown(to ?? '') });
  if (to === undefined) return speech.t('rule.time.from', { from: shown(from) });
  return speech.t(to <= from ? 'rule.time.night' : 'rule.time.window', { from: shown(from), to: shown(to) });
}

function rangeText({ from, to }: TimeCondition['dates'][number], speech: Speech): string {
  if (from === to) return dayName(from, speech);
  return speech.t('rule.time.dates', { from: dayName(from, speech), to: dayName(to, speech) });
}

/** `Monday to Friday, 22:00–07:00 of the next day, not on a holiday`. */
export function timeText(time: TimeCondition, speech: Speech): string {
  const { weekdays, dates, holidays, timeZone } = time;
  const parts = [
    weekdaysText(weekdays.length === 7 ? [] : weekdays, speech),
    windowText(time, speech),
    and(
      dates.map((range) => rangeText(range, speech)),
      speech,
    ),
    holidays === 'any' ? '' : speech.t(`rule.time.holidays.${holidays}`),
    timeZone === undefined ? '' : speech.t('rule.time.zone', { zone: timeZone.replaceAll('_', ' ') }),
  ].filter((part) => part !== '');
  return parts.length === 0 ? speech.t('rule.time.always') : parts.join(', ');
}
