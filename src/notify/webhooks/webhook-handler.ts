import type { WebhookDeliveryId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { AttemptOutcome, OutboxEnd, OutboxHandler, OutboxItem } from '#storage/outbox-item.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Outcome } from '../kinds/channel.ts';
import type { DestinationId } from './destination.ts';
import type { Destinations } from './destinations.ts';
import type { Tried, WebhookDelivery, WebhookState } from './webhook-delivery.ts';
import type { WebhookDeliveryStore } from './webhook-delivery-store.ts';
import { sendWebhook } from './webhook-sender.ts';
import type { WebhookSenderDeps } from './webhook-sender.ts';

/** What an item of the outbox holds: the rest is read when it is sent. */
export type WebhookPayload = { readonly deliveryId: WebhookDeliveryId; readonly destinationId: DestinationId };

/** Items of the outbox. */
export const webhookKind = 'webhook';

export type WebhookHandlerDeps = WebhookSenderDeps & {
  readonly store: WebhookDeliveryStore;
  readonly destinations: Pick<Destinations, 'find' | 'switchOff'>;
  readonly writes: WriteBatch;
  readonly log: Log;
  /** Called after its state is on the disk. */
  readonly onChanged: (delivery: Pick<WebhookDelivery, 'id' | 'destinationId'>, state: WebhookState) => void;
  /** Of each that ended by the outbox. */
  readonly count: (state: WebhookEnd) => void;
};

export type WebhookEnd = (typeof states)[keyof typeof states];

const states = { done: 'delivered', failed: 'failed', unknown: 'unknown' } as const;

/** Sends what waits for destinations; the outbox says when. Repeats in doubt: a receiver knows a repeat by its id. */
export function webhookHandler(deps: WebhookHandlerDeps): OutboxHandler<WebhookPayload> {
  const { store, destinations, clock, onChanged, count } = deps;
  const endsGone = (end: OutboxEnd) => end.state === 'failed' && tryOf(end)?.status === 410;
  return {
    service: 'webhooks',
    // One for each, so that a dead one pauses no other.
    serviceOf: ({ destinationId }) => `webhook ${destinationId}`,
    whenInDoubt: 'repeat',
    commits: true,
    timeoutSeconds: 60,
    attempt: (item, control) => attempt(item, control, deps),
    postponed: ({ payload: { deliveryId, destinationId } }, { dueAt, message, report }) => {
      const tried = report as Tried | undefined;
      const how = tried === undefined ? ({ reason: 'unexpected', detail: message } as const) : { tried };
      store.progress(deliveryId, { state: 'waiting', nextAt: dueAt, ...how });
      // After the transaction, which is synchronous.
      queueMicrotask(() => onChanged({ id: deliveryId, destinationId }, 'waiting'));
    },
    settle: ({ payload: { deliveryId, destinationId } }, end) => {
      const tried = tryOf(end);
      const endedAt = clock.now();
      const how = tried === undefined ? { reason: end.why ?? ('unexpected' as const), detail: end.message } : { tried };
      count(states[end.state]);
      store.progress(deliveryId, { state: states[end.state], endedAt, ...how });
      if (endsGone(end)) destinations.switchOff(destinationId, 'target-gone');
    },
    ended: ({ payload: { deliveryId, destinationId } }, end) => {
      onChanged({ id: deliveryId, destinationId }, states[end.state]);
    },
  };
}

function tryOf({ report }: OutboxEnd): Tried | undefined {
  return report as Tried | undefined;
}

async function attempt(
  { payload: { deliveryId } }: OutboxItem<WebhookPayload>,
  control: { readonly signal: AbortSignal; commit(): void },
  deps: WebhookHandlerDeps,
): Promise<AttemptOutcome> {
  const { store, destinations, writes, onChanged } = deps;
  const delivery = store.byId(deliveryId);
  const destination = delivery === undefined ? undefined : destinations.find(delivery.destinationId);
  // Taken away, or called off, after it was taken from the outbox.
  if (delivery === undefined || destination === undefined || delivery.endedAt !== undefined) return { kind: 'done' };
  await writes.write(() => store.sending(deliveryId));
  onChanged(delivery, 'sending');
  const { outcome, tried } = await sendWebhook(delivery, destination, { ...deps, ...control, commit: () => control.commit() });
  return toAttemptOutcome(outcome, tried);
}

function toAttemptOutcome(outcome: Outcome, report: Tried): AttemptOutcome {
  switch (outcome.kind) {
    case 'delivered':
      return { kind: 'done', report };
    case 'permanent':
      return { kind: 'failed', message: outcome.detail, report };
    case 'temporary':
      return { kind: 'retry', message: outcome.detail, retryAfterSeconds: outcome.retryAfterSeconds, report };
  }
}
