// Owns the life of every call: whom it rings, who gets it, its record and its verdict.
// Called by the edges that receive calls (each hands over its caller's leg) and by the routes of calls and call records.
// Every attempt has a record before anything rings, and exactly one verdict when it is over; what was answered was written before.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { CallId, DeviceId, NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { RoutingPlan } from '#routing/decision.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { CallLeg, CallRecord, Party } from './call.ts';
import { CallAdmission } from './call-admission.ts';
import type { CallAdmissionDeps } from './call-admission.ts';
import type { CallSnapshot } from './call-occurrences.ts';
import { CallDiverter } from './call-diverter.ts';
import { CallRouter } from './call-router.ts';
import type { CallRouterDeps } from './call-router.ts';
import type { CdrStore } from './cdr-store.ts';
import type { EmergencyWindow } from './emergency-window.ts';
import { LegPlanner } from './leg-planner.ts';
import { houseSteps } from './leg-screen.ts';
import { joinedCallRecord, newCallRecord } from './new-call-record.ts';
import { OngoingCall } from './ongoing-call.ts';
import type { OngoingCallDeps } from './ongoing-call.ts';
import type { PlannedLeg, PlannedStep } from './planned-step.ts';
import type { Attempt, Joined, PstnCallTracker, RegistrationLookup, Trunks } from './ports.ts';
import { isEmergencyRoute, isLimitedRoute } from './outbound-route.ts';
import { decidedBefore } from './planned-route.ts';
import { RungTargets } from './redirect.ts';
import { RecordWriter } from './record-writer.ts';
import { RefusedCallThrottle } from './refused-call-throttle.ts';
import { SpokenSteps } from './spoken-steps.ts';
import type { Verdict } from './verdict.ts';

export type CallsDeps = CallAdmissionDeps &
  CallRouterDeps & {
    readonly clock: Clock;
    readonly log: Log;
    readonly newId: NewId;
    readonly events: Events<Facts>;
    readonly store: CdrStore;
    /** Slows down what a flood writes; nothing does where undefined. */
    readonly writes?: Pick<WriteBatch, 'isPaused' | 'write'>;
    readonly registrations: RegistrationLookup;
    readonly trunks: Trunks;
    /** Calls that the network reports before their SIP leg comes. */
    readonly pstnCalls?: PstnCallTracker;
    /** Is notified of emergency calls. */
    readonly emergencyWindow?: Pick<EmergencyWindow, 'began' | 'ended'>;
  };

export class Calls {
  readonly #deps: CallsDeps;
  readonly #ongoing = new Map<string, OngoingCall>();
  readonly #records: RecordWriter;
  readonly #refused: RefusedCallThrottle;
  readonly #planner: LegPlanner;
  readonly #admission: CallAdmission;
  readonly #router: CallRouter;
  readonly #diverter: CallDiverter;
  readonly #spoken: SpokenSteps;

  constructor(deps: CallsDeps) {
    this.#deps = deps;
    this.#records = new RecordWriter(deps);
    this.#refused = new RefusedCallThrottle(deps);
    this.#planner = new LegPlanner({ ...deps, devices: deps.facts.devices });
    this.#spoken = new SpokenSteps((...leg) => this.#planner.legOf(...leg));
    this.#admission = new CallAdmission(deps, this.#ongoing);
    this.#router = new CallRouter(deps, this.#planner, this.#admission);
    this.#diverter = new CallDiverter({
      planner: this.#planner,
      admission: this.#admission,
      ringSeconds: deps.ringSeconds,
      route: (attempt) => this.#router.route(attempt),
    });
  }

  /** Whether records cannot be written at the moment. */
  get isRecordFailing(): boolean {
    return this.#records.isFailing;
  }

  /** Closes the records that a killed process left open. */
  start(): void {
    try {
      const closed = this.#deps.store.closeInterrupted(this.#deps.pstnCalls?.openCallIds());
      if (closed > 0) this.#deps.log.warn({ calls: closed }, 'Calls interrupted by the last stop are closed');
    } catch (error) {
      this.#records.failed(error);
    }
  }

  /** Routes an attempt, writes its record and rings. The edge reports to the returned call what the caller does. */
  place(given: Attempt): OngoingCall {
    const claim = given.joinToken === undefined ? noClaim : (this.#deps.pstnCalls?.attachSipLeg(given.joinToken) ?? noClaim);
    const attempt = claim.kind === 'joined' ? asNotified(given, claim.record) : given;
    const routed = claim.kind === 'joined' ? decidedBefore(claim.record, claim.plan) : this.#router.route(attempt);
    const record = {
      ...newCallRecord(attempt, routed, this.#newCall()),
      ...(claim.kind === 'joined' ? opened(claim.record) : {}),
    };
    const { caller: from } = attempt;
    const planned = this.#router.steps(routed, record.id);
    const steps = this.#spoken.around(attempt, routed, from.kind === 'house' ? houseSteps(planned, from) : planned);
    const refusal = claim.kind === 'taken' ? duplicateLeg : this.#admission.refusal(attempt, routed, steps);
    const isWanted = refusal === undefined || claim.kind === 'joined' || this.#refused.mayRecord(comesFrom(attempt), refusal);
    const isRecorded = claim.kind !== 'taken' && isWanted;
    const call = new OngoingCall(isRecorded ? this.#ongoingCallDeps(record.id) : this.#unrecorded(record.id), {
      record,
      callerLeg: this.#planner.callerLeg(attempt, routed),
      leg: attempt.leg,
      steps,
      requestedBy: from.kind === 'device' ? from.device.id : undefined,
      isEmergency: isEmergencyRoute(routed),
      ...(claim.kind === 'joined' ? { time: claim.time } : {}),
      maxMinutes: refusal === undefined && isLimitedRoute(routed) ? this.#admission.maxMinutes : undefined,
    });
    this.#ongoing.set(record.id, call);
    if (call.isEmergency) this.#deps.emergencyWindow?.began();
    if (refusal === undefined) call.start(steps);
    else call.refuse(refusal, steps, isRecorded && !call.isEmergency ? this.#spokenRefusal(attempt, refusal) : undefined);
    if (isRecorded && claim.kind === 'unknown' && routed.plan !== undefined)
      this.#linkCallSid(record, given.networkCallId, routed.plan);
    return call;
  }

  /** A phone hears why, one call at a time: a thief of its password gets no crowd of voices. */
  #spokenRefusal({ caller }: Attempt, refusal: Verdict): PlannedStep | undefined {
    if (caller.kind !== 'device') return undefined;
    const isHearing = this.list().some((call) => call.isRefused && call.isOf(caller.device.id));
    return isHearing ? undefined : this.#spoken.refusal(refusal);
  }

  /** Whether an attempt would be refused if it were made now, and whom it calls. A refusal is reported as that of a call is. */
  check(attempt: Pick<Attempt, 'caller' | 'dialled' | 'source'>): {
    readonly refusal: Verdict | undefined;
    readonly callee: Party;
    readonly isEmergency: boolean;
  } {
    const routed = this.#router.route(attempt);
    const refusal = this.#admission.refusal(attempt, routed, this.#planner.steps(routed));
    return { refusal, callee: routed.callee, isEmergency: isEmergencyRoute(routed) };
  }

  /** The call goes on without it. */
  #linkCallSid(record: CallRecord, networkCallId: string | undefined, plan: RoutingPlan): void {
    if (networkCallId === undefined) return;
    try {
      this.#deps.pstnCalls?.linkCallSid(record, networkCallId, plan);
    } catch (error) {
      this.#records.failed(error);
    }
  }

  /** Opens the record of a call made of two sides that are connected already. */
  join(joined: Joined): OngoingCall {
    const record = joinedCallRecord(joined, this.#newCall());
    const callerLeg = this.#planner.legOf('caller', joined.caller, joined.leg);
    const calleeLeg = this.#planner.legOf('callee', joined.callee, joined.calleeLeg);
    const planned: PlannedLeg = { leg: calleeLeg, group: calleeLeg.id, target: undefined };
    const steps = [{ legs: [planned], seconds: 0, onlyIfUnreachable: false }];
    const { leg, requestedBy } = joined;
    const { maxMinutes } = this.#admission;
    const call = new OngoingCall(this.#ongoingCallDeps(record.id), { record, callerLeg, leg, steps, requestedBy, maxMinutes });
    this.#ongoing.set(record.id, call);
    call.startConnected(calleeLeg.id);
    return call;
  }

  /** Calls in progress, oldest first. */
  list(): readonly OngoingCall[] {
    return [...this.#ongoing.values()];
  }

  get(id: CallId): OngoingCall | undefined {
    return this.#ongoing.get(id);
  }

  /** The record and legs of a call that goes on or has ended; undefined where nothing is known of it. */
  find(id: CallId): CallSnapshot | undefined {
    const call = this.#ongoing.get(id);
    const announced = this.#deps.pstnCalls?.recordOf(id);
    if (call !== undefined) return { record: asTheNetworkSays(call.record, announced), legs: [...call.legs] };
    return this.#records.find(id) ?? (announced === undefined ? undefined : { record: announced, legs: [] });
  }

  /** Throws `not-found` for a call that is over or never was. */
  hangUp(id: CallId): void {
    const call = this.#ongoing.get(id);
    if (call === undefined) throw new AppError('not-found', 'There is no such call in progress');
    call.stop('requested');
  }

  /** The caller may now reach more of the house: decides anew, and rings what does not ring yet. */
  ringAnew(id: CallId): void {
    const call = this.#ongoing.get(id);
    if (call?.record.number === undefined || call.record.direction !== 'inbound') return;
    const { number: dialled, trunk = '', caller } = call.record;
    const routed = this.#router.route({ caller: { kind: 'trunk', trunk, number: caller.number, name: caller.name }, dialled });
    const more = new RungTargets(call).excludeRung(routed);
    if (more !== undefined) call.ringAlso(this.#router.steps(more, id));
  }

  /** Ends every call, or every one of a device, except emergency calls. Returns how many. */
  hangUpAll(deviceId?: DeviceId): number {
    const usual = this.list().filter(({ isEmergency }) => !isEmergency);
    const ended = deviceId === undefined ? usual : usual.filter((call) => call.isOf(deviceId));
    for (const call of ended) call.stop('requested');
    return ended.length;
  }

  /** A device may not call any more: its calls end at once, except emergency calls. */
  revoke(deviceId: DeviceId): void {
    const ended = this.list().filter((call) => !call.isEmergency && call.revoke(deviceId));
    if (ended.length > 0) this.#deps.log.warn({ device: deviceId, calls: ended.length }, 'Calls of a revoked device ended');
  }

  /** Ends every call: for a shutdown (`requested`), or because the SIP engine is gone. */
  stopAll(why: 'requested' | 'engine-lost' = 'engine-lost'): void {
    for (const call of this.list()) call.stop(why);
  }

  /** For the end of the process: a last try to write what could not be written. */
  stop(): void {
    this.#refused.stop();
    this.#records.stop();
  }

  #newCall(): { readonly id: CallId; readonly startedAt: number } {
    const { clock, newId } = this.#deps;
    return { id: newId('call'), startedAt: clock.now() };
  }

  #ongoingCallDeps(id: CallId): OngoingCallDeps {
    const { clock, log, events, newId, pstnCalls } = this.#deps;
    let isEndReported = true;
    return {
      clock,
      newId,
      log: log.child({ callId: id }),
      follow: (...redirected) => this.#diverter.follow(...redirected),
      events: { emit: (name, fact) => (name === 'call.ended' && !isEndReported ? undefined : events.emit(name, fact)) },
      save: (record: CallRecord, legs: Iterable<CallLeg>) => this.#records.save(pstnCalls?.recordToWrite(record) ?? record, legs),
      ended: (call: OngoingCall) => {
        this.#remove(call);
        if (call.outbound.isLimited && call.outbound.talkTimeMs > 0)
          this.#deps.tollFraudGuard?.ended({ deviceId: call.outbound.requestedBy, talkTimeMs: call.outbound.talkTimeMs });
        try {
          isEndReported = pstnCalls?.legEnded(call.record) ?? true;
        } catch (error) {
          this.#records.failed(error);
        }
        // Its end is the network's to say, or said already; that it goes on here no more is not.
        if (!isEndReported) events.emit('call.changed', { callId: id, state: 'over' });
      },
    };
  }

  /** For a refused call that needs no record: the second leg of one that has its leg already, or one of a flood. */
  #unrecorded(id: CallId): OngoingCallDeps {
    const deps = this.#ongoingCallDeps(id);
    const log = deps.log.child({}, { level: 'warn' });
    return {
      ...deps,
      log,
      events: { emit: () => {} },
      save: () => {},
      ended: (call) => this.#remove(call),
    };
  }

  #remove(call: OngoingCall): void {
    this.#ongoing.delete(call.record.id);
    if (call.isEmergency) this.#deps.emergencyWindow?.ended();
  }
}

function comesFrom({ caller }: Attempt): string {
  switch (caller.kind) {
    case 'device':
      return caller.device.id;
    case 'trunk':
      return caller.trunk;
    case 'house':
      return 'house';
  }
}

const noClaim = { kind: 'unknown' } as const;
const duplicateLeg: Verdict = { disposition: 'failed', reason: 'loop' };

/** The network's notice says more than the SIP leg. */
function asNotified(attempt: Attempt, { caller, dialled, trunk }: CallRecord): Attempt {
  const from = { kind: 'trunk', trunk: trunk ?? '', number: caller.number, name: caller.name } as const;
  return { ...attempt, caller: from, dialled };
}

/** The network may say that a call is over before its SIP leg is. */
function asTheNetworkSays(record: CallRecord, announced: CallRecord | undefined): CallRecord {
  const { endedAt, verdict } = announced ?? record;
  return verdict === undefined || record.verdict !== undefined ? record : { ...record, endedAt, verdict };
}

function opened({ id, startedAt, trunk }: CallRecord): Pick<CallRecord, 'id' | 'startedAt' | 'trunk'> {
  return { id, startedAt, trunk };
}
