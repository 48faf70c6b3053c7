// Owns the PSTN calls that the network reports by webhook before their SIP leg comes: one record from the first notice to the last.
// Called by the edge that takes the network's webhooks (receive, dialDone, …) and by calls.ts, whose SIP leg joins the record by its token.
// Notices may come twice, late, in any order or never: the same question gets the same answer, and every record is closed once.
import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { CallId, NewId } from '#base/ids.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { PersonId } from '#base/ids.ts';
import type { OurNumber } from '#numbers/number.ts';
import type { RoutingPlan } from '#routing/decision.ts';
import { CallClock } from './call-clock.ts';
import { reasonsForLog } from './call-log.ts';
import type { CallLeg, CallRecord } from './call.ts';
import type { CdrStore } from './cdr-store.ts';
import { answerChallenge, challengeOf } from './challenge.ts';
import { callerOfNotice } from './house-call.ts';
import type { DecideCall, DecidedCall } from './house-call.ts';
import { firstStep, stepAfter } from './next-step.ts';
import type { NextStep } from './next-step.ts';
import { afterRinging, decideAfterDial, verdictAfterTimeout, verdictOfMessage } from './pstn-call-decision.ts';
import type { AfterDial, DialResult, MessageOutcome, PstnCaller } from './pstn-call-decision.ts';
import { remainingPlan } from './remaining-plan.ts';
import { callerLegOf, newPstnCallRecord, skippedLegs } from './pstn-cdr.ts';
import type { PstnCallStore } from './pstn-call-store.ts';
import { OpenPstnCalls, reasonOf } from './pstn-call.ts';
import type { InboundCallNotice, InboundCallResult, PstnCall } from './pstn-call.ts';
import { PstnCallRecords } from './pstn-call-records.ts';
import type { DeviceLookup, PstnCallTracker, LegClaim } from './ports.ts';
import { explain } from './verdict.ts';
import type { Verdict } from './verdict.ts';

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
/** How long the network may take for its next callback; its own time-outs are far below. */
const callbackTimeoutMs = { sipLeg: 120_000, dialDone: 30_000, voicemail: 600_000, final: 60_000 };
/** A call that was forwarded at the network is not seen from here until it is over; no call lasts longer there. */
const maxForwardedMs = 4 * 3_600_000;

/** The network asks for the voicemail at once when it has given up a trunk call; and no call rings for longer than this. */
const rejoinMs = 30_000;
const maxRingMs = 600_000;

export class PstnCalls implements PstnCallTracker {
  readonly #deps: PstnCallsDeps;
  readonly #records: PstnCallRecords;
  readonly #pstnCalls = new OpenPstnCalls();
  #sweep: Timer | undefined;

  constructor(deps: PstnCallsDeps) {
    this.#deps = deps;
    this.#records = new PstnCallRecords(deps);
  }

  /** Restores what the last run left open; before `Calls.start`, which closes all others. */
  start(): void {
    for (const pstnCall of this.#records.restore(this.#deadlineIn(callbackTimeoutMs.final))) this.#pstnCalls.add(pstnCall);
    this.#sweep = this.#deps.clock.every(sweepMs, () => this.#closeStale());
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
    this.#follow(pstnCall, after, isForwarded(pstnCall, dial) ? dialled : undefined);
    return stepAfter(after, dial);
  }

  /** `forwarded`: how the attempt to reach a number outside ended. */
  #follow(pstnCall: PstnCall, after: AfterDial, forwarded: DialResult | undefined): void {
    const isAnswered = after.kind === 'hang-up' && after.verdict.disposition === 'answered';
    // Closed already, because this callback came late: the caller is served all the same, and a message they leave is still found.
    if (pstnCall.phase === 'over') this.#records.save(pstnCall, []);
    else if (after.kind === 'voicemail') this.#toVoicemail(pstnCall, after.personId);
    else if (after.kind === 'forward') this.#forwards(pstnCall);
    else if (!isAnswered || pstnCall.leg !== 'live') this.#close(pstnCall, after.verdict, forwarded);
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
      this.#close(pstnCall, { disposition: 'blocked', reason: 'challenge' });
      return { kind: 'hang-up' };
    }
    if (!before.isPassed) {
      pstnCall.deadlineAt = this.#deadlineIn(callbackTimeoutMs.sipLeg);
      this.#begin(pstnCall);
    }
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
    if (pstnCall.phase === 'over') this.#amend(pstnCall, verdict);
    else this.#close(pstnCall, verdict);
    return pstnCall.record;
  }

  /** The caller's own leg is over; other callbacks may still come. */
  callerGone(callSid: string): void {
    const pstnCall = this.#pstnCalls.bySid(callSid);
    if (pstnCall === undefined) return;
    pstnCall.isCallerGone = true;
    // While the SIP leg is there, its own end says more.
    if (pstnCall.leg !== 'live') pstnCall.deadlineAt = Math.min(pstnCall.deadlineAt, this.#deadlineIn(callbackTimeoutMs.final));
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

  attachSipLeg(token: string): LegClaim {
    const pstnCall = this.#pstnCalls.byToken(token);
    if (pstnCall === undefined) return { kind: 'unknown' };
    // The network rings every place where we are registered, which may twice be us.
    const { leg, phase, plan, challenge, record, time } = pstnCall;
    const isRinging = leg === 'none' && phase === 'ringing' && plan.kind === 'ring';
    if (!isRinging || challenge?.isPassed === false) return { kind: 'taken' };
    pstnCall.leg = 'live';
    pstnCall.deadlineAt = Number.POSITIVE_INFINITY;
    return { kind: 'joined', record, time, plan };
  }

  recordToWrite(record: CallRecord): CallRecord {
    const pstnCall = this.#pstnCalls.byCall(record.id);
    if (pstnCall === undefined) return record;
    // Only an answered call is over with its SIP leg; how any other ends, the network decides.
    const isOver = record.verdict?.disposition === 'answered';
    const { endedAt, verdict } = pstnCall.phase === 'over' ? pstnCall.record : isOver ? record : stillOpen;
    pstnCall.record = { ...record, endedAt, verdict };
    return pstnCall.record;
  }

  legEnded(record: CallRecord): boolean {
    const pstnCall = this.#pstnCalls.byCall(record.id);
    if (pstnCall === undefined) return true;
    pstnCall.leg = 'over';
    pstnCall.sipVerdict = record.verdict;
    if (pstnCall.phase === 'over') this.#pstnCalls.delete(pstnCall);
    else if (record.verdict?.disposition === 'answered') return this.#endWithLeg(pstnCall);
    else pstnCall.deadlineAt = this.#deadlineIn(callbackTimeoutMs.dialDone);
    return false;
  }

  /** The network will list it: then it is known, and no call that was missed. */
  linkCallSid(record: CallRecord, callSid: string, plan: RoutingPlan): void {
    this.#records.linkCallSid(record, { callSid, token: this.#deps.newToken(), plan: remainingPlan(plan) });
  }

  openCallIds(): readonly string[] {
    return this.#pstnCalls.callIds();
  }

  #open({ callSid, dialled, caller, isReachable, trunk }: InboundCallNotice): PstnCall {
    const { clock, newId, newToken, byNumber } = this.#deps;
    const time = new CallClock(clock);
    const number = byNumber(dialled);
    const { plan, reasons, caller: known } = this.#decide(number, caller, isReachable);
    const named = { ...caller, name: known.name };
    const record = newPstnCallRecord({ id: newId('call'), now: time.now(), number, dialled, caller: named, trunk, reasons });
    const challenge = challengeOf(plan);
    const pstnCall: PstnCall = {
      callSid,
      token: newToken(),
      plan,
      challenge,
      caller: named,
      record,
      createdAt: record.startedAt,
      time,
      phase: 'ringing',
      afterDials: [],
      sipVerdict: undefined,
      leg: 'none',
      isStartReported: false,
      isCallerGone: false,
      deadlineAt: this.#deadlineIn(callbackTimeoutMs.sipLeg),
    };
    const shown = { from: caller.number === undefined ? 'hidden' : maskNumber(caller.number), to: maskNumber(dialled) };
    this.#deps.log.info({ callId: record.id, ...shown, plan: plan.kind, why: reasonsForLog(reasons) }, 'PSTN call received');
    this.#pstnCalls.add(pstnCall);
    this.#begin(pstnCall);
    return pstnCall;
  }

  #begin(pstnCall: PstnCall): void {
    const { plan, challenge } = pstnCall;
    if (challenge?.isPassed === false) {
      this.#records.save(pstnCall, []);
      return;
    }
    switch (plan.kind) {
      case 'reject':
        return this.#close(pstnCall, plan.verdict);
      case 'voicemail':
        return this.#toVoicemail(pstnCall, plan.personId);
      case 'play':
        return this.#close(pstnCall, { disposition: 'missed', reason: 'announcement' });
      case 'forward':
        return this.#forwards(pstnCall);
      case 'ring':
        pstnCall.deadlineAt += plan.steps.reduce((sum, { seconds }) => sum + seconds, 0) * 1000;
        this.#records.save(pstnCall, []);
    }
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

  /** The network calls a number outside, and says so when that is over. */
  #forwards(pstnCall: PstnCall): void {
    pstnCall.deadlineAt = this.#deadlineIn(maxForwardedMs);
    this.#records.save(pstnCall, []);
    this.#emitStarted(pstnCall);
  }

  #toVoicemail(pstnCall: PstnCall, personId: PersonId): void {
    const { record } = pstnCall;
    pstnCall.phase = 'voicemail';
    // Whose mailbox it is, whoever was called.
    pstnCall.record = { ...record, callee: { ...record.callee, personId } };
    pstnCall.deadlineAt = this.#deadlineIn(callbackTimeoutMs.voicemail);
    this.#records.save(pstnCall, pstnCall.leg === 'none' ? this.#skippedLegs(pstnCall) : []);
    this.#emitStarted(pstnCall);
    this.#deps.events.emit('call.changed', { callId: pstnCall.record.id, state: 'voicemail' });
  }

  /** The phones that would have been rung, so that the record says why they were not, and whose call it was. */
  #skippedLegs({ record, callSid, plan, time }: PstnCall): readonly CallLeg[] {
    const { newId, devices } = this.#deps;
    const owner = record.callee.personId;
    const caller = callerLegOf(record, callSid, newId('leg'));
    if (owner === undefined || plan.kind === 'reject') return [caller];
    const outcome = whySkipped(plan);
    const phones = outcome === undefined ? [] : devices.ofPerson(owner).filter((device) => device.enabled);
    return [caller, ...skippedLegs({ record, phones, outcome, now: time.now(), newId })];
  }

  #close(pstnCall: PstnCall, verdict: Verdict, forwarded?: DialResult): void {
    const { log, events } = this.#deps;
    const wasInVoicemail = pstnCall.phase === 'voicemail';
    pstnCall.phase = 'over';
    const endedAt = Math.max(pstnCall.record.startedAt, pstnCall.time.now());
    const answeredAt = verdict.disposition === 'answered' ? answerOf(forwarded, { endedAt, record: pstnCall.record }) : undefined;
    pstnCall.record = { ...pstnCall.record, answeredAt: pstnCall.record.answeredAt ?? answeredAt, endedAt, verdict };
    this.#records.save(pstnCall, pstnCall.leg === 'none' && !wasInVoicemail ? this.#skippedLegs(pstnCall) : []);
    this.#emitStarted(pstnCall);
    events.emit('call.ended', { callId: pstnCall.record.id, disposition: verdict.disposition, reason: verdict.reason });
    log.info({ callId: pstnCall.record.id, ...verdict }, `PSTN call ended: ${explain(verdict)}`);
    if (pstnCall.leg !== 'live') this.#pstnCalls.delete(pstnCall);
  }

  /** With a SIP leg, calls.ts emits it. */
  #emitStarted(pstnCall: PstnCall): void {
    if (pstnCall.leg === 'none' && !pstnCall.isStartReported)
      this.#deps.events.emit('call.started', { callId: pstnCall.record.id });
    pstnCall.isStartReported = true;
  }

  /** calls.ts has closed the record and emits its end. */
  #endWithLeg(pstnCall: PstnCall): boolean {
    pstnCall.phase = 'over';
    this.#records.save(pstnCall, []);
    this.#pstnCalls.delete(pstnCall);
    return true;
  }

  /** The message turned out otherwise after the call was closed: it is there after all, or holds nothing. */
  #amend(pstnCall: PstnCall, verdict: Verdict): void {
    const { disposition } = pstnCall.record.verdict ?? {};
    if (disposition === 'answered' || disposition === 'blocked' || disposition === verdict.disposition) return;
    pstnCall.record = { ...pstnCall.record, verdict };
    this.#records.save(pstnCall, []);
    this.#deps.events.emit('call.changed', { callId: pstnCall.record.id, state: 'voicemail' });
  }

  #closeStale(): void {
    const now = this.#deps.clock.monotonic();
    for (const pstnCall of this.#pstnCalls.all()) {
      if (pstnCall.deadlineAt > now || pstnCall.phase === 'over') continue;
      const voicemailReason = pstnCall.phase === 'voicemail' ? reasonOf(pstnCall) : undefined;
      this.#close(
        pstnCall,
        verdictAfterTimeout({ voicemailReason, sipVerdict: pstnCall.sipVerdict, isCallerGone: pstnCall.isCallerGone }),
      );
    }
  }

  /** From memory while it is open, else as it was kept. */
  #pstnCallOf(callSid: string): PstnCall | undefined {
    return this.#pstnCalls.bySid(callSid) ?? this.#records.find(callSid);
  }

  #deadlineIn(milliseconds: number): number {
    return this.#deps.clock.monotonic() + milliseconds;
  }
}

const stillOpen = { endedAt: undefined, verdict: undefined };

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

/** Why the phones that were to ring could not; undefined where none was to ring. */
function whySkipped(plan: RoutingPlan): 'offline' | 'unreachable' | undefined {
  if (plan.kind === 'ring') return 'unreachable';
  if (plan.kind !== 'voicemail') return undefined;
  if (plan.reason === 'unreachable') return 'unreachable';
  return plan.reason === 'offline' || plan.reason === 'no-devices' ? 'offline' : undefined;
}

/** When a call was answered that the network forwarded, by how long it says that it lasted. */
function answerOf(
  forwarded: DialResult | undefined,
  { endedAt, record }: { readonly endedAt: number; readonly record: CallRecord },
): number | undefined {
  return forwarded === undefined ? undefined : Math.max(record.startedAt, endedAt - (forwarded.seconds ?? 0) * 1000);
}
