import type { WebhookDeliveryId } from '#base/ids.ts';
import type { EventName } from '#contract/facts.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import type { webhookStates } from '#contract/webhook-deliveries.ts';
import type { DestinationId } from './destination.ts';

export type WebhookState = (typeof webhookStates)[number];
export type WebhookEventName = EventName | 'test';

type Headers = Readonly<Record<string, string>>;

/** How one try went. `reason` is undefined where it arrived. */
export type Tried = {
  readonly reason: DeliveryReason | undefined;
  readonly detail: string | undefined;
  readonly milliseconds: number;
  readonly status: number | undefined;
  readonly url: string;
  /** Without the signature. */
  readonly requestHeaders: Headers;
  readonly replyHeaders: Headers;
  readonly replyBody: string;
};

/** One event told to one destination; times in milliseconds since the Unix epoch. */
export type WebhookDelivery = {
  readonly id: WebhookDeliveryId;
  readonly destinationId: DestinationId;
  readonly event: WebhookEventName;
  readonly body: string;
  readonly outboxId: string | undefined;
  readonly state: WebhookState;
  readonly attempts: number;
  readonly nextAt: number | undefined;
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  readonly reason: DeliveryReason | undefined;
  readonly detail: string | undefined;
  readonly milliseconds: number | undefined;
  readonly status: number | undefined;
  /** Of the last try; undefined before there was one. */
  readonly exchange: Pick<Tried, 'url' | 'requestHeaders' | 'replyHeaders' | 'replyBody'> | undefined;
};
