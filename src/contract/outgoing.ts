import { z } from 'zod';
import { callReason } from './calls.ts';
import { endpoint, noContent } from './endpoint.ts';
import { deviceId } from './ids.ts';
import { isoDateTime } from './date-time.ts';

/** A country (`LV`), a kind of number, or the digits that numbers begin with, in the international form (`+49900`). */
const destination = z
  .string()
  .trim()
  .regex(
    /^([A-Z]{2}|premium-rate|international-networks|\+?[0-9]{3,15})$/,
    'must be a country such as LV, premium-rate, international-networks, or the first digits of numbers such as +49900',
  );

export const allowedDestination = z
  .object({
    destination: z.string(),
    /** `called-before`: taken over from the call records when the limits came. */
    because: z.enum(['called-before', 'allowed']).meta({ id: 'AllowedBecause' }),
    allowedAt: isoDateTime,
  })
  .meta({ id: 'AllowedDestination' });

export const getOutgoing = endpoint({
  id: 'getOutgoing',
  method: 'GET',
  path: '/outgoing',
  access: 'admin',
  summary: 'Outbound call rules: limits, allowed destinations, and calls refused in the last day',
  reply: z.object({
    limits: z.object({
      calls: z.number().int(),
      callsPerPhone: z.number().int(),
      minutesADay: z.number().int(),
      minutesADayPerPhone: z.number().int(),
      callMinutes: z.number().int(),
    }),
    /** Countries that are called without anybody having allowed them: the house's own, and those that cost the same. */
    home: z.array(z.string()),
    allowed: z.array(allowedDestination),
    refused: z.array(
      z.object({
        deviceId,
        deviceName: z.string(),
        number: z.string(),
        reason: callReason,
        /** What to allow, if such calls are wanted. */
        destination: z.string().nullable(),
        times: z.number().int(),
        at: isoDateTime,
      }),
    ),
  }),
});

const params = z.object({ destination });

export const allowDestination = endpoint({
  id: 'allowDestination',
  method: 'PUT',
  path: '/outgoing/destinations/:destination',
  access: 'admin',
  summary: 'Allow outbound calls to a country, to premium-rate numbers, to international networks, or to a prefix',
  params,
  reply: allowedDestination,
});

export const forbidDestination = endpoint({
  id: 'forbidDestination',
  method: 'DELETE',
  path: '/outgoing/destinations/:destination',
  access: 'admin',
  summary: 'Stop allowing a destination; calls in progress are not ended',
  status: 204,
  params,
  reply: noContent,
});
