import { z } from 'zod';
import { requiredDisplayName } from './display-name.ts';
import { endpoint, noContent } from './endpoint.ts';
import { eventNames } from './facts.ts';
import { eventName, webhookState } from './webhook-deliveries.ts';
import { isoDateTime } from './date-time.ts';
import { webhookDeliveryId } from './ids.ts';
import { deliveryReason } from './notification-shapes.ts';
import { listQuery, pageOf } from './page.ts';

const params = z.object({ id: z.string() });

const events = z
  .array(eventName)
  .min(1)
  .max(eventNames.length)
  .overwrite((names) => [...new Set(names)]);

const fields = {
  name: requiredDisplayName,
  /** `https:`; also `http:` to an address of your own network, where `allowsPrivate` says so. */
  url: z.string().trim().min(1).max(2000),
  /** Whether the address may be one of your own network. */
  allowsPrivate: z.boolean(),
  events,
  /** Whether what an event is about is sent too, as an admin reads it: names, numbers and words. Without it ids alone leave the house. */
  includesContent: z.boolean(),
  enabled: z.boolean(),
};

const shape = {
  id: z.string(),
  ...fields,
  name: z.string(),
  url: z.string(),
  /** Why the house itself switched it off; null where it did not. */
  switchedOffBecause: deliveryReason.nullable(),
  /** Until when what is sent is signed with the secret before this one too. */
  oldSecretUntil: isoDateTime.nullable(),
  /** Events that were not queued, because too many waited already. */
  dropped: z.number().int(),
  /** The newest delivery of which something is known. */
  lastDelivery: z
    .object({ id: webhookDeliveryId, state: webhookState, reason: deliveryReason.nullable(), at: isoDateTime })
    .nullable(),
  createdAt: isoDateTime,
  changedAt: isoDateTime,
};

export const destination = z.object({ ...shape, events: z.array(eventName) }).meta({ id: 'WebhookDestination' });
export const destinationWithSecret = z
  .object({
    ...shape,
    events: z.array(eventName),
    secret: z.string().meta({ description: '`whsec_` and 32 random bytes in base64 (Standard Webhooks); shown this once' }),
  })
  .meta({ id: 'WebhookDestinationWithSecret' });

export const listDestinations = endpoint({
  id: 'listDestinations',
  method: 'GET',
  path: '/external',
  access: 'admin',
  summary: 'Destinations of outgoing webhooks, which are told what happens in the house',
  query: listQuery(['createdAt', 'name'], {}),
  reply: pageOf(destination),
});

export const createDestination = endpoint({
  id: 'createDestination',
  method: 'POST',
  path: '/external',
  access: 'admin',
  summary: 'Add a destination of outgoing webhooks; its secret is shown this once',
  status: 201,
  body: z.strictObject({
    ...fields,
    allowsPrivate: z.boolean().default(false),
    includesContent: z.boolean().default(false),
    enabled: z.boolean().default(true),
  }),
  reply: destinationWithSecret,
});

export const getDestination = endpoint({
  id: 'getDestination',
  method: 'GET',
  path: '/external/:id',
  access: 'admin',
  summary: 'A destination of outgoing webhooks',
  params,
  reply: destination,
});

export const changeDestination = endpoint({
  id: 'changeDestination',
  method: 'PATCH',
  path: '/external/:id',
  access: 'admin',
  summary: 'Change a destination of outgoing webhooks; switched off, what still waits for it is not sent',
  params,
  body: z.strictObject(fields).partial(),
  reply: destination,
});

export const renewDestinationSecret = endpoint({
  id: 'renewDestinationSecret',
  method: 'POST',
  path: '/external/:id/secret',
  access: 'admin',
  summary:
    'A new secret for a destination, shown this once; for a while both sign what is sent, so that nothing is refused meanwhile',
  params,
  /** Hours for which the old one signs too. */
  body: z.strictObject({ keepsOldFor: z.number().int().min(0).max(168).default(24) }),
  reply: destinationWithSecret,
});

export const deleteDestination = endpoint({
  id: 'deleteDestination',
  method: 'DELETE',
  path: '/external/:id',
  access: 'admin',
  summary: 'Delete a destination of outgoing webhooks, its secret and its deliveries',
  status: 204,
  params,
  reply: noContent,
});
