import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { isoDateTime } from './date-time.ts';

export const healthStatus = z.enum(['ok', 'degraded', 'down']).meta({ id: 'HealthStatus' });

/** Every part of the exchange that reports how it is, in the order of the report. */
export const healthParts = [
  'storage',
  'clock',
  'key',
  'engine',
  'control connection',
  'transports',
  'passwords',
  'trunks',
  'media relay',
  'outbound calls',
  'recordings',
  'transcripts',
  'reconciliation',
  'outbox',
  'webhooks',
  'notifications',
  'Twilio',
  'MQTT',
  'Home Assistant',
  'http',
] as const;

/** The health of one part, in plain words. */
export const healthPart = z
  .object({ name: z.enum(healthParts).meta({ id: 'HealthPartName' }), status: healthStatus, message: z.string() })
  .meta({ id: 'HealthPart' });

export const getHealth = endpoint({
  id: 'getHealth',
  method: 'GET',
  path: '/system/health',
  access: 'admin',
  summary: 'Health of every part; the worst one decides the overall status',
  reply: z.object({
    status: healthStatus,
    startedAt: isoDateTime,
    uptimeSeconds: z.number().int(),
    parts: z.array(healthPart),
  }),
});

export const getStatus = endpoint({
  id: 'getStatus',
  method: 'GET',
  path: '/health',
  access: 'public',
  summary:
    'Whether phones can register and call (503 where they cannot) and the database takes writes; for HEALTHCHECK and watchdogs, which learn no more',
  reply: z.object({ status: z.enum(['ok', 'degraded']).meta({ id: 'HouseStatus' }) }),
});

export type HealthStatus = z.output<typeof healthStatus>;
export type HealthPart = z.output<typeof healthPart>;
export type HealthPartName = (typeof healthParts)[number];

/** How one part is: what its probe answers. */
export type PartHealth = { readonly status: HealthStatus; readonly message: string };

/** Looks at one part of the exchange; cheap, within this machine alone, and nobody notices. */
export type Probe = () => PartHealth | Promise<PartHealth>;

/** The probes of one room, by the part they look at. */
export type Probes = { readonly [Name in HealthPartName]?: Probe };
