import type { TimeCondition } from './rule.ts';
import type { WeekWindow } from './week.ts';

const midnight = '00:00';
const everyDay = [1, 2, 3, 4, 5, 6, 7] as const;

/** Whether a time says nothing that a week does not have. */
export function isWeekly({ dates, holidays, timeZone }: TimeCondition): boolean {
  return dates.length === 0 && holidays === 'any' && timeZone === undefined;
}

/** The times of a rule that are the same every week. */
export function weekOf(times: readonly TimeCondition[]): readonly WeekWindow[] {
  return times.filter(isWeekly).map(({ weekdays, from = midnight, to = midnight }) => ({
    days: weekdays.length === 0 ? everyDay : weekdays,
    from,
    to,
  }));
}

/** The times with another week in place of their own. */
export function withWeek(times: readonly TimeCondition[], week: readonly WeekWindow[]): readonly TimeCondition[] {
  const weekly = week.map(({ days, from, to }): TimeCondition => {
    const window = from === midnight && to === midnight ? {} : { from, to };
    return { weekdays: days.length === everyDay.length ? [] : [...days], ...window, dates: [], holidays: 'any' };
  });
  return [...times.filter((time) => !isWeekly(time)), ...weekly];
}
