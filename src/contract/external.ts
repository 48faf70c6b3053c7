import { z } from 'zod';
import { requiredDisplayName } from './display-name.ts';
import { endpoint, noContent } from './endpoint.ts';
import { eventNames } from './facts.ts';
import type { EventName } from './facts.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';

const params = z.object({ id: z.string() });

/** An event of `GET /api/events` that may be told to others. */
export const eventName = z.enum(eventNames as [EventName, ...EventName[]]).meta({ id: 'EventName' });

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
  enabled: z.boolean(),
};

const shape = { id: z.string(), ...fields, name: z.string(), url: z.string(), createdAt: isoDateTime, changedAt: isoDateTime };

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
  summary: 'Destinations of outgoing webhooks. Nothing is sent to them yet: sending comes with notifications',
  query: listQuery(['createdAt', 'name'], {}),
  reply: pageOf(destination),
});

export const createDestination = endpoint({
  id: 'createDestination',
  method: 'POST',
  path: '/external',
  access: 'admin',
  summary: 'Add a destination of outgoing webhooks; its secret is shown this once. Nothing is sent to it yet',
  status: 201,
  body: z.strictObject({ ...fields, allowsPrivate: z.boolean().default(false), enabled: z.boolean().default(true) }),
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
  summary: 'Change a destination of outgoing webhooks',
  params,
  body: z.strictObject(fields).partial(),
  reply: destination,
});

export const renewDestinationSecret = endpoint({
  id: 'renewDestinationSecret',
  method: 'POST',
  path: '/external/:id/secret',
  access: 'admin',
  summary: 'A new secret for a destination, shown this once; the old one signs nothing any more',
  params,
  reply: destinationWithSecret,
});

export const deleteDestination = endpoint({
  id: 'deleteDestination',
  method: 'DELETE',
  path: '/external/:id',
  access: 'admin',
  summary: 'Delete a destination of outgoing webhooks and its secret',
  status: 204,
  params,
  reply: noContent,
});
