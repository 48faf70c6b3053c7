// Owns the life of every call: whom it rings, who gets it, its record and its verdict.
// Called by the edges that receive calls (each hands over its caller's leg) and by the routes of calls and call records.
// Every attempt has a record before anything rings, and exactly one verdict when it is over; what was answered was written before.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { Device } from '#devices/device.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { CallId, CallLeg, CallRecord, Party } from './call.ts';
import type { CdrStore } from './cdr-store.ts';
import { OngoingCall } from './ongoing-call.ts';
import type { OngoingCallDeps, PlannedLeg, PlannedStep } from './ongoing-call.ts';
import type {
  Attempt,
  CallerLeg,
  Diversion,
  PstnCallTracker,
  CallerId,
  Redirection,
  RegistrationLookup,
  Trunks,
} from './ports.ts';
import { divert, RungTargets } from './redirect.ts';
import { RecordWriter } from './record-writer.ts';
import { RefusedCallThrottle } from './refused-call-throttle.ts';
import { routeCall } from './route-call.ts';
import type { CallRoute, RoutingFacts } from './route-call.ts';
import { trunkSteps } from './trunk-steps.ts';
import type { TollFraudGuard } from './toll-fraud-guard.ts';
import type { Verdict } from './verdict.ts';

export type CallsDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly store: CdrStore;
  /** The brake for what a flood writes; none where undefined. */
  readonly writes?: Pick<WriteBatch, 'isPaused' | 'write'>;
  readonly facts: RoutingFacts;
  readonly registrations: RegistrationLookup;
  readonly trunks: Trunks;
  /** Calls that were announced before their SIP leg comes. */
  readonly pstnCalls?: PstnCallTracker;
  readonly ringSeconds: number;
  /** What calls outside are bounded by; nothing where undefined. */
  readonly tollFraudGuard?: TollFraudGuard;
  /** Calls at one time; further ones are refused. */
  readonly maxCalls?: number;
};

/** A call that is connected from the start: both sides talked to somebody else before. */
export type Joined = {
  readonly caller: Party;
  readonly callee: Party;
  readonly leg: CallerLeg;
  readonly calleeLeg: { readonly sipCallId: string; readonly address: string };
  readonly direction: CallRecord['direction'];
  readonly transferredFrom: string;
  /** The device that joined them. */
  readonly requestedBy: string | undefined;
};

/** So that a busy trunk neither ends the house's memory nor its phones. */
const defaultMaxCalls = 2000;

export class Calls {
  readonly #deps: CallsDeps;
  readonly #ongoing = new Map<string, OngoingCall>();
  readonly #records: RecordWriter;
  readonly #refused: RefusedCallThrottle;

  constructor(deps: CallsDeps) {
    this.#deps = deps;
    this.#records = new RecordWriter(deps);
    this.#refused = new RefusedCallThrottle(deps);
  }

  /** Whether records cannot be written at the moment. */
  get isRecordFailing(): boolean {
    return this.#records.isFailing;
  }

  /** Closes the records that a killed process left open. */
  start(): void {
    try {
      const closed = this.#deps.store.closeInterrupted(this.#deps.pstnCalls?.openCallIds());
      if (closed > 0) this.#deps.log.warn({ calls: closed }, 'Calls were cut off by the last stop');
    } catch (error) {
      this.#records.failed(error);
    }
  }

  /** Takes an attempt in: routes it, writes its record, rings. The edge tells the returned call what the caller does. */
  place(given: Attempt): OngoingCall {
    const claim = given.joinToken === undefined ? noClaim : (this.#deps.pstnCalls?.attachSipLeg(given.joinToken) ?? noClaim);
    const attempt = claim.kind === 'joined' ? asAnnounced(given, claim.record) : given;
    const routed = routeCall(attempt, this.#deps.facts);
    const record = { ...this.#newRecord(attempt, routed), ...(claim.kind === 'joined' ? opened(claim.record) : {}) };
    const steps = this.#steps(routed);
    const refusal =
      claim.kind === 'taken' ? duplicateLeg : (this.#refusal(routed, steps) ?? this.#tollFraudRefusal(attempt, routed));
    const isWanted = refusal === undefined || claim.kind === 'joined' || this.#refused.mayRecord(comesFrom(attempt), refusal);
    const isRecorded = claim.kind !== 'taken' && isWanted;
    const call = new OngoingCall(isRecorded ? this.#ongoingCallDeps(record.id) : this.#unrecorded(record.id), {
      record,
      callerLeg: this.#callerLeg(attempt, routed),
      leg: attempt.leg,
      steps,
      requestedBy: attempt.caller.kind === 'device' ? attempt.caller.device.id : undefined,
      isEmergency: isEmergencyRoute(routed),
      ...(claim.kind === 'joined' ? { time: claim.time } : {}),
      maxMinutes: isLimitedRoute(routed) ? this.#deps.tollFraudGuard?.limits.callMinutes : undefined,
    });
    this.#ongoing.set(record.id, call);
    if (refusal === undefined) call.start(steps);
    else call.refuse(refusal, steps);
    if (isRecorded && claim.kind === 'unknown' && given.networkCallId !== undefined)
      this.#linkCallSid(record, given.networkCallId);
    return call;
  }

  /** The call goes on without it. */
  #linkCallSid(record: CallRecord, networkCallId: string): void {
    try {
      this.#deps.pstnCalls?.linkCallSid(record, networkCallId);
    } catch (error) {
      this.#records.failed(error);
    }
  }

  /** Opens the record of a call made of two sides that are connected already. */
  join(joined: Joined): OngoingCall {
    const { clock, newId } = this.#deps;
    const now = clock.now();
    const record: CallRecord = {
      id: newId('call'),
      direction: joined.direction,
      startedAt: now,
      ringingAt: undefined,
      answeredAt: undefined,
      endedAt: undefined,
      verdict: undefined,
      dialled: joined.callee.number,
      caller: joined.caller,
      callee: joined.callee,
      number: undefined,
      trunk: undefined,
      transferredFrom: joined.transferredFrom as CallId,
    };
    const callerLeg = this.#legOf('caller', joined.caller, joined.leg);
    const calleeLeg = this.#legOf('callee', joined.callee, joined.calleeLeg);
    const planned: PlannedLeg = { leg: calleeLeg, group: calleeLeg.id, target: undefined };
    const steps = [{ legs: [planned], seconds: 0, onlyIfUnreachable: false }];
    const { leg, requestedBy } = joined;
    const maxMinutes = this.#deps.tollFraudGuard?.limits.callMinutes;
    const call = new OngoingCall(this.#ongoingCallDeps(record.id), { record, callerLeg, leg, steps, requestedBy, maxMinutes });
    this.#ongoing.set(record.id, call);
    call.startConnected(calleeLeg.id);
    return call;
  }

  /** Calls in progress, oldest first. */
  list(): readonly OngoingCall[] {
    return [...this.#ongoing.values()];
  }

  get(id: string): OngoingCall | undefined {
    return this.#ongoing.get(id);
  }

  /** Throws `not-found` for a call that is over or never was. */
  hangUp(id: string): void {
    const call = this.#ongoing.get(id);
    if (call === undefined) throw new AppError('not-found', 'There is no such call in progress');
    call.stop('requested');
  }

  /** Ends every call, or every one of a device, but those for help. Returns how many. */
  hangUpAll(deviceId?: string): number {
    const ended = this.list().filter(({ isEmergency }) => !isEmergency);
    const asked = deviceId === undefined ? ended : ended.filter((call) => call.isOf(deviceId));
    for (const call of asked) call.stop('requested');
    return asked.length;
  }

  /** A device may call no more: its calls end at once, but those for help. */
  revoke(deviceId: string): void {
    const ended = this.list().filter((call) => !call.isEmergency && call.revoke(deviceId));
    if (ended.length > 0)
      this.#deps.log.warn({ device: deviceId, calls: ended.length }, 'Calls of a device that may call no more were ended');
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

  #refusal(routed: CallRoute, steps: readonly PlannedStep[]): Verdict | undefined {
    if (routed.ring.kind === 'nothing') return routed.ring.verdict;
    if (this.#ongoing.size >= (this.#deps.maxCalls ?? defaultMaxCalls) && !isEmergencyRoute(routed)) {
      return { disposition: 'failed', reason: 'too-many-calls' };
    }
    return steps.length === 0 ? { disposition: 'failed', reason: 'no-trunk' } : undefined;
  }

  /** Whatever a phone has a trunk asked for, by itself, by a transfer, or by sending a call on. */
  #tollFraudRefusal({ caller, source }: Pick<Attempt, 'caller' | 'source'>, routed: CallRoute): Verdict | undefined {
    const { tollFraudGuard } = this.#deps;
    const { ring } = routed;
    if (tollFraudGuard === undefined || caller.kind !== 'device' || ring.kind !== 'trunks' || !isLimitedRoute(routed))
      return undefined;
    const { number, shortCost } = ring;
    const ongoing = this.list().flatMap((call) =>
      call.isLimited ? [{ deviceId: call.requestedBy, talkTimeMs: call.talkTimeMs }] : [],
    );
    return tollFraudGuard.refusal({ device: caller.device, number, shortCost, source, ongoing });
  }

  #steps({ ring, callee }: CallRoute): readonly PlannedStep[] {
    // A leg that goes nowhere, so that whose call it was is in the record and they may see it.
    if (ring.kind === 'nothing') {
      if (callee.personId === undefined && callee.deviceId === undefined) return [];
      const leg = this.#legOf('callee', callee, { sipCallId: '', address: '' });
      return [{ legs: [{ leg, group: leg.id, target: undefined }], seconds: 0, onlyIfUnreachable: false }];
    }
    if (ring.kind === 'devices') {
      const legs = ring.devices.flatMap((device) => this.#phoneLegs(device, ring.from));
      return [{ legs, seconds: this.#deps.ringSeconds, onlyIfUnreachable: false }];
    }
    const { number, from, isEmergency } = ring;
    return trunkSteps(this.#deps.trunks.names(isEmergency), {
      isEmergency,
      legTo: (trunk) => ({
        leg: { ...this.#legOf('callee', callee, { sipCallId: '', address: '' }), name: trunk, trunk },
        group: trunk,
        target: { kind: 'trunk', trunk, number, from, isEmergency },
      }),
    });
  }

  /** What a phone of the house wants done with a call of its, in its own right and as its owner, and each place once. */
  #follow(call: OngoingCall, { target }: PlannedLeg, redirection: Redirection): readonly PlannedStep[] {
    if (target?.kind !== 'phone') return [];
    const { device } = target;
    const rung = new RungTargets(call);
    const followed: PlannedStep[] = [];
    for (const dialled of redirection.to) {
      const caller = { kind: 'device', device, party: call.record.caller } as const;
      const routed = rung.excludeRung(routeCall({ caller, dialled }, this.#deps.facts));
      if (routed === undefined) continue;
      const steps = this.#steps(routed);
      if ((this.#refusal(routed, steps) ?? this.#tollFraudRefusal({ caller, source: undefined }, routed)) !== undefined) continue;
      if (isLimitedRoute(routed)) call.sentToTrunk(device.id, this.#deps.tollFraudGuard?.limits.callMinutes);
      followed.push(...divert(steps, this.#diversion(device, routed, redirection)));
    }
    return followed.map((step) => ({ ...step, seconds: this.#deps.ringSeconds }));
  }

  #diversion({ extension, name }: Device, { ring }: CallRoute, { reason }: Redirection): Diversion {
    return ring.kind === 'trunks' ? { ...ring.from, reason } : { number: extension, name, reason };
  }

  /** One leg per contact; a phone that is not registered gets one too, so that the record says why it did not ring. */
  #phoneLegs(device: Device, from: CallerId): readonly PlannedLeg[] {
    const party = { deviceId: device.id, personId: device.personId, number: device.extension, name: device.name };
    const registrations = device.enabled ? this.#deps.registrations.of(device.id) : [];
    if (registrations.length === 0) {
      const now = this.#deps.clock.now();
      const leg = { ...this.#legOf('callee', party, { sipCallId: '', address: '' }), endedAt: now, outcome: 'offline' } as const;
      return [{ leg, group: device.id, target: undefined }];
    }
    return registrations.map((registration) => {
      const { protocol, address, port } = registration.source;
      const leg = this.#legOf('callee', party, { sipCallId: '', address: `${protocol} ${address}:${port}` });
      return { leg, group: device.id, target: { kind: 'phone', device, registration, from } };
    });
  }

  #callerLeg(attempt: Attempt, routed: CallRoute): CallLeg {
    const leg = this.#legOf('caller', routed.caller, attempt.leg);
    return attempt.caller.kind === 'trunk' ? { ...leg, trunk: attempt.caller.trunk } : leg;
  }

  #legOf(role: CallLeg['role'], party: Party, at: { readonly sipCallId: string; readonly address: string }): CallLeg {
    const { clock, newId } = this.#deps;
    return {
      id: newId('leg'),
      role,
      deviceId: party.deviceId,
      personId: party.personId,
      name: party.name || party.number,
      trunk: undefined,
      address: at.address,
      sipCallId: at.sipCallId,
      startedAt: clock.now(),
      ringingAt: undefined,
      answeredAt: undefined,
      endedAt: undefined,
      sipStatus: undefined,
      outcome: undefined,
    };
  }

  #newRecord(attempt: Attempt, routed: CallRoute): CallRecord {
    const { clock, newId } = this.#deps;
    return {
      id: newId('call'),
      direction: routed.direction,
      startedAt: clock.now(),
      ringingAt: undefined,
      answeredAt: undefined,
      endedAt: undefined,
      verdict: undefined,
      dialled: attempt.dialled.slice(0, 64),
      caller: routed.caller,
      callee: routed.callee,
      number: routed.number,
      trunk: attempt.caller.kind === 'trunk' ? attempt.caller.trunk : undefined,
      transferredFrom: attempt.transferredFrom as CallId | undefined,
    };
  }

  #ongoingCallDeps(id: CallId): OngoingCallDeps {
    const { clock, log, events, newId, pstnCalls: outside } = this.#deps;
    let isEndReported = true;
    return {
      clock,
      newId,
      log: log.child({ callId: id }),
      follow: (...redirected) => this.#follow(...redirected),
      events: { emit: (name, fact) => (name === 'call.ended' && !isEndReported ? undefined : events.emit(name, fact)) },
      save: (record: CallRecord, legs: Iterable<CallLeg>) => this.#records.save(outside?.recordToWrite(record) ?? record, legs),
      ended: (call: OngoingCall) => {
        this.#ongoing.delete(call.record.id);
        if (call.isLimited && call.talkTimeMs > 0)
          this.#deps.tollFraudGuard?.ended({ deviceId: call.requestedBy, talkTimeMs: call.talkTimeMs });
        try {
          isEndReported = outside?.legEnded(call.record) ?? true;
        } catch (error) {
          this.#records.failed(error);
        }
      },
    };
  }

  /** A call that is refused and nobody need hear of: the second leg of one that has its leg already, or one of a flood. */
  #unrecorded(id: CallId): OngoingCallDeps {
    const deps = this.#ongoingCallDeps(id);
    const log = deps.log.child({}, { level: 'warn' });
    return {
      ...deps,
      log,
      events: { emit: () => {} },
      save: () => {},
      ended: (call) => void this.#ongoing.delete(call.record.id),
    };
  }
}

function comesFrom({ caller }: Attempt): string {
  return caller.kind === 'device' ? caller.device.id : caller.trunk;
}

function isEmergencyRoute({ ring }: CallRoute): boolean {
  return ring.kind === 'trunks' && ring.isEmergency;
}

/** Enquiry services put one through to any number, at a price of theirs. */
const directoryAssistance = /^118\d{0,3}$/;

/** Whether a call outside is bounded: none for help is, and no short number, since crisis lines are among them, but those that cost dearly. */
function isLimitedRoute({ ring }: CallRoute): boolean {
  if (ring.kind !== 'trunks' || ring.isEmergency) return false;
  return ring.shortCost === undefined || ring.shortCost === 'premium' || directoryAssistance.test(ring.number);
}

const noClaim = { kind: 'unknown' } as const;
const duplicateLeg: Verdict = { disposition: 'failed', reason: 'loop' };

/** What the network announced is more than its SIP leg says. */
function asAnnounced(attempt: Attempt, { caller, dialled, trunk }: CallRecord): Attempt {
  const from = { kind: 'trunk', trunk: trunk ?? '', number: caller.number, name: caller.name } as const;
  return { ...attempt, caller: from, dialled };
}

function opened({ id, startedAt, trunk }: CallRecord): Pick<CallRecord, 'id' | 'startedAt' | 'trunk'> {
  return { id, startedAt, trunk };
}
