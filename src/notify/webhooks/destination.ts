import type { Id } from '#base/ids.ts';
import type { EventName } from '#contract/facts.ts';

export type DestinationId = Id<'hook'>;

/** Where the house sends what happens in it; times in milliseconds since the Unix epoch. */
export type Destination = {
  readonly id: DestinationId;
  readonly name: string;
  readonly url: string;
  /** Whether it may be in the house's own network. */
  readonly allowsPrivate: boolean;
  readonly events: readonly EventName[];
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly changedAt: number;
};
