import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { answerPage } from '#contract/page.ts';
import {
  getWebhookDelivery,
  listWebhookDeliveries,
  resendWebhookDelivery,
  testDestination,
} from '#contract/webhook-deliveries.ts';
import type { WebhookDelivery } from './webhook-delivery.ts';
import type { WebhookDeliveries } from './webhook-deliveries.ts';

/** `stopping`: aborted at the stop. */
export function webhookRoutes(deliveries: WebhookDeliveries, stopping: AbortSignal): readonly Route[] {
  return [
    handle(testDestination, async ({ params }) => withExchange(await deliveries.test(params.id, stopping))),
    handle(listWebhookDeliveries, ({ params, query }) => {
      const { state, event } = query;
      return answerPage(query, (request) => deliveries.list(params.id, { state, event }, request), toReply);
    }),
    handle(getWebhookDelivery, ({ params }) => withExchange(deliveries.get(params.id, params.deliveryId))),
    handle(resendWebhookDelivery, async ({ params }) => toReply(await deliveries.resend(params.id, params.deliveryId))),
  ];
}

function toReply(delivery: WebhookDelivery) {
  const { id, destinationId, event, state, attempts } = delivery;
  return {
    ...{ id, destinationId, event, state, attempts },
    reason: delivery.reason ?? null,
    detail: delivery.detail ?? null,
    nextAt: isoTimeOrNull(delivery.nextAt),
    milliseconds: delivery.milliseconds ?? null,
    status: delivery.status ?? null,
    createdAt: isoTime(delivery.createdAt),
    endedAt: isoTimeOrNull(delivery.endedAt),
  };
}

function withExchange(delivery: WebhookDelivery) {
  const { exchange, body } = delivery;
  if (exchange === undefined) return { ...toReply(delivery), request: null, reply: null };
  const { url, requestHeaders, replyHeaders, replyBody } = exchange;
  const hasReply = delivery.status !== undefined;
  return {
    ...toReply(delivery),
    request: { url, headers: { ...requestHeaders }, body },
    reply: hasReply ? { headers: { ...replyHeaders }, body: replyBody } : null,
  };
}
