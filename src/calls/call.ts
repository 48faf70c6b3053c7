import type { CallId, DeviceId, LegId, PersonId, TokenId } from '#base/ids.ts';
import type { callDirections, callPhases, callPurposes, legOutcomes } from '#contract/calls.ts';
import type { RoutingReason } from '#routing/decision.ts';
import type { Verdict } from './verdict.ts';

export type CallDirection = (typeof callDirections)[number];
export type CallPurpose = (typeof callPurposes)[number];
export type CallPhase = (typeof callPhases)[number];
export type LegOutcome = (typeof legOutcomes)[number];

/** One side of a call. `number`: E.164, an extension, or empty where the caller hides it. */
export type Party = {
  readonly deviceId: DeviceId | undefined;
  readonly personId: PersonId | undefined;
  readonly number: string;
  readonly name: string;
};

/** One call and what is known of it; times in milliseconds since the Unix epoch. */
export type CallRecord = {
  readonly id: CallId;
  readonly direction: CallDirection;
  readonly startedAt: number;
  readonly ringingAt: number | undefined;
  readonly answeredAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly verdict: Verdict | undefined;
  readonly dialled: string;
  readonly caller: Party;
  readonly callee: Party;
  /** Our number by which it came or went, E.164. */
  readonly number: string | undefined;
  readonly trunk: string | undefined;
  readonly transferredFrom: CallId | undefined;
  /** Who asked for it through the API, by a token of no person where it is a token's; nobody where it was dialled or came in. */
  readonly requestedBy?: PersonId | TokenId | undefined;
  /** Why the house called a phone itself. */
  readonly purpose?: CallPurpose | undefined;
  /** Why it rang whom it rang, the first thing that was looked at first; empty where nothing was to be decided. */
  readonly reasons: readonly RoutingReason[];
};

export type CallLeg = {
  readonly id: LegId;
  readonly role: 'caller' | 'callee';
  readonly deviceId: DeviceId | undefined;
  readonly personId: PersonId | undefined;
  readonly name: string;
  readonly trunk: string | undefined;
  /** Such as `udp 192.0.2.7:5060`. */
  readonly address: string;
  readonly sipCallId: string;
  readonly startedAt: number;
  readonly ringingAt: number | undefined;
  readonly answeredAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly sipStatus: number | undefined;
  readonly outcome: LegOutcome | undefined;
};

/** Records of earlier versions may end before they were answered, by a clock that was set. */
export function talkSeconds(answeredAt: number | null, endedAt: number | null): number {
  return answeredAt === null || endedAt === null ? 0 : Math.round(Math.max(0, endedAt - answeredAt) / 1000);
}
