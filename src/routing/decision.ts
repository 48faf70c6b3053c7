// Owns the shapes of the one routing decision: what is asked, what is known, what is answered.
// Used by decide.ts, by calls, which gathers the facts and carries the plan out, and by the preview.
// Must stay true: all of it is data, so that a call of the past and one that is imagined are decided alike.
import type { ContactId, DeviceId, PersonId } from '#base/ids.ts';
import type { Verdict, VoicemailReason } from '#contract/call-verdicts.ts';
import type { RoutingReason } from '#contract/routing-reasons.ts';
import type { Device } from '#devices/device.ts';
import type { OurNumber } from '#numbers/number.ts';
import type { ChildLineMap, LineHolder } from './child-line.ts';
import type { Dnd } from './dnd.ts';
import type { RingGroup } from './ring-group.ts';
import type { EscalationChain } from './escalation-chain.ts';
import type { Route } from './route.ts';
import type { ChallengeRule, RoutingSettings } from './routing-settings.ts';

export type { RoutingReason } from '#contract/routing-reasons.ts';

/**
 * Somebody calls something of the house. `via`: how we learn of it. By `webhook` the network waits for what to do with its call; at a
 * `failover-trunk` it has a voicemail of its own for callers whom we do not answer.
 */
export type CallQuestion = {
  readonly caller: CallerFacts;
  readonly called:
    | { readonly kind: 'number'; readonly number: OurNumber }
    | { readonly kind: 'device'; readonly device: Device }
    | { readonly kind: 'group'; readonly group: RingGroup };
  readonly via: 'webhook' | 'trunk' | 'failover-trunk' | 'internal';
};

/** All times in milliseconds since the Unix epoch. */
export type CallerFacts = {
  /** A phone of the house is never screened. */
  readonly kind: 'device' | 'outside';
  readonly deviceId: DeviceId | undefined;
  readonly personId: PersonId | undefined;
  /** E.164; the extension of a phone of the house. */
  readonly number: string | undefined;
  readonly isWithheld: boolean;
  readonly name: string;
  /** Of the number; ISO 3166-1, two letters. */
  readonly country: string | undefined;
  /** 0 to 1, the worst that any service said. */
  readonly spamScore: number | undefined;
  readonly contact: { readonly id: ContactId; readonly name: string; readonly groups: readonly string[] } | undefined;
  /** Groups of the house's own address book alone. */
  readonly houseContactGroups: readonly string[];
  /** Children's lines for which a parent lets this one call through. */
  readonly approvedLines: readonly LineHolder[];
  /** When the house last called this number, within the trusted days. */
  readonly dialledAt: number | undefined;
  readonly blocked:
    | { readonly entryId: string; readonly kind: 'exact' | 'prefix' | 'regex'; readonly reason: string }
    | undefined;
  /** Of the imported lists. */
  readonly listed: { readonly listId: string; readonly name: string; readonly importedAt: number } | undefined;
  /** The last call of this caller to this number that was not answered. */
  readonly lastCallAt: number | undefined;
};

/** The state of a Home Assistant entity and when it was last confirmed; undefined: not known. */
export type StatesPort = (entityId: string) => { readonly value: string; readonly at: number } | undefined;

export type RoutingPerson = { readonly id: PersonId; readonly name: string; readonly hasMailbox: boolean };

/** What the decision is made by. */
export type RoutingFacts = {
  /** All of the house, switched on or not. */
  readonly devices: readonly { readonly device: Device; readonly isRegistered: boolean }[];
  readonly persons: readonly RoutingPerson[];
  /** Of the called number, the first to be looked at first. */
  readonly routes: readonly Route[];
  readonly groups: readonly RingGroup[];
  readonly chains: readonly EscalationChain[];
  readonly dnd: {
    readonly house: Dnd;
    readonly persons: ReadonlyMap<PersonId, Dnd>;
    readonly devices: ReadonlyMap<DeviceId, Dnd>;
  };
  readonly childLines: ChildLineMap;
  readonly states: StatesPort;
  /** The end of the time after an emergency call in which everybody gets through. */
  readonly emergencyUntil: number | undefined;
  readonly settings: RoutingSettings;
  /** Whether the network can hand us the call. */
  readonly isReachable: boolean;
  /** Whether there are as many calls as there may be. */
  readonly isFull: boolean;
  /** Whether calls to a number outside (E.164) are allowed: a rule must not cost what no phone may. */
  readonly mayForward: (number: string) => boolean;
};

/** The plan, and the chain of what led to it: also what was looked at and did not decide, where it explains. */
export type RoutingDecision = { readonly plan: RoutingPlan; readonly reasons: readonly RoutingReason[] };

/** Children's lines that do not have a caller on their list: whoever answers is asked for a key by which they let the caller through. */
export type ApprovalRule = { readonly lines: readonly LineHolder[]; readonly name: string };

/** `challenge`: the caller must press a digit before anything rings or records. `forward`: press 1 to accept where `isScreened`. */
export type RoutingPlan =
  | {
      readonly kind: 'ring';
      readonly steps: readonly RingPlanStep[];
      readonly then: AfterRing;
      readonly challenge?: ChallengeRule;
      readonly approval?: ApprovalRule;
    }
  | {
      readonly kind: 'voicemail';
      readonly personId: PersonId;
      readonly reason: VoicemailReason;
      readonly greeting?: string;
      readonly challenge?: ChallengeRule;
    }
  | (ForwardTarget & { readonly then: AfterRing; readonly challenge?: ChallengeRule })
  /** `busy` is a busy tone, `rejected` says that the number is not in service. Nothing is billed. */
  | { readonly kind: 'reject'; readonly tone: 'busy' | 'rejected'; readonly verdict: Verdict }
  /** The caller hears the text, and the call is over. `language`: BCP 47. */
  | { readonly kind: 'play'; readonly text: string; readonly language: string };

/** Phones that ring together, and numbers outside (E.164) that must press 1. */
export type RingPlanStep = {
  readonly deviceIds: readonly DeviceId[];
  readonly forwards: readonly string[];
  readonly seconds: number;
  /** Whoever answers at a phone must press 1 too. */
  readonly isScreened?: boolean;
};

type ForwardTarget = {
  readonly kind: 'forward';
  readonly number: string;
  readonly seconds: number;
  readonly isScreened: boolean;
};

/** What follows where nobody answers. */
export type AfterRing =
  | { readonly kind: 'voicemail'; readonly personId: PersonId }
  | ForwardTarget
  | { readonly kind: 'reject' }
  | { readonly kind: 'hang-up' };
