// Owns how a PSTN call goes from one phase to the next: its record is written, its next callback gets a deadline, its facts are emitted.
// Called by pstn-calls.ts, with what the network's notices mean, and by pstn-sip-legs.ts, with what becomes of the SIP leg.
// Every call is closed once, by its last notice or by its deadline.
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { NewId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { CallLeg } from './call.ts';
import type { DeviceLookup } from './ports.ts';
import { verdictAfterTimeout } from './pstn-call-decision.ts';
import type { AfterDial, DialResult } from './pstn-call-decision.ts';
import type { PstnCallRecords } from './pstn-call-records.ts';
import { reasonOf } from './pstn-call.ts';
import type { OpenPstnCalls, PstnCall } from './pstn-call.ts';
import { answeredAtOf, callerLegOf, skippedLegs, whySkipped } from './pstn-cdr.ts';
import { explain } from './verdict.ts';
import type { Verdict } from './verdict.ts';

export type PstnCallPhasesDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly devices: Pick<DeviceLookup, 'ofPerson'>;
  readonly open: OpenPstnCalls;
  readonly records: PstnCallRecords;
};

/** How long the network may take for its next callback; its own time-outs are far below. */
const callbackTimeoutMs = { sipLeg: 120_000, dialDone: 30_000, voicemail: 600_000, final: 60_000 };
/** A call that was forwarded at the network is not seen from here until it is over; no call lasts longer there. */
const maxForwardedMs = 4 * 3_600_000;

export class PstnCallPhases {
  readonly #deps: PstnCallPhasesDeps;

  constructor(deps: PstnCallPhasesDeps) {
    this.#deps = deps;
  }

  /** By the monotonic time, when a call is given up for which the network has nothing but its last callback left. */
  get finalDeadline(): number {
    return this.#deadlineIn(callbackTimeoutMs.final);
  }

  /** Carries out the plan of a call, once the caller has passed its challenge. */
  begin(pstnCall: PstnCall): void {
    const { plan, challenge } = pstnCall;
    pstnCall.deadlineAt = this.#deadlineIn(callbackTimeoutMs.sipLeg);
    if (challenge?.isPassed === false) {
      this.#deps.records.save(pstnCall, []);
      return;
    }
    switch (plan.kind) {
      case 'reject':
        return this.close(pstnCall, plan.verdict);
      case 'voicemail':
        return this.#toVoicemail(pstnCall, plan.personId);
      case 'play':
        return this.close(pstnCall, { disposition: 'missed', reason: 'announcement' });
      case 'forward':
        return this.#toForward(pstnCall);
      case 'ring':
        pstnCall.deadlineAt += plan.steps.reduce((sum, { seconds }) => sum + seconds, 0) * 1000;
        this.#deps.records.save(pstnCall, []);
    }
  }

  /** `forwarded`: how the attempt to reach a number outside ended. */
  follow(pstnCall: PstnCall, after: AfterDial, forwarded: DialResult | undefined): void {
    const isAnswered = after.kind === 'hang-up' && after.verdict.disposition === 'answered';
    // Closed already, because this callback came late: the caller is served all the same, and a message they leave is still found.
    if (pstnCall.phase === 'over') this.#deps.records.save(pstnCall, []);
    else if (after.kind === 'voicemail') this.#toVoicemail(pstnCall, after.personId);
    else if (after.kind === 'forward') this.#toForward(pstnCall);
    else if (!isAnswered || pstnCall.leg !== 'live') this.close(pstnCall, after.verdict, forwarded);
  }

  /** The SIP leg is over without an answer: what becomes of the call, the network says next. */
  awaitDialDone(pstnCall: PstnCall): void {
    pstnCall.deadlineAt = this.#deadlineIn(callbackTimeoutMs.dialDone);
  }

  close(pstnCall: PstnCall, verdict: Verdict, forwarded?: DialResult): void {
    const { log, events, records, open } = this.#deps;
    const wasInVoicemail = pstnCall.phase === 'voicemail';
    pstnCall.phase = 'over';
    const endedAt = Math.max(pstnCall.record.startedAt, pstnCall.time.now());
    const answeredAt = verdict.disposition === 'answered' ? answeredAtOf(pstnCall.record, { endedAt, forwarded }) : undefined;
    pstnCall.record = { ...pstnCall.record, answeredAt: pstnCall.record.answeredAt ?? answeredAt, endedAt, verdict };
    records.save(pstnCall, pstnCall.leg === 'none' && !wasInVoicemail ? this.#skippedLegs(pstnCall) : []);
    this.#emitStarted(pstnCall);
    events.emit('call.ended', { callId: pstnCall.record.id, disposition: verdict.disposition, reason: verdict.reason });
    log.info({ callId: pstnCall.record.id, ...verdict }, `PSTN call ended: ${explain(verdict)}`);
    if (pstnCall.leg !== 'live') open.delete(pstnCall);
  }

  /** calls.ts has closed the record and emits its end. */
  closeWithLeg(pstnCall: PstnCall): void {
    pstnCall.phase = 'over';
    this.#deps.records.save(pstnCall, []);
    this.#deps.open.delete(pstnCall);
  }

  /** The message turned out otherwise after the call was closed: it is there after all, or holds nothing. */
  amend(pstnCall: PstnCall, verdict: Verdict): void {
    const { disposition } = pstnCall.record.verdict ?? {};
    if (disposition === 'answered' || disposition === 'blocked' || disposition === verdict.disposition) return;
    pstnCall.record = { ...pstnCall.record, verdict };
    this.#deps.records.save(pstnCall, []);
    this.#deps.events.emit('call.changed', { callId: pstnCall.record.id, state: 'voicemail' });
  }

  /** Closes the calls whose next callback is overdue. */
  closeStale(): void {
    const now = this.#deps.clock.monotonic();
    for (const pstnCall of this.#deps.open.all()) {
      const { deadlineAt, phase, sipVerdict, isCallerGone } = pstnCall;
      if (deadlineAt > now || phase === 'over') continue;
      const voicemailReason = phase === 'voicemail' ? reasonOf(pstnCall) : undefined;
      this.close(pstnCall, verdictAfterTimeout({ voicemailReason, sipVerdict, isCallerGone }));
    }
  }

  /** The network calls a number outside, and says so when that is over. */
  #toForward(pstnCall: PstnCall): void {
    pstnCall.deadlineAt = this.#deadlineIn(maxForwardedMs);
    this.#deps.records.save(pstnCall, []);
    this.#emitStarted(pstnCall);
  }

  #toVoicemail(pstnCall: PstnCall, personId: PersonId): void {
    const { record } = pstnCall;
    pstnCall.phase = 'voicemail';
    // Whose mailbox it is, whoever was called.
    pstnCall.record = { ...record, callee: { ...record.callee, personId } };
    pstnCall.deadlineAt = this.#deadlineIn(callbackTimeoutMs.voicemail);
    this.#deps.records.save(pstnCall, pstnCall.leg === 'none' ? this.#skippedLegs(pstnCall) : []);
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

  /** With a SIP leg, calls.ts emits it. */
  #emitStarted(pstnCall: PstnCall): void {
    if (pstnCall.leg === 'none' && !pstnCall.isStartReported)
      this.#deps.events.emit('call.started', { callId: pstnCall.record.id });
    pstnCall.isStartReported = true;
  }

  #deadlineIn(milliseconds: number): number {
    return this.#deps.clock.monotonic() + milliseconds;
  }
}
