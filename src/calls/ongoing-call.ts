import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { DeviceId, NewId } from '#base/ids.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { CallLeg, CallPhase, CallRecord } from './call.ts';
import { CallClock } from './call-clock.ts';
import { CallLegs } from './call-legs.ts';
import { logEnd, logJoin, logStart } from './call-log.ts';
import { advance, begin } from './call-state.ts';
import type { CallAction, CallEvent, CallState, LegPlan, RingStep, Transition } from './call-transition.ts';
import { OngoingRecord } from './ongoing-record.ts';
import type { LegFailure } from './ongoing-record.ts';
import { OutboundPart } from './outbound-part.ts';
import { toStep } from './planned-step.ts';
import type { PlannedLeg, PlannedStep } from './planned-step.ts';
import type { CallerLeg, ConnectedCall, Redirection, RingTarget, StopReason } from './ports.ts';
import { RingTimers } from './ring-timers.ts';
import type { Verdict } from './verdict.ts';

export type OngoingCallDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Pick<Events<Facts>, 'emit'>;
  readonly newId: NewId;
  /** Writes the record; never throws. */
  readonly save: (record: CallRecord, legs: Iterable<CallLeg>) => void;
  /** Where a phone that rings may send the call, as steps to be rung; none: nowhere. */
  readonly follow: (call: OngoingCall, from: PlannedLeg, redirection: Redirection) => readonly PlannedStep[];
  /** Called once, when the call is over and its record closed. */
  readonly ended: (call: OngoingCall) => void;
};

type OngoingCallOptions = {
  readonly record: CallRecord;
  readonly callerLeg: CallLeg;
  readonly leg: CallerLeg;
  readonly steps: readonly PlannedStep[];
  /** The device on whose behalf it goes out or on: the caller's, or who transferred it. */
  readonly requestedBy?: DeviceId | undefined;
  readonly isEmergency?: boolean;
  /** Of a call that the network reported before its SIP leg came. */
  readonly time?: CallClock;
  /** Where the outbound call limits hold for it: the longest it may last once it is answered. */
  readonly maxMinutes?: number | undefined;
};

/** One call from the attempt to its verdict: carries out what call-state.ts decides and keeps the record true. */
export class OngoingCall {
  readonly #deps: OngoingCallDeps;
  readonly #caller: CallerLeg;
  readonly #legs: CallLegs;
  readonly #record: OngoingRecord;
  readonly isEmergency: boolean;
  /** On whose behalf it goes out, and how long it may last for that. */
  readonly outbound: OutboundPart;
  #state: CallState | undefined;
  #isRefused = false;
  readonly #ringTimers: RingTimers;

  constructor(deps: OngoingCallDeps, options: OngoingCallOptions) {
    const {
      record,
      callerLeg,
      leg,
      steps,
      requestedBy,
      isEmergency = false,
      maxMinutes,
      time = new CallClock(deps.clock),
    } = options;
    this.#deps = deps;
    this.isEmergency = isEmergency;
    this.#caller = leg;
    this.#ringTimers = new RingTimers(deps.clock, (event) => this.#dispatch(event));
    this.#legs = new CallLegs({ ...callerLeg, startedAt: time.now() }, steps);
    const { save, events } = deps;
    this.#record = new OngoingRecord({ record, time, save, events, legs: this.#legs, callerLegId: callerLeg.id });
    this.outbound = new OutboundPart(deps.clock, { isOutbound: record.direction === 'outbound', requestedBy, maxMinutes });
  }

  get record(): CallRecord {
    return this.#record.current;
  }

  /** Its two sides, as long as they are connected with each other. */
  get connected(): ConnectedCall | undefined {
    return this.#state?.phase === 'connected' ? this.#caller.connected : undefined;
  }

  /** Where it has been rung, or may be yet. */
  get targets(): readonly RingTarget[] {
    return this.#legs.targets;
  }

  get legs(): Iterable<CallLeg> {
    return this.#legs.records;
  }

  get phase(): CallPhase {
    return this.#record.phase;
  }

  /** Writes the record, then rings. */
  start(steps: readonly PlannedStep[]): void {
    this.#open(steps);
    this.#record.save();
    this.#record.emitStarted();
    this.#apply(begin(steps.map(toStep)));
  }

  #open(steps: readonly PlannedStep[]): void {
    logStart(this.#deps.log, this.record);
    this.#legs.record(steps[0]);
  }

  /** For two sides that are connected already: the record begins with the answer. */
  startConnected(calleeLegId: string): void {
    this.#legs.change(calleeLegId, {});
    const plan: LegPlan = { id: calleeLegId, group: calleeLegId, isTrunk: false, isOffline: false };
    const { state } = begin([{ legs: [plan], seconds: 0, onlyIfUnreachable: false }]);
    this.#state = advance(state, { kind: 'answered', leg: calleeLegId }).state;
    logJoin(this.#deps.log, this.record);
    this.#record.emitStarted();
    this.#connect(calleeLegId);
  }

  /** A call that cannot ring at all: its record is written once, closed. The caller may hear first why. */
  refuse(verdict: Verdict, steps: readonly PlannedStep[], spoken?: PlannedStep): void {
    this.#open(steps);
    if (spoken !== undefined) {
      this.#isRefused = true;
      this.#legs.plan([spoken]);
      this.#record.save();
    }
    this.#record.emitStarted();
    if (spoken === undefined) this.#reject(verdict);
    else this.#apply(begin([toStep(spoken)]));
  }

  /** Whether the caller hears why the call was refused. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** CANCEL, or the caller's answer could not be delivered. */
  callerGone(why?: 'elsewhere'): void {
    this.#dispatch({ kind: 'caller-gone', why });
  }

  /** Either side ended a connected call; the edge sends the BYE to the other one. */
  hungUp(verdict: Verdict): void {
    this.#dispatch({ kind: 'hung-up', verdict });
  }

  stop(why: StopReason): void {
    this.#dispatch({ kind: 'stopped', why });
  }

  /** More is to ring beside what rings now; nothing where it rings no longer. */
  ringAlso(steps: readonly PlannedStep[]): void {
    if (this.#state?.phase !== 'ringing' || steps.length === 0) return;
    this.#legs.plan(steps);
    this.#legs.record(steps[0]);
    this.#dispatch({ kind: 'steps-added', steps: steps.map(toStep) });
  }

  /** Whether a device is one of its sides, or the one on whose behalf it goes out. */
  isOf(deviceId: DeviceId): boolean {
    const { caller, callee } = this.record;
    return [caller.deviceId, callee.deviceId].includes(deviceId) || this.outbound.isOf(deviceId);
  }

  /**
   * Ends the part of a device that may not call any more: the call where it is one of its sides or it goes out on its behalf, else only
   * its ringing. Returns whether that ended the call.
   */
  revoke(deviceId: DeviceId): boolean {
    const { caller, callee, answeredAt } = this.record;
    const isCaller = caller.deviceId === deviceId || this.outbound.isOf(deviceId);
    if (isCaller || (answeredAt !== undefined && callee.deviceId === deviceId)) this.stop('revoked');
    else this.#dispatch({ kind: 'group-gone', group: deviceId });
    return this.#state?.phase === 'ended';
  }

  held(isHeld: boolean): void {
    if (this.#state?.phase === 'connected' && this.#record.held(isHeld)) this.#record.emitChanged();
  }

  #dispatch(event: CallEvent): void {
    if (this.#state !== undefined) this.#apply(advance(this.#state, event));
  }

  /** State first: an action may report its outcome before it returns. */
  #apply({ state, actions }: Transition): void {
    this.#state = state;
    for (const action of actions) {
      try {
        this.#perform(action);
      } catch (error) {
        this.#deps.log.error({ err: error, action: action.kind }, 'Internal error in a call; the call is ended');
        this.stop('fault');
      }
    }
  }

  /** Whatever fails on the way to the record: the caller gets its answer. */
  #reject(verdict: Verdict): void {
    try {
      this.#finish(verdict);
    } finally {
      this.#caller.reject(verdict);
    }
  }

  #perform(action: CallAction): void {
    switch (action.kind) {
      case 'ring':
        this.#ring(action.step, action.legs);
        return;
      case 'pass':
        this.#legs.outgoing(action.leg)?.pass(action.status, action.withMedia);
        return;
      case 'connect':
        this.#connect(action.leg);
        this.#record.emitAnswered(action.leg);
        return;
      case 'cancel':
        this.#record.cancelled(action.leg, action.outcome);
        this.#legs.outgoing(action.leg)?.cancel(action.why);
        return;
      case 'release':
        this.#legs.outgoing(action.leg)?.release(action.why);
        return;
      case 'reject':
        this.#reject(action.verdict);
        return;
      case 'hang-up':
        this.#caller.hangUp(action.why);
        return;
      case 'end':
        this.#finish(action.verdict);
    }
  }

  #ring(step: RingStep, plans: readonly LegPlan[]): void {
    this.#ringTimers.start(step, () => this.#send(step, plans));
  }

  #send(step: RingStep, plans: readonly LegPlan[]): void {
    this.#ringTimers.sent(step);
    for (const plan of plans) {
      // A leg may fail or even answer before the next one is sent.
      if (this.#state?.phase !== 'ringing' || this.#legs.get(plan.id)?.endedAt !== undefined) return;
      this.#ringOne(plan.id);
    }
  }

  #ringOne(id: string): void {
    const target = this.#legs.planned(id)?.target;
    if (target === undefined) return;
    this.#record.started(id);
    const outgoing = this.#caller.ring(target, {
      trying: () => this.#dispatch({ kind: 'trying', leg: id }),
      progressed: (status, hasMedia) => this.#progressed(id, status, hasMedia),
      screening: () => this.#dispatch({ kind: 'screening', leg: id }),
      answered: () => this.#dispatch({ kind: 'answered', leg: id }),
      failed: (outcome, status, redirection) => this.#failed(id, { outcome, status, redirection }),
    });
    this.#legs.rings(id, outgoing);
  }

  #progressed(id: string, status: number, hasMedia: boolean): void {
    const isFirst = this.#record.progressed(id, status);
    this.#dispatch({ kind: 'progressed', leg: id, status, hasMedia });
    if (isFirst) this.#record.emitChanged();
  }

  #failed(id: string, failure: LegFailure): void {
    const { outcome, status, redirection } = failure;
    const leg = this.#record.failed(id, failure);
    if (leg !== undefined) this.#deps.log.debug({ leg: leg.name, address: leg.address, outcome, status }, 'A leg failed');
    const steps = leg === undefined || redirection === undefined ? [] : this.#follow(id, redirection);
    this.#dispatch(steps.length === 0 ? { kind: 'failed', leg: id, outcome } : { kind: 'redirected', leg: id, steps });
  }

  #follow(id: string, redirection: Redirection): readonly RingStep[] {
    const from = this.#legs.planned(id);
    if (from === undefined || this.#state?.phase !== 'ringing') return [];
    const steps = this.#deps.follow(this, from, redirection);
    this.#legs.plan(steps);
    this.#legs.record(steps[0]);
    const { log } = this.#deps;
    if (steps.length > 0) log.info({ leg: from.leg.name, reason: redirection.reason }, 'A phone forwarded the call');
    else
      log.warn({ leg: from.leg.name, to: redirection.to.map(maskNumber) }, 'A phone forwarded the call to where it may not go');
    return steps.map(toStep);
  }

  #connect(id: string): void {
    this.#ringTimers.cancel();
    const isOutside = this.#legs.get(id)?.trunk !== undefined;
    this.outbound.answered({ isOutside, onTooLong: () => this.stop('too-long') });
    this.#record.answered(id);
    this.#record.save();
    this.#legs.outgoing(id)?.connect();
    this.#record.emitChanged();
  }

  #finish(verdict: Verdict): void {
    if (this.record.verdict !== undefined) return;
    this.#ringTimers.cancel();
    this.outbound.ended();
    this.#record.closed(verdict);
    this.#record.save();
    logEnd(this.#deps.log, this.record, verdict);
    this.#deps.ended(this);
    this.#record.emitEnded(verdict);
  }
}
