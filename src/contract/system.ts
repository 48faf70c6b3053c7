import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { isoDateTime } from './page.ts';

export const healthStatus = z.enum(['ok', 'degraded', 'down']);

/** One part of the exchange and how it is, in plain words. */
export const healthPart = z.object({ name: z.string(), status: healthStatus, message: z.string() }).meta({ id: 'HealthPart' });

export const getHealth = endpoint({
  id: 'getHealth',
  method: 'GET',
  path: '/system/health',
  access: 'admin',
  summary: 'How every part of the exchange is; the worst part decides the whole',
  reply: z.object({
    status: healthStatus,
    startedAt: isoDateTime,
    uptimeSeconds: z.number().int(),
    parts: z.array(healthPart),
  }),
});

export type HealthStatus = z.output<typeof healthStatus>;
export type HealthPart = z.output<typeof healthPart>;
