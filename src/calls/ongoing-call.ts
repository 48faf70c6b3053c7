import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { CallLeg, CallPhase, CallRecord, LegId, LegOutcome, Party } from './call.ts';
import { CallClock } from './call-clock.ts';
import { advance, begin } from './call-state.ts';
import type { CallAction, CallEvent, CallState, LegPlan, StepTimeouts, RingStep, Transition } from './call-transition.ts';
import type { CallerLeg, OutgoingLeg, Redirection, RingTarget, StopReason } from './ports.ts';
import { explain } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** A leg that may be rung: what the record says of it, and where it goes (nowhere for a phone that is not registered). */
export type PlannedLeg = { readonly leg: CallLeg; readonly group: string; readonly target: RingTarget | undefined };

export type PlannedStep = {
  readonly legs: readonly PlannedLeg[];
  readonly seconds: number;
  readonly onlyIfUnreachable: boolean;
  readonly timeouts?: StepTimeouts;
  readonly isRetry?: boolean;
};

/** Before a second round: time for a connection, a registration or the relay to come back. */
const retryDelayMs = 2_000;

export type OngoingCallDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Pick<Events<Facts>, 'emit'>;
  readonly newId: NewId;
  /** Writes the record; never throws. */
  readonly save: (record: CallRecord, legs: Iterable<CallLeg>) => void;
  /** Where a phone that rings may send the call, as steps to be rung; none: nowhere. */
  readonly follow: (call: OngoingCall, from: PlannedLeg, redirection: Redirection) => readonly PlannedStep[];
  /** Told once, when the call is over and its record closed. */
  readonly ended: (call: OngoingCall) => void;
};

type Failure = {
  readonly outcome: LegOutcome;
  readonly status: number | undefined;
  readonly redirection: Redirection | undefined;
};

type OngoingCallOptions = {
  readonly record: CallRecord;
  readonly callerLeg: CallLeg;
  readonly leg: CallerLeg;
  readonly steps: readonly PlannedStep[];
  /** The device on whose behalf it goes out or on: the caller's, or who transferred it. */
  readonly requestedBy?: string | undefined;
  readonly isEmergency?: boolean;
  /** Of a call that was announced before its SIP leg came. */
  readonly time?: CallClock;
  /** Where it counts among the calls outside that are bounded: the longest it may last once it is answered. */
  readonly maxMinutes?: number | undefined;
};

/** One call from the attempt to its verdict: carries out what call-state.ts decides and keeps the record true. */
export class OngoingCall {
  readonly #deps: OngoingCallDeps;
  readonly #caller: CallerLeg;
  readonly #planned = new Map<string, PlannedLeg>();
  readonly #outgoing = new Map<string, OutgoingLeg>();
  readonly #legs = new Map<string, CallLeg>();
  readonly #callerLegId: LegId;
  readonly isEmergency: boolean;
  #maxMinutes: number | undefined;
  #requestedBy: string | undefined;
  #isSentToTrunk = false;
  /** By the monotonic clock. */
  #talkSince: number | undefined;
  #maxDurationTimer: Timer | undefined;
  #record: CallRecord;
  #state: CallState | undefined;
  #ringTimer: Timer | undefined;
  #stepTimers: readonly Timer[] = [];
  #isHeld = false;
  readonly #time: CallClock;

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
    this.#time = time;
    this.#maxMinutes = maxMinutes;
    this.#requestedBy = requestedBy;
    this.isEmergency = isEmergency;
    this.#caller = leg;
    this.#record = record;
    this.#callerLegId = callerLeg.id;
    this.#legs.set(callerLeg.id, { ...callerLeg, startedAt: time.now() });
    for (const planned of steps.flatMap((step) => step.legs)) this.#planned.set(planned.leg.id, planned);
  }

  get record(): CallRecord {
    return this.#record;
  }

  /** Where it has been rung, or may be yet. */
  get targets(): readonly RingTarget[] {
    return [...this.#planned.values()].flatMap(({ target }) => target ?? []);
  }

  get legs(): Iterable<CallLeg> {
    return this.#legs.values();
  }

  get phase(): CallPhase {
    if (this.#record.answeredAt === undefined) return 'ringing';
    return this.#isHeld ? 'held' : 'in_call';
  }

  /** Writes the record, then rings. */
  start(steps: readonly PlannedStep[]): void {
    this.#open(steps);
    this.#save();
    this.#emitStarted();
    this.#apply(begin(steps.map(toStep)));
  }

  #open(steps: readonly PlannedStep[]): void {
    const { caller, callee, direction } = this.#record;
    this.#deps.log.info(
      { direction, from: shown(caller), to: shown(callee), dialled: maskNumber(this.#record.dialled) },
      'Call started',
    );
    for (const planned of steps[0]?.legs ?? []) this.#legs.set(planned.leg.id, planned.leg);
  }

  #emitStarted(): void {
    this.#deps.events.emit('call.started', { callId: this.#record.id });
  }

  /** For two sides that are connected already: the record begins with the answer. */
  startConnected(calleeLegId: string): void {
    const planned = this.#planned.get(calleeLegId);
    if (planned !== undefined) this.#legs.set(calleeLegId, planned.leg);
    const plan: LegPlan = { id: calleeLegId, group: calleeLegId, isTrunk: false, isOffline: false };
    const { state } = begin([{ legs: [plan], seconds: 0, onlyIfUnreachable: false }]);
    this.#state = advance(state, { kind: 'answered', leg: calleeLegId }).state;
    this.#deps.log.info({ from: shown(this.#record.caller), to: shown(this.#record.callee) }, 'Call joined by a transfer');
    this.#deps.events.emit('call.started', { callId: this.#record.id });
    this.#connect(calleeLegId);
  }

  /** A call that cannot ring at all: its record is written once, closed. */
  refuse(verdict: Verdict, steps: readonly PlannedStep[]): void {
    this.#open(steps);
    this.#emitStarted();
    this.#reject(verdict);
  }

  /** CANCEL, or the caller's answer could not be delivered. */
  callerGone(): void {
    this.#dispatch({ kind: 'caller-gone' });
  }

  /** Either side ended a connected call; the edge has told, or tells, the other one. */
  hungUp(verdict: Verdict): void {
    this.#dispatch({ kind: 'hung-up', verdict });
  }

  stop(why: StopReason): void {
    this.#dispatch({ kind: 'stopped', why });
  }

  /** Whether it counts among the calls outside that are bounded. */
  get isLimited(): boolean {
    return this.#isOutbound && this.#maxMinutes !== undefined;
  }

  /** The device on whose behalf it goes out or on. */
  get requestedBy(): string | undefined {
    return this.#requestedBy;
  }

  /** A phone has sent it on to a trunk: from here on it is a call outside of that phone. */
  sentToTrunk(deviceId: string, maxMinutes: number | undefined): void {
    this.#requestedBy = deviceId;
    this.#maxMinutes = maxMinutes;
    this.#isSentToTrunk = true;
  }

  get #isOutbound(): boolean {
    return this.#isSentToTrunk || this.#record.direction === 'outbound';
  }

  get talkTimeMs(): number {
    return this.#talkSince === undefined ? 0 : this.#deps.clock.monotonic() - this.#talkSince;
  }

  /** Whether a device is one of its sides, or has it outside. */
  isOf(deviceId: string): boolean {
    const { caller, callee } = this.#record;
    return [caller.deviceId, callee.deviceId].includes(deviceId) || (this.#requestedBy === deviceId && this.#isOutbound);
  }

  /**
   * Ends what a device that may call no more has of it: the call, where it is one of its sides or has it outside; else the device only
   * stops ringing. Tells whether that ended the call.
   */
  revoke(deviceId: string): boolean {
    const { caller, callee, answeredAt } = this.#record;
    const isCaller = caller.deviceId === deviceId || (this.#requestedBy === deviceId && this.#isOutbound);
    if (isCaller || (answeredAt !== undefined && callee.deviceId === deviceId)) this.stop('revoked');
    else this.#dispatch({ kind: 'group-gone', group: deviceId });
    return this.#state?.phase === 'ended';
  }

  held(isHeld: boolean): void {
    if (this.#isHeld === isHeld || this.#state?.phase !== 'connected') return;
    this.#isHeld = isHeld;
    this.#emitChanged();
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
        this.#deps.log.error({ err: error, action: action.kind }, 'A call ran into a fault and is ended');
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
        this.#outgoing.get(action.leg)?.pass(action.status, action.withMedia);
        return;
      case 'connect':
        this.#connect(action.leg);
        return;
      case 'cancel':
        this.#changeLeg(action.leg, { endedAt: this.#now, outcome: action.outcome });
        this.#outgoing.get(action.leg)?.cancel(action.why);
        return;
      case 'release':
        this.#outgoing.get(action.leg)?.release(action.why);
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
    const { clock } = this.#deps;
    this.#cancelTimers();
    this.#ringTimer = clock.after(step.seconds * 1000, () => this.#dispatch({ kind: 'ring-time-over' }));
    if (step.isRetry === true) this.#stepTimers = [clock.after(retryDelayMs, () => this.#send(step, plans))];
    else this.#send(step, plans);
  }

  #send(step: RingStep, plans: readonly LegPlan[]): void {
    const { clock } = this.#deps;
    const { timeouts } = step;
    if (timeouts !== undefined) {
      const wait = (seconds: number, what: 'trying' | 'ringing') =>
        clock.after(seconds * 1000, () => this.#dispatch({ kind: 'step-timeout', step, for: what }));
      this.#stepTimers = [wait(timeouts.tryingSeconds, 'trying'), wait(timeouts.ringingSeconds, 'ringing')];
    }
    for (const plan of plans) {
      // A leg may fail or even answer before the next one is sent.
      if (this.#state?.phase !== 'ringing' || this.#legs.get(plan.id)?.endedAt !== undefined) return;
      this.#ringOne(plan.id);
    }
  }

  #ringOne(id: string): void {
    const planned = this.#planned.get(id);
    if (planned?.target === undefined) return;
    this.#legs.set(id, { ...(this.#legs.get(id) ?? planned.leg), startedAt: this.#now });
    const outgoing = this.#caller.ring(planned.target, {
      trying: () => this.#dispatch({ kind: 'trying', leg: id }),
      progressed: (status, hasMedia) => this.#progressed(id, status, hasMedia),
      answered: () => this.#dispatch({ kind: 'answered', leg: id }),
      failed: (outcome, status, redirection) => this.#failed(id, { outcome, status, redirection }),
    });
    this.#outgoing.set(id, outgoing);
    this.#changeLeg(id, { sipCallId: outgoing.sipCallId });
  }

  #progressed(id: string, status: number, hasMedia: boolean): void {
    const leg = this.#legs.get(id);
    if (leg?.ringingAt === undefined) this.#changeLeg(id, { ringingAt: this.#now, sipStatus: status });
    const isFirst = this.#record.ringingAt === undefined;
    if (isFirst) this.#record = { ...this.#record, ringingAt: this.#now };
    this.#dispatch({ kind: 'progressed', leg: id, status, hasMedia });
    if (isFirst) this.#emitChanged();
  }

  #failed(id: string, { outcome, status, redirection }: Failure): void {
    const leg = this.#legs.get(id);
    const isFirst = leg !== undefined && leg.endedAt === undefined;
    if (isFirst) {
      this.#changeLeg(id, { endedAt: this.#now, outcome, sipStatus: status ?? leg.sipStatus });
      this.#deps.log.debug({ leg: leg.name, address: leg.address, outcome, status }, 'A phone did not take the call');
    }
    const steps = isFirst && redirection !== undefined ? this.#follow(id, redirection) : [];
    this.#dispatch(steps.length === 0 ? { kind: 'failed', leg: id, outcome } : { kind: 'redirected', leg: id, steps });
  }

  #follow(id: string, redirection: Redirection): readonly RingStep[] {
    const from = this.#planned.get(id);
    if (from === undefined || this.#state?.phase !== 'ringing') return [];
    const steps = this.#deps.follow(this, from, redirection);
    for (const planned of steps.flatMap(({ legs }) => legs)) this.#planned.set(planned.leg.id, planned);
    for (const planned of steps[0]?.legs ?? []) this.#legs.set(planned.leg.id, planned.leg);
    const { log } = this.#deps;
    if (steps.length > 0) log.info({ leg: from.leg.name, reason: redirection.reason }, 'A phone sent the call on');
    else log.warn({ leg: from.leg.name, to: redirection.to.map(maskNumber) }, 'A phone sent the call to where it may not go');
    return steps.map(toStep);
  }

  #cancelTimers(): void {
    this.#ringTimer?.cancel();
    for (const timer of this.#stepTimers) timer.cancel();
  }

  #limitTalkTime(): void {
    const { clock } = this.#deps;
    this.#talkSince = clock.monotonic();
    if (this.#maxMinutes === undefined || !this.isLimited) return;
    this.#maxDurationTimer = clock.after(this.#maxMinutes * 60_000, () => this.stop('too-long'));
  }

  #connect(id: string): void {
    this.#cancelTimers();
    this.#limitTalkTime();
    const answeredAt = this.#now;
    this.#changeLeg(id, { answeredAt, outcome: 'answered', sipStatus: 200 });
    this.#changeLeg(this.#callerLegId, { answeredAt, outcome: 'answered', sipStatus: 200 });
    const leg = this.#legs.get(id);
    const { callee } = this.#record;
    const answerer = leg?.deviceId === undefined ? callee : { ...callee, deviceId: leg.deviceId, personId: leg.personId };
    this.#record = { ...this.#record, answeredAt, callee: answerer, trunk: this.#record.trunk ?? leg?.trunk };
    this.#save();
    this.#outgoing.get(id)?.connect();
    this.#emitChanged();
  }

  #finish(verdict: Verdict): void {
    if (this.#record.verdict !== undefined) return;
    this.#cancelTimers();
    this.#maxDurationTimer?.cancel();
    const endedAt = this.#now;
    this.#record = { ...this.#record, endedAt, verdict };
    for (const leg of this.#legs.values()) if (leg.endedAt === undefined) this.#legs.set(leg.id, { ...leg, endedAt });
    this.#save();
    const { log, events, ended } = this.#deps;
    const { answeredAt, startedAt } = this.#record;
    const seconds = Math.round((endedAt - (answeredAt ?? startedAt)) / 1000);
    log.info(
      { ...verdict, ...(answeredAt === undefined ? { waitedSeconds: seconds } : { talkedSeconds: seconds }) },
      sentence(verdict),
    );
    ended(this);
    events.emit('call.ended', { callId: this.#record.id, disposition: verdict.disposition, reason: verdict.reason });
  }

  #changeLeg(id: string, change: Partial<CallLeg>): void {
    const leg = this.#legs.get(id) ?? this.#planned.get(id)?.leg;
    if (leg !== undefined) this.#legs.set(id, { ...leg, ...change });
  }

  #emitChanged(): void {
    if (this.#record.verdict !== undefined) return;
    this.#deps.events.emit('call.changed', { callId: this.#record.id, state: this.phase });
  }

  #save(): void {
    this.#deps.save(this.#record, this.#legs.values());
  }

  get #now(): number {
    return this.#time.now();
  }
}

function toStep({ legs, ...rest }: PlannedStep): RingStep {
  return {
    ...rest,
    legs: legs.map(({ leg, group, target }) => ({
      id: leg.id,
      group,
      isTrunk: leg.trunk !== undefined,
      isOffline: target === undefined,
    })),
  };
}

function sentence(verdict: Verdict): string {
  return verdict.disposition === 'answered' ? `Call ended: ${explain(verdict)}` : `Call not answered: ${explain(verdict)}`;
}

/** A house member by name and extension, an outsider by the end of the number. */
function shown(party: Party): string {
  if (party.deviceId !== undefined) return `${party.name} (${party.number})`;
  return party.number === '' ? 'hidden' : maskNumber(party.number);
}
