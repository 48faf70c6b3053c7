import { z } from 'zod';
import { calendarDay } from './dates.ts';
import { endpoint } from './endpoint.ts';
import { entityId } from './entity-id.ts';

const group = z.string().trim().min(1).max(80);

const fields = {
  /** Days such as 2026-12-24, or 12-24 for every year. */
  holidays: z.array(calendarDay).max(1000),
  /** Calendars of Home Assistant: each day that a whole-day event of theirs fills is a holiday too. */
  holidayCalendars: z
    .array(entityId('calendar.holidays').regex(/^calendar\./, 'must be a calendar such as calendar.holidays'))
    .max(10),
  /** A caller whose score (0 to 1) is higher is refused. */
  spamThreshold: z.number().min(0).max(1),
  /** What becomes of callers who hide their number. */
  anonymousPolicy: z.enum(['allow', 'voicemail', 'reject']).meta({ id: 'AnonymousPolicy' }),
  /** The digit that unknown callers press before anything rings; null: they press none. */
  challengeDigit: z
    .string()
    .regex(/^[0-9]$/, 'must be one digit')
    .nullable(),
  /** A second call within so many minutes gets through do not disturb; 0: none does. */
  repeatedCallMinutes: z.number().int().min(0).max(60),
  /** Whose second call; `known`: of contacts and of numbers that the house called of late. */
  repeatedCallsOf: z.enum(['anyone', 'known']).meta({ id: 'RepeatedCallsOf' }),
  /** Groups of the address book that get through do not disturb. */
  vipGroups: z.array(group).max(100),
  /** Numbers that the house called within so many days are trusted. */
  trustedDays: z.number().int().min(0).max(3650),
  /** For so many minutes after an emergency call everybody gets through to every phone. */
  emergencyMinutes: z.number().int().min(10).max(1440),
  /** How long phones ring where no rule says so. */
  ringSeconds: z.number().int().min(5).max(300),
};

export const routingSettings = z
  .object({
    ...fields,
    /** From the options. */
    timeZone: z.string(),
  })
  .meta({ id: 'RoutingSettings' });

export const getRoutingSettings = endpoint({
  id: 'getRoutingSettings',
  method: 'GET',
  path: '/routing/settings',
  access: 'admin',
  summary: 'What holds for all calls: screening, holidays, who gets through do not disturb',
  reply: routingSettings,
});

export const changeRoutingSettings = endpoint({
  id: 'changeRoutingSettings',
  method: 'PATCH',
  path: '/routing/settings',
  access: 'admin',
  summary: 'Change what holds for all calls; what is left out stays as it is, null takes the option’s value again',
  body: z
    .strictObject({ ...fields, spamThreshold: fields.spamThreshold.nullable(), ringSeconds: fields.ringSeconds.nullable() })
    .partial(),
  reply: routingSettings,
});
