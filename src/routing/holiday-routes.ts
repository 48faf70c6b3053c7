import { isoTimeOrNull } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { wallClock } from '#base/wall-clock.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { listHolidays } from '#contract/holidays.ts';
import { dayOf } from './holiday-calendars.ts';
import type { HolidayCalendars } from './holiday-calendars.ts';
import type { RoutingSettings } from './routing-settings.ts';
import { dayMs } from './zone-time.ts';

type Deps = { readonly clock: Clock; readonly settings: () => RoutingSettings; readonly calendars: HolidayCalendars };

export function holidayRoutes({ clock, settings, calendars }: Deps): readonly Route[] {
  return [
    handle(listHolidays, ({ query }) => {
      const { timeZone, holidays, holidayCalendars } = settings();
      const today = Math.floor(wallClock(clock.now(), timeZone) / dayMs);
      const days = Array.from({ length: query.days }, (_, index) => dayOf(today + index));
      const entered = days
        .filter((day) => holidays.includes(day) || holidays.includes(day.slice(5)))
        .map((date) => ({ date, name: '', calendar: null }));
      const read = calendars
        .holidays()
        .filter(({ day }) => days.includes(day))
        .map(({ day: date, name, calendar }) => ({ date, name, calendar }));
      return {
        items: [...entered, ...read].toSorted((one, other) => one.date.localeCompare(other.date)),
        calendars: holidayCalendars.map((entityId) => {
          const { readAt, problem } = calendars.stateOf(entityId);
          return { entityId, readAt: isoTimeOrNull(readAt), problem: problem ?? null };
        }),
      };
    }),
  ];
}
