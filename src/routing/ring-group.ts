import type { DeviceId, Id, PersonId } from '#base/ids.ts';

export type RingGroupId = Id<'group'>;

/** What rings. A person stands for their phones; a number outside is asked to press a key before it gets the call. */
export type RingTarget =
  | { readonly kind: 'device'; readonly id: DeviceId }
  | { readonly kind: 'person'; readonly id: PersonId }
  | { readonly kind: 'group'; readonly id: RingGroupId }
  /** E.164. */
  | { readonly kind: 'number'; readonly number: string };

export type RingOrder = 'all' | 'one-after-another';

/** A ring group (hunt group): several that ring under one name, and under an extension where it has one. */
export type RingGroup = {
  readonly id: RingGroupId;
  readonly name: string;
  readonly extension: string | undefined;
  readonly members: readonly RingTarget[];
  readonly order: RingOrder;
  /** Of all together, or of each. */
  readonly seconds: number;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
};
