// Owns do not disturb of the house, of persons and of phones: what a hand switched, and what a schedule says.
// Called by its routes, by entities, by whoever gathers the facts of a call, and by messages for automatic replies.
// Must stay true: memory has what the database has; a time that begins or is over does so at once, and is reported within seconds.
import { isoTimeOrNull } from '#base/clock.ts';
import type { Clock, Timer } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { RoutingFacts } from './decision.ts';
import { dndOff, isDndActive } from './dnd.ts';
import type { Dnd } from './dnd.ts';
import { dndAt } from './dnd-schedule.ts';
import type { DndEntry, DndState } from './dnd-schedule.ts';
import type { DndSchedules } from './dnd-schedules.ts';
import type { DndStore, DndSubject } from './dnd-store.ts';

export type DndDeps = {
  readonly store: DndStore;
  readonly schedules: DndSchedules;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly events: Events<Facts>;
  readonly log: Log;
  /** The owner of a phone; undefined where it has none or is not there. */
  readonly ownerOf: (deviceId: DeviceId) => PersonId | undefined;
};

const sweepMs = 5_000;

export class DndSwitches {
  readonly #deps: DndDeps;
  #house: Dnd = dndOff;
  readonly #persons = new Map<PersonId, Dnd>();
  readonly #devices = new Map<DeviceId, Dnd>();
  /** What everybody was notified of, by subject; what is off is left out. */
  readonly #reported = new Map<string, DndState>();
  #timer: Timer | undefined;

  constructor(deps: DndDeps) {
    this.#deps = deps;
    for (const { person_id: personId, device_id: deviceId, until } of deps.store.all()) {
      this.#keep({ personId: personId ?? undefined, deviceId: deviceId ?? undefined }, { isOn: true, until: until ?? undefined });
    }
    for (const subject of this.#subjects()) this.#note(subject, this.of(subject));
  }

  start(): void {
    this.#timer = this.#deps.clock.every(sweepMs, () => this.#sweep());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** As a decision about this moment takes them. */
  facts(at: number): RoutingFacts['dnd'] {
    const persons = new Map<PersonId, Dnd>(this.#persons);
    for (const personId of this.#deps.schedules.persons()) persons.set(personId, this.of({ personId }, at));
    return { house: this.of({}, at), persons, devices: this.#devices };
  }

  /** The state at a moment, by default now: what is over is off. */
  of(subject: DndSubject, at = this.#deps.clock.now()): DndState {
    const { schedules } = this.#deps;
    return dndAt({ byHand: this.#stored(subject), schedule: schedules.of(subject), timeZone: schedules.timeZone }, at);
  }

  /** Off during a scheduled period: until that is over. Throws `invalid` where `until` is not in the future. */
  async set(subject: DndSubject, dnd: Dnd): Promise<DndState> {
    const { store, schedules, writes, clock, log } = this.#deps;
    const now = clock.now();
    if (dnd.isOn && dnd.until !== undefined && dnd.until <= now) {
      const details = [{ field: 'until', message: 'must be in the future' }];
      throw new AppError('invalid', 'Do not disturb cannot end in the past', { details });
    }
    const schedule = dnd.isOn ? undefined : schedules.switchedOff(subject, now);
    await writes.write(() => {
      if (dnd.isOn) store.put(subject, dnd.until);
      else store.remove(subject);
      if (schedule !== undefined) schedules.store(subject, schedule, now);
    });
    this.#keep(subject, dnd);
    if (schedule !== undefined) schedules.keep(subject, schedule);
    const state = this.of(subject);
    const times = { until: isoTimeOrNull(state.until), offUntil: isoTimeOrNull(state.offUntil) };
    log.info({ ...subject, isOn: state.isOn, ...times }, 'Do not disturb switched');
    this.#report(subject, state);
    return state;
  }

  /** Throws `invalid` where it would be without end. */
  async setSchedule(subject: DndSubject, entries: readonly DndEntry[]): Promise<void> {
    const { schedules, writes, clock, log } = this.#deps;
    const now = clock.now();
    const schedule = schedules.changed(subject, entries, now);
    await writes.write(() => schedules.store(subject, schedule, now));
    schedules.keep(subject, schedule);
    log.info({ ...subject, entries: entries.length }, 'Schedule of do not disturb changed');
    this.#report(subject, this.of(subject));
  }

  /** After a person or a phone was removed, with their rows. */
  forget({ personId, deviceId }: DndSubject): void {
    this.#reported.delete(keyOf({ personId, deviceId }));
    if (personId !== undefined) {
      this.#persons.delete(personId);
      this.#deps.schedules.forget(personId);
    }
    if (deviceId !== undefined) this.#devices.delete(deviceId);
  }

  #sweep(): void {
    const now = this.#deps.clock.now();
    for (const subject of this.#subjects()) {
      const stored = this.#stored(subject);
      const isOver = stored.isOn && !isDndActive(stored, now);
      if (isOver) this.#keep(subject, dndOff);
      const state = this.of(subject, now);
      if (!isSame(state, this.#reported.get(keyOf(subject)))) this.#report(subject, state);
      if (isOver) this.#erase(subject);
    }
  }

  #erase(subject: DndSubject): void {
    const { store, writes, log } = this.#deps;
    // The row's time is over whether or not it can be removed now.
    writes
      .write(() => {
        if (!this.#stored(subject).isOn) store.remove(subject);
      })
      .catch((error: unknown) => log.debug({ err: error }, 'Expired do not disturb not removed'));
  }

  /** Who has a switch that is on, or a schedule. */
  #subjects(): readonly DndSubject[] {
    const persons = new Set([...this.#persons.keys(), ...this.#deps.schedules.persons()]);
    const devices = [...this.#devices.keys()].map((deviceId) => ({ deviceId }));
    return [{}, ...[...persons].map((personId) => ({ personId })), ...devices];
  }

  #stored({ personId, deviceId }: DndSubject): Dnd {
    if (personId !== undefined) return this.#persons.get(personId) ?? dndOff;
    if (deviceId !== undefined) return this.#devices.get(deviceId) ?? dndOff;
    return this.#house;
  }

  #keep({ personId, deviceId }: DndSubject, dnd: Dnd): void {
    if (personId !== undefined) keepIn(this.#persons, personId, dnd);
    else if (deviceId !== undefined) keepIn(this.#devices, deviceId, dnd);
    else this.#house = dnd;
  }

  #note(subject: DndSubject, state: DndState): void {
    if (state.isOn || state.offUntil !== undefined) this.#reported.set(keyOf(subject), state);
    else this.#reported.delete(keyOf(subject));
  }

  #report(subject: DndSubject, state: DndState): void {
    this.#note(subject, state);
    const { personId, deviceId } = subject;
    const of = personId !== undefined ? 'person' : deviceId !== undefined ? 'device' : 'house';
    const owner = personId ?? (deviceId === undefined ? undefined : this.#deps.ownerOf(deviceId));
    const { isOn, until, bySchedule } = state;
    const whose = { of, personId: owner ?? null, deviceId: deviceId ?? null } as const;
    this.#deps.events.emit('dnd.changed', { ...whose, isOn, until: isoTimeOrNull(until), bySchedule });
  }
}

const noState: DndState = { ...dndOff, bySchedule: false, offUntil: undefined };

function isSame(state: DndState, { isOn, until, bySchedule, offUntil }: DndState = noState): boolean {
  return state.isOn === isOn && state.until === until && state.bySchedule === bySchedule && state.offUntil === offUntil;
}

function keyOf({ personId, deviceId }: DndSubject): string {
  return personId ?? deviceId ?? '';
}

function keepIn<Key>(map: Map<Key, Dnd>, key: Key, dnd: Dnd): void {
  if (dnd.isOn) map.set(key, dnd);
  else map.delete(key);
}
