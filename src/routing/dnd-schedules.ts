// Owns the schedules of do not disturb: of the house and of persons, in memory and on the disk.
// Called by dnd-switches.ts, which has the switches that go with them.
// Must stay true: memory has what the database has.
import { AppError } from '#base/errors.ts';
import type { PersonId } from '#base/ids.ts';
import { isOpen } from '#base/opening-hours.ts';
import { periodEnd } from './dnd-schedule.ts';
import type { DndEntry, DndSchedule } from './dnd-schedule.ts';
import type { DndScheduleStore } from './dnd-schedule-store.ts';
import type { DndSubject } from './dnd-store.ts';

export type DndSchedulesDeps = {
  readonly store: DndScheduleStore;
  /** The house's; asked anew each time. */
  readonly timeZone: () => string;
};

export class DndSchedules {
  readonly #deps: DndSchedulesDeps;
  /** By person; undefined: the house. */
  readonly #all = new Map<PersonId | undefined, DndSchedule>();

  constructor(deps: DndSchedulesDeps) {
    this.#deps = deps;
    for (const { personId, schedule } of deps.store.all()) this.#all.set(personId, schedule);
  }

  get timeZone(): string {
    return this.#deps.timeZone();
  }

  /** A phone has none. */
  of({ personId, deviceId }: DndSubject): DndSchedule | undefined {
    return deviceId === undefined ? this.#all.get(personId) : undefined;
  }

  persons(): readonly PersonId[] {
    return [...this.#all.keys()].filter((id) => id !== undefined);
  }

  /** With these entries in place of its own; what is switched off by hand stays off. Throws `invalid` where it would be without end. */
  changed(subject: DndSubject, entries: readonly DndEntry[], now: number): DndSchedule {
    if (isEndless(entries)) {
      const details = [{ field: 'entries', message: 'must leave a time of the week free; to have it on always, switch it on' }];
      throw new AppError('invalid', 'This schedule has no end', { details });
    }
    const { offUntil } = this.of(subject) ?? {};
    const isOff = offUntil !== undefined && now < offUntil;
    return { entries, offUntil: isOff ? periodEnd(entries, now, this.timeZone) : undefined };
  }

  /** Switched off until the period that holds is over; undefined where none holds. */
  switchedOff(subject: DndSubject, now: number): DndSchedule | undefined {
    const schedule = this.of(subject);
    const offUntil = schedule === undefined ? undefined : periodEnd(schedule.entries, now, this.timeZone);
    return schedule === undefined || offUntil === undefined ? undefined : { ...schedule, offUntil };
  }

  /** Within a write. */
  store({ personId }: DndSubject, schedule: DndSchedule, now: number): void {
    this.#deps.store.put(personId, schedule, now);
  }

  /** After it is written. */
  keep({ personId }: DndSubject, schedule: DndSchedule): void {
    if (schedule.entries.length === 0) this.#all.delete(personId);
    else this.#all.set(personId, schedule);
  }

  forget(personId: PersonId): void {
    this.#all.delete(personId);
  }
}

/** Whether there is no moment of the week at which it ends. */
function isEndless(entries: readonly DndEntry[]): boolean {
  const active = entries.filter(({ isOn }) => isOn);
  return active.length > 0 && active.every((entry) => entry.days.every((day) => isOpen(active, endOf(entry, day))));
}

function endOf({ from, to }: DndEntry, day: number): { readonly weekday: number; readonly minutes: number } {
  const weekday = to > from ? day : (day % 7) + 1;
  return { weekday, minutes: Number(to.slice(0, 2)) * 60 + Number(to.slice(3)) };
}
