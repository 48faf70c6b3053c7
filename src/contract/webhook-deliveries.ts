import { z } from 'zod';
import { isoDateTime } from './date-time.ts';
import { endpoint } from './endpoint.ts';
import { eventNames } from './facts.ts';
import type { EventName } from './facts.ts';
import { destinationId, webhookDeliveryId } from './ids.ts';
import { deliveryReason } from './notification-shapes.ts';
import { listQuery, pageOf } from './page.ts';

/** An event of `GET /api/events` that may be told to others. */
export const eventName = z.enum(eventNames as [EventName, ...EventName[]]).meta({ id: 'EventName' });

/** The event of a test, which nothing in the house emits. */
export const testEvent = 'test';
const eventOrTest = z.enum([testEvent, ...eventNames] as [EventName | 'test', ...EventName[]]).meta({ id: 'WebhookEvent' });

export const webhookStates = ['waiting', 'sending', 'delivered', 'failed', 'unknown', 'cancelled'] as const;
export const webhookState = z.enum(webhookStates).meta({ id: 'WebhookDeliveryState' });

const shape = {
  id: webhookDeliveryId.meta({ description: 'The `webhook-id` of every try, by which a receiver knows a repeat' }),
  destinationId,
  event: eventOrTest,
  state: webhookState,
  /** Why it did not arrive, or not yet. */
  reason: deliveryReason.nullable(),
  detail: z.string().nullable(),
  attempts: z.number().int(),
  /** When it is tried again. */
  nextAt: isoDateTime.nullable(),
  /** What the last try took, and the status it was answered with. */
  milliseconds: z.number().int().nullable(),
  status: z.number().int().nullable(),
  createdAt: isoDateTime,
  endedAt: isoDateTime.nullable(),
};

export const webhookDelivery = z.object(shape).meta({ id: 'WebhookDelivery' });

const headers = z.record(z.string(), z.string());

/** `request` and `reply` are those of the last try; null before there was one. */
export const webhookDeliveryWithExchange = z
  .object({
    ...shape,
    request: z
      .object({ url: z.string(), headers: headers.meta({ description: 'Without the signature' }), body: z.string() })
      .meta({ id: 'WebhookRequest' })
      .nullable(),
    reply: z
      .object({ headers, body: z.string().meta({ description: 'At most its first 2 KB' }) })
      .meta({ id: 'WebhookReply' })
      .nullable(),
  })
  .meta({ id: 'WebhookDeliveryWithExchange' });

const ofDestination = z.object({ id: z.string() });
const ofDelivery = z.object({ id: z.string(), deliveryId: z.string() });

export const testDestination = endpoint({
  id: 'testDestination',
  method: 'POST',
  path: '/external/:id/test',
  access: 'admin',
  summary: 'Send a test to a destination now, once, and wait for what becomes of it',
  params: ofDestination,
  reply: webhookDeliveryWithExchange,
});

export const listWebhookDeliveries = endpoint({
  id: 'listWebhookDeliveries',
  method: 'GET',
  path: '/external/:id/deliveries',
  access: 'admin',
  summary: 'What a destination was told: the last 500, of at most 30 days',
  params: ofDestination,
  query: listQuery(['createdAt'], { state: webhookState.optional(), event: eventOrTest.optional() }),
  reply: pageOf(webhookDelivery),
});

export const getWebhookDelivery = endpoint({
  id: 'getWebhookDelivery',
  method: 'GET',
  path: '/external/:id/deliveries/:deliveryId',
  access: 'admin',
  summary: 'One thing a destination was told, with the request and the reply',
  params: ofDelivery,
  reply: webhookDeliveryWithExchange,
});

export const resendWebhookDelivery = endpoint({
  id: 'resendWebhookDelivery',
  method: 'POST',
  path: '/external/:id/deliveries/:deliveryId/resend',
  access: 'admin',
  summary: 'Send it once more, the same bytes by the same id; what still waits is tried at once',
  status: 202,
  params: ofDelivery,
  reply: webhookDelivery,
});
