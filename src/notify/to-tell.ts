import type { PersonId } from '#base/ids.ts';
import type { DeliveryKind, DeliveryReason } from '#contract/notification-kinds.ts';
import type { Notification } from './kinds/notification.ts';

/** One thing that one person is to be told, wherever they are reached. */
export type ToTell = {
  readonly notification: Notification;
  readonly personId: PersonId;
  /** What it is known by, so that it is told once; the target is added. */
  readonly dedupe: string;
  /** A mail waits until then for what belongs to it; a push never does. */
  readonly notBefore?: number | undefined;
  readonly isUrgent: boolean;
  /** It may have been told before the data of the house were restored: that is said instead. */
  readonly isInDoubt?: boolean;
  /** Told only where this was told, or may have been. */
  readonly after?: string | undefined;
  /** Not told where this is told, but for what is held. */
  readonly unless?: string | undefined;
};

/** What those who tell ask of deliveries.ts. All but `tellUnkept` are synchronous SQL inside a write. */
export type ToldDeliveries = {
  tell(all: readonly ToTell[]): void;
  /** What waits for what belongs to it waits no longer. */
  advance(itemId: string, kind: DeliveryKind): void;
  /** What is not on its way yet is not told any more. */
  cancel(itemId: string, kind: DeliveryKind, reason: DeliveryReason): void;
  /** To whom this kind was told of an item, however that ended. */
  personsOf(itemId: string, kind: DeliveryKind): readonly PersonId[];
  /** What is held for a person is held as long as they want it now; null: for everybody. */
  reconsider(personId: PersonId | null): void;
  /** One attempt at each target that may be told now, of which nothing is kept. Never rejects. */
  tellUnkept(all: readonly ToTell[]): void;
};
