import { isReasonOf } from '#contract/call-verdicts.ts';
import type { ReasonOf } from '#contract/call-verdicts.ts';
import type { OurNumber } from '#numbers/number.ts';
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

/** All that the decision needs, from local state. */
export type InboundFacts = {
  readonly number: OurNumber | undefined;
  readonly caller: PstnCaller;
  /** A higher score is refused. */
  readonly spamThreshold: number;
  /** Of the number's owner: phones that may ring, and how many of them can be reached now. */
  readonly phones: { readonly enabled: number; readonly registered: number };
  /** Whether the network can hand us the call. */
  readonly isReachable: boolean;
  readonly isFull: boolean;
  readonly ringSeconds: number;
};

export type VoicemailReason = ReasonOf<'voicemail'>;

export type InboundDecision =
  | { readonly kind: 'ring'; readonly seconds: number }
  | { readonly kind: 'voicemail'; readonly reason: VoicemailReason }
  /** `busy` is a busy tone, `rejected` says that the number is not in service. Nothing is billed. */
  | { readonly kind: 'reject'; readonly tone: 'busy' | 'rejected'; readonly verdict: Verdict };

/** What becomes of a PSTN call before anything rings. */
export function decideInbound(facts: InboundFacts): InboundDecision {
  const { number, caller, phones } = facts;
  if (number === undefined) return rejected({ disposition: 'failed', reason: 'unknown-number' });
  if (!number.voiceEnabled) return rejected({ disposition: 'blocked', reason: 'switched-off' });
  if (caller.spamScore !== undefined && caller.spamScore > facts.spamThreshold) {
    return rejected({ disposition: 'blocked', reason: 'spam' });
  }
  if (number.ownerPersonId === undefined) return rejected({ disposition: 'failed', reason: 'no-owner' });
  if (facts.isFull) return { kind: 'reject', tone: 'busy', verdict: { disposition: 'failed', reason: 'too-many-calls' } };
  if (phones.enabled === 0) return { kind: 'voicemail', reason: 'no-devices' };
  if (phones.registered === 0) return { kind: 'voicemail', reason: 'offline' };
  if (!facts.isReachable) return { kind: 'voicemail', reason: 'unreachable' };
  return { kind: 'ring', seconds: facts.ringSeconds };
}

function rejected(verdict: Verdict): InboundDecision {
  return { kind: 'reject', tone: 'rejected', verdict };
}

/** How the network's attempt to reach us ended, as the network reports it. */
export type DialOutcome = 'answered' | 'busy' | 'declined' | 'no-answer' | 'unreachable';

/** What the network reports when its attempt to reach us is over. */
export type DialResult = {
  /** Of the caller's own leg. */
  readonly isCallerGone: boolean;
  readonly outcome: DialOutcome;
};

/** What is known when the attempt to reach us is over. */
export type AfterDialFacts = DialResult & {
  /** What our side of the call ended with, where it came that far. */
  readonly sipVerdict: Verdict | undefined;
  readonly hasMailbox: boolean;
};

export type AfterDial =
  | { readonly kind: 'voicemail'; readonly reason: VoicemailReason }
  /** The call is over, and this is how it ended. */
  | { readonly kind: 'hang-up'; readonly verdict: Verdict };

/** What becomes of a caller whose call did, or did not, get through. */
export function decideAfterDial({ outcome, isCallerGone, sipVerdict, hasMailbox }: AfterDialFacts): AfterDial {
  if (sipVerdict?.disposition === 'answered') return { kind: 'hang-up', verdict: sipVerdict };
  if (outcome === 'answered') return { kind: 'hang-up', verdict: { disposition: 'answered', reason: 'caller-hung-up' } };
  if (isCallerGone) return { kind: 'hang-up', verdict: { disposition: 'missed', reason: 'caller-cancelled' } };
  if (sipVerdict?.disposition === 'blocked') return { kind: 'hang-up', verdict: sipVerdict };
  const reason = sipVerdict === undefined ? outcome : whyUnanswered(sipVerdict);
  return hasMailbox ? { kind: 'voicemail', reason } : { kind: 'hang-up', verdict: unanswered(reason) };
}

function whyUnanswered({ disposition, reason }: Verdict): VoicemailReason {
  if (isReasonOf('voicemail', reason)) return reason;
  // The network's own time-out cancels our leg, which looks to us as if the caller had gone.
  return disposition === 'failed' ? 'internal' : 'no-answer';
}

/** How a call ended that was not answered and in which no message was left. */
export function unanswered(reason: VoicemailReason): Verdict {
  switch (reason) {
    case 'busy':
      return { disposition: 'busy', reason };
    case 'redirected':
    case 'internal':
      return { disposition: 'failed', reason };
    default:
      return { disposition: 'missed', reason };
  }
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
