import { z } from 'zod';
import { isoDateTime } from './date-time.ts';
import { endpoint } from './endpoint.ts';

const holiday = z
  .object({
    /** Such as 2026-12-25. */
    date: z.string(),
    /** As the calendar has it; empty for a day that is entered in the settings. */
    name: z.string(),
    /** The calendar of Home Assistant; null for a day that is entered in the settings. */
    calendar: z.string().nullable(),
  })
  .meta({ id: 'Holiday' });

const holidayCalendar = z
  .object({
    entityId: z.string(),
    /** When it was last read since the start; what was read before stands. */
    readAt: isoDateTime.nullable(),
    /** Why it could not be read the last time, and what helps. */
    problem: z.string().nullable(),
  })
  .meta({ id: 'HolidayCalendar' });

export const listHolidays = endpoint({
  id: 'listHolidays',
  method: 'GET',
  path: '/routing/holidays',
  access: 'admin',
  summary: 'The holidays of the coming days, from today on: those that are entered and those of the calendars',
  query: z.object({ days: z.coerce.number().int().min(1).max(100).default(14) }),
  reply: z.object({ items: z.array(holiday), calendars: z.array(holidayCalendar) }),
});
