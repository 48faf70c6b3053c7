import { unanswered } from '#routing/mailbox-plan.ts';
import type { PersonId } from '#base/ids.ts';
import { isReasonOf } from '#contract/call-verdicts.ts';
import type { VoicemailReason } from '#contract/call-verdicts.ts';
import type { AfterRing, RoutingPlan } from '#routing/decision.ts';
import type { Verdict } from './verdict.ts';

/** The caller of a PSTN call, as the network reports it. */
export type PstnCaller = {
  /** E.164; undefined where it is withheld or no number. */
  readonly number: string | undefined;
  readonly isWithheld: boolean;
  readonly name: string;
  /** What the carrier says of the number (STIR/SHAKEN): only `full` attests it; most honest calls say nothing. */
  readonly attestation: 'full' | 'partial' | 'gateway' | 'failed' | 'none';
  /** 0 to 1, the worst that any asked service said; undefined where none answered. */
  readonly spamScore: number | undefined;
};

/** How the network's attempt to reach us ended, as the network reports it. */
export type DialOutcome = 'answered' | 'busy' | 'declined' | 'no-answer' | 'unreachable';

/** What the network reports when its attempt to reach us is over. */
export type DialResult = {
  /** Of the caller's own leg. */
  readonly isCallerGone: boolean;
  readonly outcome: DialOutcome;
  /** How long they talked, where the network says so. */
  readonly seconds?: number | undefined;
};

/** What is known when the attempt to reach us is over. */
export type AfterDialFacts = DialResult & {
  /** What our side of the call ended with, where it came that far. */
  readonly sipVerdict: Verdict | undefined;
  /** What the plan has for a call that nobody answers. */
  readonly then: AfterRing;
};

export type AfterDial =
  | { readonly kind: 'voicemail'; readonly reason: VoicemailReason; readonly personId: PersonId }
  | Extract<AfterRing, { kind: 'forward' }>
  /** The call is over, and this is how it ended. */
  | { readonly kind: 'hang-up'; readonly verdict: Verdict };

/** What becomes of a caller whose call did, or did not, get through. */
export function decideAfterDial({ outcome, isCallerGone, sipVerdict, then }: AfterDialFacts): AfterDial {
  if (sipVerdict?.disposition === 'answered') return { kind: 'hang-up', verdict: sipVerdict };
  if (outcome === 'answered') return { kind: 'hang-up', verdict: { disposition: 'answered', reason: 'caller-hung-up' } };
  if (isCallerGone) return { kind: 'hang-up', verdict: { disposition: 'missed', reason: 'caller-cancelled' } };
  if (sipVerdict?.disposition === 'blocked') return { kind: 'hang-up', verdict: sipVerdict };
  const reason = sipVerdict === undefined ? outcome : whyUnanswered(sipVerdict);
  switch (then.kind) {
    case 'voicemail':
      return { kind: 'voicemail', reason, personId: then.personId };
    case 'forward':
      return then;
    case 'reject':
    case 'hang-up':
      return { kind: 'hang-up', verdict: unanswered(reason) };
  }
}

/** What follows where nobody answers; `dial`: which attempt to reach somebody it was, the first is 0. */
export function afterRinging(plan: RoutingPlan, dial: number): AfterRing {
  if (plan.kind !== 'ring' && plan.kind !== 'forward') return { kind: 'hang-up' };
  return dial === 0 ? plan.then : { kind: 'hang-up' };
}

function whyUnanswered({ disposition, reason }: Verdict): VoicemailReason {
  if (isReasonOf('voicemail', reason)) return reason;
  // The network's own time-out cancels our leg, which looks to us as if the caller had gone.
  return disposition === 'failed' ? 'internal' : 'no-answer';
}

/** What is known of a call whose last callback never came. */
export type AbandonedCall = {
  /** Set once the caller was sent to the voicemail. */
  readonly voicemailReason: VoicemailReason | undefined;
  readonly sipVerdict: Verdict | undefined;
  readonly isCallerGone: boolean;
};

/** How a call ended whose last callback from the network was lost. */
export function verdictAfterTimeout({ voicemailReason, sipVerdict, isCallerGone }: AbandonedCall): Verdict {
  if (voicemailReason !== undefined) return unanswered(voicemailReason);
  if (sipVerdict?.disposition === 'cancelled') return { disposition: 'missed', reason: 'caller-cancelled' };
  if (sipVerdict !== undefined) return sipVerdict;
  return { disposition: 'missed', reason: isCallerGone ? 'caller-cancelled' : 'unreachable' };
}

/** Whether a caller left a message. */
export type MessageOutcome = { readonly kind: 'message' | 'none' };

export function verdictOfMessage({ kind }: MessageOutcome, reason: VoicemailReason): Verdict {
  return kind === 'message' ? { disposition: 'voicemail', reason } : unanswered(reason);
}
