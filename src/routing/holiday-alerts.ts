import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';
import type { CalendarState } from './holiday-calendars.ts';

export const holidaysUnread = alert({ alertId: 'holidays-unread', title: 'Holidays cannot be read from a calendar' });

export function holidayAlerts(
  calendars: () => readonly string[],
  stateOf: (entityId: string) => CalendarState,
): readonly Alert[] {
  const active = () =>
    calendars().flatMap((about) => {
      const { problem, isFault } = stateOf(about);
      return problem === undefined || !isFault ? [] : [{ about, message: `${about}: ${problem}` }];
    });
  return [bindAlert(holidaysUnread, { active, changedBy: ['routing-settings.changed'] })];
}
