import { z } from 'zod';
import { requiredDisplayName } from './display-name.ts';
import { endpoint } from './endpoint.ts';
import { deliveryReason } from './notification-shapes.ts';
import { notificationTarget } from './notifications.ts';

export const getWebPush = endpoint({
  id: 'getWebPush',
  method: 'GET',
  path: '/notifications/web-push',
  access: 'user',
  summary: 'The key by which a browser subscribes to notifications of the house',
  reply: z.object({
    publicKey: z.string().nullable().meta({ description: 'An uncompressed point of P-256 in base64url (RFC 8292)' }),
    problem: deliveryReason.nullable(),
  }),
});

/** Of `bytes` bytes, in base64url with or without padding. */
const base64url = (bytes: number) =>
  z
    .string()
    .regex(/^[\w-]+={0,2}$/, 'must be base64url')
    .refine((text) => Buffer.from(text, 'base64url').length === bytes, `must be ${bytes} bytes`);

const pushEndpoint = z.url({ protocol: /^https$/ }).max(2000);

/** A subscription as the browser gives it (RFC 8291). */
export const subscribeWebPush = endpoint({
  id: 'subscribeWebPush',
  method: 'POST',
  path: '/notifications/web-push',
  access: 'user',
  summary: 'Have this browser show your notifications; the same browser again is the same target',
  status: 201,
  body: z.strictObject({
    endpoint: pushEndpoint,
    keys: z.strictObject({ p256dh: base64url(65), auth: base64url(16) }),
    name: requiredDisplayName,
    replaces: pushEndpoint
      .optional()
      .meta({ description: 'The `endpoint` that this browser had before: its target goes on, with its name' }),
  }),
  reply: notificationTarget,
});
