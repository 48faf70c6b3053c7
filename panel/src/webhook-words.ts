// A destination of webhooks and what it was told, in words.
import type { EndpointReply } from '#contract/endpoint.ts';
import type { getDestination } from '#contract/external.ts';
import type { getWebhookDelivery, listWebhookDeliveries } from '#contract/webhook-deliveries.ts';
import type { Tone } from './parts/status.ts';

export type Destination = EndpointReply<typeof getDestination>;
export type WebhookDelivery = EndpointReply<typeof listWebhookDeliveries>['items'][number];
export type WebhookInFull = EndpointReply<typeof getWebhookDelivery>;

export const webhookTones: Readonly<Record<WebhookDelivery['state'], Tone>> = {
  waiting: 'accent',
  sending: 'accent',
  delivered: 'good',
  failed: 'bad',
  unknown: 'warning',
  cancelled: 'quiet',
};

/** As it went over the line, but for the lines of the protocol. */
export function requestText({ request }: WebhookInFull): string | null {
  return request === null ? null : [`POST ${request.url}`, ...lines(request.headers), '', request.body].join('\n');
}

export function replyText({ reply, status }: WebhookInFull): string | null {
  if (reply === null) return null;
  return [...(status === null ? [] : [String(status)]), ...lines(reply.headers), '', reply.body].join('\n');
}

function lines(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}
