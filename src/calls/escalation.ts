// Owns the shapes of an escalation: what was asked for, how far it is, and what became of each call.
// Used by escalation-state.ts, which decides, and by whoever stores, shows or carries it out.
// Must stay true: all of it is data, so that it goes on after a kill as if nothing had happened.
import type { DeviceId, EscalationChainId, EscalationId, EscalationLegId, PersonId } from '#base/ids.ts';
import type { escalationOutcomes, escalationPrompts } from '#contract/escalations.ts';
import type { EscalationChain, EscalationTarget } from '#routing/escalation-chain.ts';

/** What those who are asked hear, followed by what to press. `language`: BCP 47. */
export type EscalationMessage =
  | { readonly kind: 'text'; readonly text: string; readonly language: string }
  | { readonly kind: 'prompt'; readonly name: (typeof escalationPrompts)[number] };

/** A chain as it was when the escalation began. */
export type EscalationPlan = Pick<EscalationChain, 'name' | 'steps' | 'rounds' | 'pauseSeconds' | 'ignoresDnd' | 'ifNobody'>;

/** Who takes it; `name` is empty where it is not known. */
export type Taker = {
  readonly personId: PersonId | undefined;
  readonly name: string;
  readonly by: 'key' | 'api';
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
};

export type EscalationOutcome = (typeof escalationOutcomes)[number];

/** A phone or number that one target stands for now. `outcome`: why it is not called. */
export type EscalationCallee = {
  readonly personId: PersonId | undefined;
  readonly deviceId: DeviceId | undefined;
  /** E.164, of somebody outside. */
  readonly number: string | undefined;
  readonly name: string;
  readonly outcome?: 'offline' | 'dnd' | 'not-allowed';
};

/** One call to one phone or number. Times in milliseconds since the Unix epoch. */
export type EscalationLeg = Omit<EscalationCallee, 'outcome'> & {
  readonly id: EscalationLegId;
  /** From 1 on. */
  readonly round: number;
  /** From 0 on. */
  readonly step: number;
  readonly startedAt: number;
  readonly ringingAt: number | undefined;
  readonly answeredAt: number | undefined;
  readonly pressedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Undefined while it goes on. */
  readonly outcome: EscalationOutcome | undefined;
};

/**
 * `asking`: phones ring, or somebody listens; `pausing`: between two rounds; `exhausted`: nobody took it. `step` is the number of steps
 * where all were asked and only those who answered are waited for.
 */
export type EscalationState = {
  readonly phase: 'asking' | 'pausing' | 'taken' | 'exhausted' | 'cancelled';
  readonly round: number;
  readonly step: number;
  /** When the pause is over, milliseconds since the Unix epoch. */
  readonly until: number | undefined;
  readonly taker: Taker | undefined;
  /** Whether its end was reported. */
  readonly isReported: boolean;
  readonly endedAt: number | undefined;
  readonly legs: readonly EscalationLeg[];
};

export type Escalation = {
  readonly id: EscalationId;
  /** Undefined where the chain was removed since, or the house began it by itself. */
  readonly chainId: EscalationChainId | undefined;
  readonly plan: EscalationPlan;
  readonly message: EscalationMessage;
  readonly idempotencyKey: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly state: EscalationState;
};

/** What the house knows at the moment of an event. */
export type EscalationFacts = {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** The phones and numbers that a target stands for now, each with why it is not called. */
  readonly calleesOf: (target: EscalationTarget) => readonly EscalationCallee[];
  readonly newLegId: () => EscalationLegId;
};

export type EscalationEvent =
  | { readonly kind: 'ringing'; readonly leg: EscalationLegId }
  | { readonly kind: 'answered'; readonly leg: EscalationLegId }
  | { readonly kind: 'key'; readonly leg: EscalationLegId; readonly key: string }
  /** The call is over: it failed, or they hung up. */
  | { readonly kind: 'leg-ended'; readonly leg: EscalationLegId; readonly outcome: EscalationOutcome }
  /** They have had the time to hear it and to press a key. */
  | { readonly kind: 'listened'; readonly leg: EscalationLegId }
  | { readonly kind: 'step-over'; readonly round: number; readonly step: number }
  | { readonly kind: 'pause-over'; readonly round: number }
  | { readonly kind: 'take'; readonly taker: Taker }
  | { readonly kind: 'cancel' }
  /** The house starts again. */
  | { readonly kind: 'resume' }
  /** Its end was reported. */
  | { readonly kind: 'reported' };

export type EscalationAction =
  | { readonly kind: 'call'; readonly leg: EscalationLeg }
  /** Say the message, again and again. */
  | { readonly kind: 'ask'; readonly leg: EscalationLegId }
  /** `elsewhere`: another has taken it. */
  | { readonly kind: 'hang-up'; readonly leg: EscalationLegId; readonly why: 'elsewhere' | 'no-answer' | 'stopped' }
  /** Say that they have taken it, then hang up. */
  | { readonly kind: 'confirm'; readonly leg: EscalationLegId }
  /** Say who has taken it, then hang up. */
  | { readonly kind: 'stand-down'; readonly leg: EscalationLegId; readonly taker: Taker }
  | { readonly kind: 'time-step'; readonly round: number; readonly step: number; readonly seconds: number }
  | { readonly kind: 'time-pause'; readonly round: number; readonly milliseconds: number }
  /** No step and no pause is timed any more. */
  | { readonly kind: 'stop-timing' }
  /** Tell everybody how it ended. */
  | { readonly kind: 'report' };

export type EscalationTransition = { readonly state: EscalationState; readonly actions: readonly EscalationAction[] };
