import { weekdaysText, clockTime } from './rules/time-words.ts';
import type { Speech } from './rules/speech.ts';
import type { WeekWindow } from './rules/week.ts';

/** `Monday to Friday, 22:00 to 07:00 the next day`. */
export function windowText({ days, from, to }: WeekWindow, speech: Speech): string {
  const shownDays = days.length === 7 ? speech.t('dnd.schedule.everyDay') : weekdaysText(days, speech);
  if (from === to && from === '00:00') return speech.t('dnd.schedule.allDay', { days: shownDays });
  const times = { from: clockTime(from, speech), to: clockTime(to, speech) };
  const text = speech.t(to <= from && to !== '00:00' ? 'rule.time.night' : 'rule.time.window', times);
  return shownDays === '' ? text : `${shownDays}, ${text}`;
}
