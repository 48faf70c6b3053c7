import type { DeliveryId, PersonId, TargetId } from '#base/ids.ts';
import type { ChannelId, DeliveryReason, DeliveryState } from '#contract/notification-kinds.ts';
import type { Exchange } from './kinds/channel.ts';
import type { Notification } from './kinds/notification.ts';

export type OpenState = Extract<DeliveryState, 'held' | 'waiting' | 'sending'>;
export type EndState = Exclude<DeliveryState, OpenState>;

/** One notification to one target, as it is kept. Times are milliseconds since the Unix epoch. */
export type KeptDelivery = {
  readonly id: DeliveryId;
  readonly dedupe: string;
  readonly personId: PersonId;
  /** Undefined where the target is no more. */
  readonly targetId: TargetId | undefined;
  readonly channel: ChannelId;
  readonly notification: Notification;
  /** Undefined where nothing of it was ever to be sent. */
  readonly outboxId: string | undefined;
  readonly state: DeliveryState;
  readonly reason: DeliveryReason | undefined;
  readonly detail: string | undefined;
  readonly attempts: number;
  readonly nextAt: number | undefined;
  readonly request: string | undefined;
  readonly reply: string | undefined;
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  /** The first of those that were sent again. */
  readonly resentFrom: DeliveryId | undefined;
};

/** Why it is as it is, after an attempt or without one. */
export type Because = {
  readonly reason?: DeliveryReason | undefined;
  readonly detail?: string | undefined;
  readonly exchange?: Exchange | undefined;
};

/** What a person may ask to be sent again: what did not arrive, or may not have. Nobody wants to know that it rang yesterday. */
export function canResend({ state, notification, targetId }: Pick<KeptDelivery, 'state' | 'notification' | 'targetId'>): boolean {
  if (notification.kind === 'incoming-call' || notification.kind === 'call-over' || targetId === undefined) return false;
  return state === 'failed' || state === 'unknown' || state === 'dropped';
}

/** Whether the person knows of it, or may: something that goes on from there is told there too. */
export function mayHaveArrived({ state, attempts }: Pick<KeptDelivery, 'state' | 'attempts'>): boolean {
  if (state === 'delivered' || state === 'unknown' || state === 'sending') return true;
  return (state === 'waiting' || state === 'cancelled') && attempts > 0;
}
