import type { Id } from '#base/ids.ts';
import type { EventName } from '#contract/facts.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';

export type DestinationId = Id<'hook'>;

/** Where the house sends what happens in it; times in milliseconds since the Unix epoch. */
export type Destination = {
  readonly id: DestinationId;
  readonly name: string;
  readonly url: string;
  /** Whether it may be in the house's own network. */
  readonly allowsPrivate: boolean;
  readonly events: readonly EventName[];
  /** Whether what an event is about is sent too. */
  readonly includesContent: boolean;
  readonly enabled: boolean;
  /** Why the house itself switched it off. */
  readonly switchedOffBecause: DeliveryReason | undefined;
  /** Until when the secret before this one signs too. */
  readonly oldSecretUntil: number | undefined;
  /** Events that were not queued, because too many waited already. */
  readonly dropped: number;
  readonly createdAt: number;
  readonly changedAt: number;
};
