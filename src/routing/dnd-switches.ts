// Owns the switches of do not disturb: of the house, of persons and of phones.
// Called by its routes, by entities, by whoever gathers the facts of a call, and by messages for automatic replies.
// Must stay true: memory has what the database has; a time that is over is over at once, and is reported within seconds.
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
import type { DndStore, DndSubject } from './dnd-store.ts';

export type DndDeps = {
  readonly store: DndStore;
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
  #timer: Timer | undefined;

  constructor(deps: DndDeps) {
    this.#deps = deps;
    for (const { person_id: personId, device_id: deviceId, until } of deps.store.all()) {
      this.#keep({ personId: personId ?? undefined, deviceId: deviceId ?? undefined }, { isOn: true, until: until ?? undefined });
    }
  }

  start(): void {
    this.#timer = this.#deps.clock.every(sweepMs, () => this.#sweep());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** As a decision takes them. */
  facts(): RoutingFacts['dnd'] {
    return { house: this.#house, persons: this.#persons, devices: this.#devices };
  }

  /** The state now: what is over is off. */
  of(subject: DndSubject): Dnd {
    const found = this.#stored(subject);
    return isDndActive(found, this.#deps.clock.now()) ? found : dndOff;
  }

  /** Throws `invalid` where `until` is not in the future. */
  async set(subject: DndSubject, dnd: Dnd): Promise<Dnd> {
    const { store, writes, clock, log } = this.#deps;
    if (dnd.isOn && dnd.until !== undefined && dnd.until <= clock.now()) {
      const details = [{ field: 'until', message: 'must be in the future' }];
      throw new AppError('invalid', 'Do not disturb cannot end in the past', { details });
    }
    await writes.write(() => (dnd.isOn ? store.put(subject, dnd.until) : store.remove(subject)));
    this.#keep(subject, dnd);
    log.info({ ...subject, isOn: dnd.isOn, until: isoTimeOrNull(dnd.until) }, 'Do not disturb switched');
    this.#report(subject, dnd);
    return dnd;
  }

  /** After a person or a phone was removed, with their rows. */
  forget({ personId, deviceId }: DndSubject): void {
    if (personId !== undefined) this.#persons.delete(personId);
    if (deviceId !== undefined) this.#devices.delete(deviceId);
  }

  #sweep(): void {
    const now = this.#deps.clock.now();
    for (const [subject, dnd] of this.#all()) {
      if (isDndActive(dnd, now)) continue;
      this.#keep(subject, dndOff);
      this.#report(subject, dndOff);
      this.#erase(subject);
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

  #all(): readonly (readonly [DndSubject, Dnd])[] {
    return [
      ...(this.#house.isOn ? [[{}, this.#house] as const] : []),
      ...[...this.#persons].map(([personId, dnd]) => [{ personId }, dnd] as const),
      ...[...this.#devices].map(([deviceId, dnd]) => [{ deviceId }, dnd] as const),
    ];
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

  #report({ personId, deviceId }: DndSubject, { isOn, until }: Dnd): void {
    const of = personId !== undefined ? 'person' : deviceId !== undefined ? 'device' : 'house';
    const owner = personId ?? (deviceId === undefined ? undefined : this.#deps.ownerOf(deviceId));
    const state = { isOn, until: isoTimeOrNull(until) };
    this.#deps.events.emit('dnd.changed', { of, personId: owner ?? null, deviceId: deviceId ?? null, ...state });
  }
}

function keepIn<Key>(map: Map<Key, Dnd>, key: Key, dnd: Dnd): void {
  if (dnd.isOn) map.set(key, dnd);
  else map.delete(key);
}
