import type { Events } from '#base/events.ts';
import type { LegId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import type { CallClock } from './call-clock.ts';
import type { CallLegs } from './call-legs.ts';
import type { CallLeg, CallPhase, CallRecord, LegOutcome } from './call.ts';
import type { Redirection } from './ports.ts';
import type { Verdict } from './verdict.ts';

export type LegFailure = {
  readonly outcome: LegOutcome;
  readonly status: number | undefined;
  readonly redirection: Redirection | undefined;
};

type OngoingRecordOptions = {
  readonly record: CallRecord;
  readonly callerLegId: LegId;
  readonly legs: CallLegs;
  readonly time: CallClock;
  readonly events: Pick<Events<Facts>, 'emit'>;
  /** Writes the record; never throws. */
  readonly save: (record: CallRecord, legs: Iterable<CallLeg>) => void;
};

/** What the record of a call and of its legs says after each thing that happens to them, and what is reported of it. Decides nothing. */
export class OngoingRecord {
  readonly #options: OngoingRecordOptions;
  readonly #legs: CallLegs;
  #record: CallRecord;
  #isHeld = false;

  constructor(options: OngoingRecordOptions) {
    this.#options = options;
    this.#legs = options.legs;
    this.#record = options.record;
  }

  get current(): CallRecord {
    return this.#record;
  }

  get phase(): CallPhase {
    if (this.#record.answeredAt === undefined) return 'ringing';
    return this.#isHeld ? 'held' : 'in_call';
  }

  /** An INVITE goes out. */
  started(id: string): void {
    this.#legs.change(id, { startedAt: this.#now });
  }

  /** Returns whether it is the first leg that rings. */
  progressed(id: string, status: number): boolean {
    if (this.#legs.get(id)?.ringingAt === undefined) {
      this.#legs.change(id, { ringingAt: this.#now, sipStatus: status });
      this.#emitLeg(id, 'ringing');
    }
    if (this.#record.ringingAt !== undefined) return false;
    this.#record = { ...this.#record, ringingAt: this.#now };
    return true;
  }

  /** Returns the leg; undefined where it was over before. */
  failed(id: string, { outcome, status }: LegFailure): CallLeg | undefined {
    const leg = this.#legs.get(id);
    if (leg === undefined || leg.endedAt !== undefined) return undefined;
    this.#legs.change(id, { endedAt: this.#now, outcome, sipStatus: status ?? leg.sipStatus });
    this.#emitLeg(id, 'over');
    return leg;
  }

  cancelled(id: string, outcome: LegOutcome): void {
    this.#legs.change(id, { endedAt: this.#now, outcome });
    this.#emitLeg(id, 'over');
  }

  /** Whose phone has answered is whom the call was for. */
  answered(id: string): void {
    const answeredAt = this.#now;
    for (const side of [id, this.#options.callerLegId])
      this.#legs.change(side, { answeredAt, outcome: 'answered', sipStatus: 200 });
    const leg = this.#legs.get(id);
    const { callee, trunk } = this.#record;
    const answerer = leg?.deviceId === undefined ? callee : { ...callee, deviceId: leg.deviceId, personId: leg.personId };
    this.#record = { ...this.#record, answeredAt, callee: answerer, trunk: trunk ?? leg?.trunk };
  }

  /** Returns whether that is new. */
  held(isHeld: boolean): boolean {
    const isNew = this.#isHeld !== isHeld;
    this.#isHeld = isHeld;
    return isNew;
  }

  closed(verdict: Verdict): void {
    const endedAt = this.#now;
    this.#record = { ...this.#record, endedAt, verdict };
    this.#legs.end(endedAt);
  }

  save(): void {
    this.#options.save(this.#record, this.#legs.records);
  }

  /** A phone that answers at once, such as for an intercom call, begins to ring by that. */
  emitAnswered(id: string): void {
    if (this.#legs.get(id)?.ringingAt === undefined) this.#emitLeg(id, 'ringing');
    this.#options.events.emit('call.answered', { callId: this.#record.id });
  }

  emitStarted(): void {
    this.#options.events.emit('call.started', { callId: this.#record.id });
  }

  emitChanged(): void {
    if (this.#record.verdict === undefined)
      this.#options.events.emit('call.changed', { callId: this.#record.id, state: this.phase });
  }

  emitEnded({ disposition, reason }: Verdict): void {
    this.#options.events.emit('call.ended', { callId: this.#record.id, disposition, reason });
  }

  /** A phone is one, however many of its contacts ring at a time. */
  #emitLeg(id: string, state: 'ringing' | 'over'): void {
    const leg = this.#legs.get(id);
    if (leg?.deviceId === undefined || (state === 'over' && leg.ringingAt === undefined)) return;
    const { deviceId } = leg;
    const isRinging = (one: CallLeg) => one.deviceId === deviceId && one.ringingAt !== undefined && one.endedAt === undefined;
    if ([...this.#legs.records].some((one) => one.id !== id && isRinging(one))) return;
    this.#options.events.emit('leg.changed', { callId: this.#record.id, deviceId, state });
  }

  get #now(): number {
    return this.#options.time.now();
  }
}
