import { z } from 'zod';
import { isoDateTime } from './date-time.ts';
import { endpoint } from './endpoint.ts';
import { callId, deviceId } from './ids.ts';

/**
 * What a test call found. `works`: sound goes both ways. `unconfirmed`: sound comes from the phone; whether it plays ours, nobody confirmed.
 * `no-sound-from-phone`: it was picked up, and nothing came from it. `not-ringing`: the phone has the call and never said that it rings.
 */
export const testCallResults = [
  'works',
  'unconfirmed',
  'no-sound-from-phone',
  'hung-up-at-once',
  'no-answer',
  'not-ringing',
  'busy',
  'declined',
  'forwarded',
  'refused',
  'no-codec',
  'unreachable',
  'not-registered',
  'switched-off',
  'in-call',
  'house-busy',
  'no-voice',
  'stopped',
] as const;

export const testCall = z
  .object({
    deviceId,
    /** Null where nothing could be rung. */
    callId: callId.nullable(),
    startedAt: isoDateTime,
    ringingAt: isoDateTime.nullable(),
    answeredAt: isoDateTime.nullable(),
    endedAt: isoDateTime.nullable(),
    /** Sound has come from the phone. */
    isHeard: z.boolean(),
    /** Whether the phone gets our sound: it reported so by itself (RTCP), or somebody pressed the key that the house asked for. */
    hearsUs: z.enum(['not-known', 'reported', 'confirmed']).meta({ id: 'TestCallHearing' }),
    /** Null while it goes on. */
    result: z.enum(testCallResults).meta({ id: 'TestCallResult' }).nullable(),
    /** The last SIP status of the phone. */
    sipStatus: z.number().int().nullable(),
    /** Where it was rung, such as `udp 192.0.2.7:5060`. */
    address: z.string().nullable(),
  })
  .meta({ id: 'TestCall' });

const params = z.object({ id: deviceId });

export const startTestCall = endpoint({
  id: 'startTestCall',
  method: 'POST',
  path: '/devices/:id/test-call',
  access: 'user',
  summary: 'Ring a phone, speak to whoever picks it up, and find which part of the way fails; one at a time for a phone',
  status: 202,
  params,
  reply: testCall,
});

export const getTestCall = endpoint({
  id: 'getTestCall',
  method: 'GET',
  path: '/devices/:id/test-call',
  access: 'user',
  summary: 'The test call of a phone that goes on, or the last one since the start',
  params,
  reply: z.object({ testCall: testCall.nullable() }),
});

export const stopTestCall = endpoint({
  id: 'stopTestCall',
  method: 'DELETE',
  path: '/devices/:id/test-call',
  access: 'user',
  summary: 'End the test call of a phone',
  params,
  reply: z.object({ testCall: testCall.nullable() }),
});

export const pingDevice = endpoint({
  id: 'pingDevice',
  method: 'POST',
  path: '/devices/:id/ping',
  access: 'user',
  summary: 'Ask every registration of a phone whether it is there (OPTIONS), and how long it takes to answer',
  params,
  reply: z.object({
    items: z.array(
      z.object({
        registrationId: z.string(),
        /** Null where it did not answer within three seconds. */
        milliseconds: z.number().int().nullable(),
      }),
    ),
  }),
});
