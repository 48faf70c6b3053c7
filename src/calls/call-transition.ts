import type { LegOutcome } from './call.ts';
import type { CancelReason, StopReason } from './ports.ts';
import type { Verdict } from './verdict.ts';

/** A leg to be rung. Legs of one `group` are the contacts of one device, or one trunk. `isVoice`: the house speaks to the caller. */
export type LegPlan = {
  readonly id: string;
  readonly group: string;
  readonly isTrunk: boolean;
  readonly isOffline: boolean;
  readonly isVoice?: boolean;
};

/** Seconds until a leg must have given any sign of life, and until it must ring; then the next step begins beside it. */
export type StepTimeouts = { readonly tryingSeconds: number; readonly ringingSeconds: number };

/**
 * Legs rung together for so long. `onlyIfUnreachable`: tried only where the step before could not be reached at all. `isRetry`:
 * only those whose group had a failure that may have passed.
 */
export type RingStep = {
  readonly legs: readonly LegPlan[];
  readonly seconds: number;
  readonly onlyIfUnreachable: boolean;
  readonly timeouts?: StepTimeouts;
  readonly isRetry?: boolean;
  /** In this step the house speaks to the caller. The call ends so unless it lets them through. */
  readonly verdict?: Verdict;
};

export type LegState = LegPlan & {
  /** `screening`: answered, and asked for a key. */
  readonly phase: 'calling' | 'trying' | 'ringing' | 'screening' | 'answered' | 'over';
  readonly outcome: LegOutcome | undefined;
  readonly hadMedia?: boolean;
  /** Its phone forwarded the call, and it rings there: the legs there say what becomes of it. */
  readonly isFollowed?: boolean;
};

export type CallState = {
  readonly phase: 'ringing' | 'connected' | 'ended';
  readonly steps: readonly RingStep[];
  readonly step: number;
  readonly legs: ReadonlyMap<string, LegState>;
};

export type CallEvent =
  /** The far side has our INVITE (100), nothing more yet. */
  | { readonly kind: 'trying'; readonly leg: string }
  /** The time in which a step must show a sign of life is over. */
  | { readonly kind: 'step-timeout'; readonly step: RingStep; readonly for: 'trying' | 'ringing' }
  | { readonly kind: 'progressed'; readonly leg: string; readonly status: number; readonly hasMedia: boolean }
  | { readonly kind: 'screening'; readonly leg: string }
  | { readonly kind: 'answered'; readonly leg: string }
  | { readonly kind: 'failed'; readonly leg: string; readonly outcome: LegOutcome }
  /** The phone forwards the call (3xx): these steps, in this order; none where it may not go there. */
  | { readonly kind: 'redirected'; readonly leg: string; readonly steps: readonly RingStep[] }
  /** More is to ring beside what rings now. */
  | { readonly kind: 'steps-added'; readonly steps: readonly RingStep[] }
  | { readonly kind: 'ring-time-over' }
  /** CANCEL before the answer, or the answer could not be delivered to the caller. `elsewhere`: the caller has found somebody else. */
  | { readonly kind: 'caller-gone'; readonly why?: 'elsewhere' | undefined }
  | { readonly kind: 'hung-up'; readonly verdict: Verdict }
  /** A device may not be called any more. */
  | { readonly kind: 'group-gone'; readonly group: string }
  /** Ends everything, whatever state it is in. */
  | { readonly kind: 'stopped'; readonly why: StopReason };

export type CallAction =
  | { readonly kind: 'ring'; readonly step: RingStep; readonly legs: readonly LegPlan[] }
  | { readonly kind: 'pass'; readonly leg: string; readonly status: number; readonly withMedia: boolean }
  | { readonly kind: 'connect'; readonly leg: string }
  | { readonly kind: 'cancel'; readonly leg: string; readonly why: CancelReason; readonly outcome: LegOutcome }
  | { readonly kind: 'release'; readonly leg: string; readonly why: CancelReason }
  | { readonly kind: 'reject'; readonly verdict: Verdict }
  | { readonly kind: 'hang-up'; readonly why: StopReason }
  | { readonly kind: 'end'; readonly verdict: Verdict };

export type Transition = { readonly state: CallState; readonly actions: readonly CallAction[] };
