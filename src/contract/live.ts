import { z } from 'zod';
import type { Facts } from './facts.ts';
import { isoDateTime } from './page.ts';

type FactSchemas = { readonly [Name in keyof Facts]: z.ZodType<Facts[Name]> };

const device = z.object({ deviceId: z.string() });
const call = z.object({ callId: z.string() });
const voicemail = z.object({ voicemailId: z.string(), personId: z.string().nullable() });
const message = z.object({ messageId: z.string(), conversationId: z.string(), personId: z.string().nullable() });

/** What `GET /api/events` may carry: the name of each fact and its payload. Every fact is here, or this does not compile. */
export const liveEvents = {
  'device.created': device,
  'device.changed': device,
  'device.deleted': device,
  'device.registered': device.extend({ contact: z.string(), expiresAt: isoDateTime }),
  'device.unregistered': device.extend({ reason: z.enum(['removed', 'expired']) }),
  'call.started': call,
  'device.revoked': device.extend({ why: z.enum(['disabled', 'new-password', 'deleted']) }),
  'call.changed': call.extend({ state: z.string() }),
  'call.ended': call.extend({ disposition: z.string(), reason: z.string() }),
  'outgoing.refused': device.extend({ reason: z.string(), destination: z.string().nullable() }),
  'outbox.failing': z.object({ service: z.string(), failures: z.number().int(), reason: z.string() }),
  'outbox.recovered': z.object({ service: z.string() }),
  'voicemail.left': voicemail,
  'voicemail.transcribed': voicemail,
  'voicemail.heard': voicemail,
  'voicemail.changed': voicemail,
  'voicemail.deleted': voicemail,
  'message.received': message,
  'message.changed': message,
  'recording.changed': call.extend({ state: z.string() }),
  'recording.suspended': z.object({ reason: z.string() }),
  'recording.resumed': z.record(z.string(), z.never()),
  'storage.failed': z.object({ reason: z.string() }),
} satisfies FactSchemas;
