// Owns inbound calls from the telephone network (PSTN) that it reports by webhook before their SIP leg comes: one record from first notice to last.
// Called by the edge that takes the network's webhooks (receive, dialDone, …); calls.ts brings the SIP leg, which joins the record by its token.
// Notices may come twice, late, in any order or never: the same question gets the same answer, and every record is closed once.
import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { CallId, NewId } from '#base/ids.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { OurNumber } from '#numbers/number.ts';
import { CallClock } from './call-clock.ts';
import { reasonsForLog } from './call-log.ts';
import type { CallRecord } from './call.ts';
import type { CdrStore } from './cdr-store.ts';
import { answerChallenge } from './challenge.ts';
import { callerOfNotice } from './house-call.ts';
import type { DecideCall, DecidedCall } from './house-call.ts';
import { firstStep, stepAfter } from './next-step.ts';
import type { NextStep } from './next-step.ts';
import { afterRinging, decideAfterDial, verdictOfMessage } from './pstn-call-decision.ts';
import type { DialResult, MessageOutcome, PstnCaller } from './pstn-call-decision.ts';
import { newPstnCallRecord } from './pstn-cdr.ts';
import type { PstnCallStore } from './pstn-call-store.ts';
import { newPstnCall, OpenPstnCalls, reasonOf } from './pstn-call.ts';
import type { InboundCallNotice, InboundCallResult, PstnCall } from './pstn-call.ts';
import { PstnCallPhases } from './pstn-call-phases.ts';
import { PstnCallRecords } from './pstn-call-records.ts';
import { PstnSipLegs } from './pstn-sip-legs.ts';
import type { DeviceLookup, PstnCallTracker } from './ports.ts';

export type PstnCallsDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: NewId;
  /** Unguessable. */
  readonly newToken: () => string;
  readonly events: Events<Facts>;
  readonly store: PstnCallStore;
  readonly cdrs: CdrStore;
  readonly byNumber: (number: string) => OurNumber | undefined;
  readonly devices: Pick<DeviceLookup, 'ofPerson'>;
  /** What becomes of a call to the house. */
  readonly decideCall: DecideCall;
  /** Calls at one time; further ones get a busy tone. */
  readonly maxCalls?: number;
};

const defaultMaxCalls = 2000;
const sweepMs = 5_000;
/** The network asks for the voicemail at once when it has given up a trunk call; and no call rings for longer than this. */
const rejoinMs = 30_000;
const maxRingMs = 600_000;

export class PstnCalls {
  readonly #deps: PstnCallsDeps;
  readonly #records: PstnCallRecords;
  readonly #pstnCalls = new OpenPstnCalls();
  readonly #phases: PstnCallPhases;
  /** What calls.ts asks when a SIP leg comes and ends. */
  readonly sipLegs: PstnCallTracker;
  #sweep: Timer | undefined;

  constructor(deps: PstnCallsDeps) {
    this.#deps = deps;
    this.#records = new PstnCallRecords(deps);
    const shared = { ...deps, open: this.#pstnCalls, records: this.#records };
    this.#phases = new PstnCallPhases(shared);
    this.sipLegs = new PstnSipLegs({ ...shared, phases: this.#phases });
  }

  /** Restores what the last run left open; before `Calls.start`, which closes all others. */
  start(): void {
    for (const pstnCall of this.#records.restore(this.#phases.finalDeadline)) this.#pstnCalls.add(pstnCall);
    this.#sweep = this.#deps.clock.every(sweepMs, () => this.#phases.closeStale());
  }

  stop(): void {
    this.#sweep?.cancel();
  }

  /** Calls whose last callback has not come. */
  get size(): number {
    return this.#pstnCalls.size;
  }

  /** Decides a new call and opens its record; a call that is known gets its first answer again. */
  receive(notice: InboundCallNotice): InboundCallResult {
    const known = this.#pstnCallOf(notice.callSid);
    const pstnCall = known ?? this.#open(notice);
    const { token, plan, challenge, caller, record } = pstnCall;
    return { callId: record.id, token, step: firstStep(plan, challenge), caller, number: record.number };
  }

  /**
   * Decides what becomes of a caller whose call did, or did not, get through; `given` is which attempt to reach somebody it was,
   * the one that goes on where undefined. Undefined: an unknown call.
   */
  dialDone(callSid: string, dialled: DialResult, given?: number): NextStep | undefined {
    const pstnCall = this.#pstnCallOf(callSid);
    if (pstnCall === undefined) return undefined;
    const dial = given ?? forwardsOf(pstnCall);
    const known = pstnCall.afterDials[dial];
    if (known !== undefined) return stepAfter(known, dial);
    const { plan } = pstnCall;
    if (plan.kind === 'reject') return { kind: 'hang-up' };
    const after = decideAfterDial({
      ...dialled,
      sipVerdict: isForwarded(pstnCall, dial) ? undefined : pstnCall.sipVerdict,
      then: afterRinging(plan, dial),
    });
    pstnCall.afterDials = [...pstnCall.afterDials.slice(0, dial), after];
    this.#phases.follow(pstnCall, after, isForwarded(pstnCall, dial) ? dialled : undefined);
    return stepAfter(after, dial);
  }

  /** The caller has pressed keys, or none, when asked for one. Undefined: an unknown call. */
  challenged(callSid: string, pressed: string): NextStep | undefined {
    const pstnCall = this.#pstnCallOf(callSid);
    if (pstnCall?.challenge === undefined) return undefined;
    const before = pstnCall.challenge;
    const answered = answerChallenge(before, pressed);
    pstnCall.challenge = answered;
    if (pstnCall.phase === 'over') return { kind: 'hang-up' };
    if (!answered.isPassed && answered.triesLeft === 0) {
      this.#phases.close(pstnCall, { disposition: 'blocked', reason: 'challenge' });
      return { kind: 'hang-up' };
    }
    if (!before.isPassed) this.#phases.begin(pstnCall);
    return firstStep(pstnCall.plan, answered);
  }

  /**
   * A call that the network could not deliver over its trunk, or that was not answered here: the same call, in one record, whatever its
   * id is now.
   */
  recover(notice: Omit<InboundCallNotice, 'isReachable'>): InboundCallResult {
    if (this.#pstnCallOf(notice.callSid) === undefined) this.#rejoin(notice);
    const result = this.receive({ ...notice, isReachable: false });
    if (result.step.kind !== 'ring') return result;
    const gaveUp = { isCallerGone: false, outcome: 'unreachable' } as const;
    return { ...result, step: this.dialDone(notice.callSid, gaveUp) ?? { kind: 'hang-up' } };
  }

  /** Gives a call that came over the trunk a moment ago its second id. */
  #rejoin({ callSid, dialled, caller, trunk }: Omit<InboundCallNotice, 'isReachable'>): void {
    const { store, byNumber, clock, newToken, cdrs } = this.#deps;
    const number = byNumber(dialled)?.number;
    const now = clock.now();
    if (number === undefined) return;
    const who = { trunk, number, caller: caller.number ?? '' };
    const found = store.unanswered({ ...who, from: now - maxRingMs, to: now, endedSince: now - rejoinMs });
    const record = found === undefined ? undefined : cdrs.get(found.callId);
    if (found !== undefined && record !== undefined)
      this.#records.linkCallSid(record, { callSid, token: newToken(), plan: found.plan });
  }

  /** Whether the caller left a message, as far as voicemail knows: a later outcome is better informed. Returns the record. */
  messageLeft(callSid: string, outcome: MessageOutcome, callId?: CallId): CallRecord | undefined {
    const pstnCall = this.#pstnCallOf(callSid);
    if (pstnCall === undefined) return this.recordOf(callSid, callId);
    const verdict = verdictOfMessage(outcome, reasonOf(pstnCall));
    if (pstnCall.phase === 'over') this.#phases.amend(pstnCall, verdict);
    else this.#phases.close(pstnCall, verdict);
    return pstnCall.record;
  }

  /** The caller's own leg is over; other callbacks may still come. */
  callerGone(callSid: string): void {
    const pstnCall = this.#pstnCalls.bySid(callSid);
    if (pstnCall === undefined) return;
    pstnCall.isCallerGone = true;
    // While the SIP leg is there, its own end says more.
    if (pstnCall.leg !== 'live') pstnCall.deadlineAt = Math.min(pstnCall.deadlineAt, this.#phases.finalDeadline);
  }

  /** How far a call has come: `announced` until its SIP leg was there. */
  progressOf(callSid: string): 'unknown' | 'announced' | 'ringing' | 'voicemail' | 'over' {
    const pstnCall = this.#pstnCallOf(callSid);
    if (pstnCall === undefined) return 'unknown';
    if (pstnCall.phase !== 'ringing') return pstnCall.phase;
    return pstnCall.leg === 'none' && !isForwarded(pstnCall, forwardsOf(pstnCall)) ? 'announced' : 'ringing';
  }

  /** The network's id of a call, as it takes to record it. */
  callSidOf(callId: CallId): string | undefined {
    return this.#pstnCalls.byCall(callId)?.callSid ?? this.#deps.store.byCall(callId)?.callSid;
  }

  /** The record of a call by the network's id of it, else by ours. */
  recordOf(callSid: string, callId?: CallId): CallRecord | undefined {
    const pstnCall = this.#pstnCallOf(callSid);
    if (pstnCall !== undefined) return pstnCall.record;
    const row = callId === undefined ? undefined : this.#deps.store.byCall(callId);
    return row === undefined ? undefined : this.#deps.cdrs.get(row.callId);
  }

  #open({ callSid, dialled, caller, isReachable, trunk }: InboundCallNotice): PstnCall {
    const { clock, newId, newToken, byNumber } = this.#deps;
    const time = new CallClock(clock);
    const number = byNumber(dialled);
    const { plan, reasons, caller: known } = this.#decide(number, caller, isReachable);
    const named = { ...caller, name: known.name };
    const record = newPstnCallRecord({ id: newId('call'), now: time.now(), number, dialled, caller: named, trunk, reasons });
    const pstnCall = newPstnCall({ callSid, token: newToken(), plan, caller: named, record, time });
    const shown = { from: caller.number === undefined ? 'hidden' : maskNumber(caller.number), to: maskNumber(dialled) };
    this.#deps.log.info({ callId: record.id, ...shown, plan: plan.kind, why: reasonsForLog(reasons) }, 'PSTN call received');
    this.#pstnCalls.add(pstnCall);
    this.#phases.begin(pstnCall);
    return pstnCall;
  }

  #decide(number: OurNumber | undefined, caller: PstnCaller, isReachable: boolean): DecidedCall {
    if (number === undefined) return { ...unknownNumber, caller: { name: caller.name } };
    return this.#deps.decideCall({
      called: { kind: 'number', number },
      caller: callerOfNotice(caller),
      via: 'webhook',
      isReachable,
      isFull: this.#pstnCalls.size >= (this.#deps.maxCalls ?? defaultMaxCalls),
    });
  }

  /** From memory while it is open, else as it was kept. */
  #pstnCallOf(callSid: string): PstnCall | undefined {
    return this.#pstnCalls.bySid(callSid) ?? this.#records.find(callSid);
  }
}

const unknownNumber = {
  plan: { kind: 'reject', tone: 'rejected', verdict: { disposition: 'failed', reason: 'unknown-number' } },
  reasons: [],
} as const;

/** How often a call was forwarded after an attempt to reach somebody. */
function forwardsOf({ afterDials }: PstnCall): number {
  return afterDials.filter(({ kind }) => kind === 'forward').length;
}

/** Whether the attempt number `dial` was to reach a number outside, and not the house. */
function isForwarded({ plan }: PstnCall, dial: number): boolean {
  return dial > 0 || plan.kind === 'forward';
}
