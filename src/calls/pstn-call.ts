import type { CallId } from '#base/ids.ts';
import type { VoicemailReason } from '#contract/call-verdicts.ts';
import type { RoutingPlan } from '#routing/decision.ts';
import type { CallClock } from './call-clock.ts';
import type { CallRecord } from './call.ts';
import type { NextStep } from './next-step.ts';
import type { AfterDial, PstnCaller } from './pstn-call-decision.ts';
import { challengeOf } from './challenge.ts';
import type { Challenge } from './challenge.ts';
import type { PstnCallPhase } from './pstn-call-store.ts';
import type { Verdict } from './verdict.ts';

/** The network's first notice of a call. */
export type InboundCallNotice = {
  /** The network's id of the call. */
  readonly callSid: string;
  /** Our number, E.164, as the network says it. */
  readonly dialled: string;
  readonly caller: PstnCaller;
  /** Whether the network can hand us the call. */
  readonly isReachable: boolean;
  /** The trunk that the call's record names. */
  readonly trunk: string;
};

export type InboundCallResult = {
  readonly callId: CallId;
  readonly token: string;
  readonly step: NextStep;
  readonly caller: PstnCaller;
  readonly number: string | undefined;
};

export type PstnCall = {
  readonly callSid: string;
  readonly token: string;
  readonly plan: RoutingPlan;
  readonly caller: PstnCaller;
  readonly createdAt: number;
  readonly time: CallClock;
  record: CallRecord;
  phase: PstnCallPhase;
  /** What followed each attempt to reach somebody, in their order. */
  afterDials: readonly AfterDial[];
  /** Whether the caller has pressed the key that they were asked for. */
  challenge: Challenge | undefined;
  /** How our own side of the call ended. */
  sipVerdict: Verdict | undefined;
  leg: 'none' | 'live' | 'over';
  /** Whether `call.started` was emitted. */
  isStartReported: boolean;
  isCallerGone: boolean;
  /** By the monotonic time. */
  deadlineAt: number;
};

/** A call that the network has reported and that has done nothing yet. */
export function newPstnCall(given: Pick<PstnCall, 'callSid' | 'token' | 'plan' | 'caller' | 'record' | 'time'>): PstnCall {
  return {
    ...given,
    challenge: challengeOf(given.plan),
    createdAt: given.record.startedAt,
    phase: 'ringing',
    afterDials: [],
    sipVerdict: undefined,
    leg: 'none',
    isStartReported: false,
    isCallerGone: false,
    deadlineAt: Number.POSITIVE_INFINITY,
  };
}

/** The calls whose last callback has not come, by each of their ids. */
export class OpenPstnCalls {
  readonly #bySid = new Map<string, PstnCall>();
  readonly #byToken = new Map<string, PstnCall>();
  readonly #byCall = new Map<string, PstnCall>();

  get size(): number {
    return this.#bySid.size;
  }

  add(pstnCall: PstnCall): void {
    this.#bySid.set(pstnCall.callSid, pstnCall);
    this.#byToken.set(pstnCall.token, pstnCall);
    this.#byCall.set(pstnCall.record.id, pstnCall);
  }

  delete(pstnCall: PstnCall): void {
    this.#bySid.delete(pstnCall.callSid);
    this.#byToken.delete(pstnCall.token);
    this.#byCall.delete(pstnCall.record.id);
  }

  bySid(callSid: string): PstnCall | undefined {
    return this.#bySid.get(callSid);
  }

  byToken(token: string): PstnCall | undefined {
    return this.#byToken.get(token);
  }

  byCall(callId: CallId): PstnCall | undefined {
    return this.#byCall.get(callId);
  }

  callIds(): readonly string[] {
    return [...this.#byCall.keys()];
  }

  all(): Iterable<PstnCall> {
    return this.#bySid.values();
  }
}

/** Why the caller was sent to the voicemail. */
export function reasonOf({ plan, afterDials }: PstnCall): VoicemailReason {
  const after = afterDials.findLast(({ kind }) => kind === 'voicemail');
  if (after?.kind === 'voicemail') return after.reason;
  return plan.kind === 'voicemail' ? plan.reason : 'no-answer';
}
