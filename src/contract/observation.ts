import { z } from 'zod';
import { alertIds } from './alert-ids.ts';
import { isoDateTime } from './date-time.ts';
import { endpoint } from './endpoint.ts';
import { streamReply } from './file.ts';

export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).meta({ id: 'LogLevel' });

const logLine = z
  .object({
    /** Counts up from the start of the house. */
    id: z.number().int(),
    time: z.string(),
    level: z.string(),
    /** The part of GoSIP that wrote it. */
    room: z.string().nullable(),
    message: z.string(),
    /** Everything else of the line; secrets are hidden. */
    fields: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'LogLine' });

export type LogLine = z.output<typeof logLine>;

const logQuery = z.strictObject({
  /** This level and above. */
  level: logLevel.optional(),
  room: z.string().trim().min(1).max(32).optional(),
  callId: z.string().trim().min(1).max(64).optional(),
  text: z.string().trim().min(1).max(64).optional(),
  /** Only lines that came after the one with this id: what is new since the last look. */
  after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export type LogQuery = z.output<typeof logQuery>;

export const listLogs = endpoint({
  id: 'listLogs',
  method: 'GET',
  path: '/system/logs',
  access: 'admin',
  summary: 'The newest lines of the log since the start, newest first; what the option log_level leaves out is not there',
  query: logQuery,
  reply: z.object({
    lines: z.array(logLine),
    /** Every part of GoSIP that has written one. */
    rooms: z.array(z.string()),
  }),
});

const alertEntry = z
  .object({
    alertId: z.enum(alertIds).meta({ id: 'AlertId' }),
    title: z.string(),
    /** Which service, phone or the like. */
    about: z.string(),
    /** What is wrong and what to do, in English. */
    message: z.string(),
    /** What `message` names, for whoever says it in another language. */
    values: z.record(z.string(), z.union([z.string(), z.number()])),
    since: isoDateTime,
    /** Null while it goes on. */
    until: isoDateTime.nullable(),
  })
  .meta({ id: 'Alert' });

export type AlertEntry = z.output<typeof alertEntry>;

export const listAlerts = endpoint({
  id: 'listAlerts',
  method: 'GET',
  path: '/system/alerts',
  access: 'admin',
  summary: 'What is wrong now, and the newest of what was since the start',
  reply: z.object({ open: z.array(alertEntry), past: z.array(alertEntry) }),
});

export const getConfig = endpoint({
  id: 'getConfig',
  method: 'GET',
  path: '/system/config',
  access: 'admin',
  summary: 'The options in effect; secrets are only said to be set',
  reply: z.object({ version: z.string(), nodeVersion: z.string(), options: z.record(z.string(), z.unknown()) }),
});

export const getMetrics = endpoint({
  id: 'getMetrics',
  method: 'GET',
  path: '/system/metrics',
  access: 'admin',
  summary: 'Figures for Prometheus, in its text format; counters begin with the first request',
  reply: streamReply,
  replyTypes: ['text/plain'],
});

const houseFigures = z.array(
  z
    .object({
      at: isoDateTime,
      /** Places where phones can be reached. */
      registrations: z.number().int(),
      callsInProgress: z.number().int(),
      memoryBytes: z.number().int(),
      /** How late the process came to its work, at most, in milliseconds. */
      delayMs: z.number().int(),
    })
    .meta({ id: 'HouseFigure' }),
);

export type HouseFigures = z.output<typeof houseFigures>;

export const getHouseFigures = endpoint({
  id: 'getHouseFigures',
  method: 'GET',
  path: '/system/figures',
  access: 'admin',
  summary: 'Figures of the last day, five minutes apart, the oldest first; the last are of this moment',
  reply: z.object({ figures: houseFigures }),
});
