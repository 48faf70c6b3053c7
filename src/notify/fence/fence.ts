// Owns what every request out of the house is given: the clock, how names are resolved, and where the house itself listens.
// Called by app/fence.ts, which makes it, and by all that send.
// Must stay true: nothing here reaches a network.
import type { LookupAddress } from 'node:dns';
import type { Clock } from '#base/clock.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';

/** All addresses of a name; rejects with the system's error code. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export type Fence = {
  readonly clock: Clock;
  /** Ports of this machine at which the house itself listens: nothing is ever sent there. */
  readonly ownPorts: () => readonly number[];
  /** The system's by default. */
  readonly resolve?: Resolve;
};

/** What one attempt is given beside. */
export type FencedAttempt = Fence & {
  readonly signal: AbortSignal;
  /** Called before the first byte that could be acted on is sent. */
  readonly commit?: () => void;
};

/**
 * `blocked`: not allowed, and nothing was sent. `unreachable`: nothing was sent. `cut-off`: it may have arrived. `detail` is for
 * administrators and holds no secret.
 */
export type FenceFailure = {
  readonly kind: 'blocked' | 'unreachable' | 'cut-off';
  readonly reason: DeliveryReason;
  readonly detail: string;
  readonly hasCommitted: boolean;
};

export function blocked(detail: string, reason: DeliveryReason = 'address-forbidden'): FenceFailure {
  return { kind: 'blocked', reason, detail, hasCommitted: false };
}

export function unreachable(reason: DeliveryReason, detail: string): FenceFailure {
  return { kind: 'unreachable', reason, detail, hasCommitted: false };
}
