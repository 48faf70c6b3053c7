import type { PersonId } from '#base/ids.ts';
import type { Database, Statement } from '#storage/database.ts';
import type { DndEntry, DndSchedule } from './dnd-schedule.ts';

type Row = {
  readonly person_id: PersonId | null;
  readonly entries: string;
  readonly off_until: number | null;
  readonly changed_at: number;
};

/** The SQL of the table `dnd_schedules`. */
export class DndScheduleStore {
  readonly #all: Statement<[], Row>;
  readonly #put: Statement<[Row]>;
  readonly #remove: Statement<[PersonId | null]>;

  constructor(db: Database) {
    this.#all = db.prepare('SELECT * FROM dnd_schedules');
    this.#put = db.prepare(
      `INSERT INTO dnd_schedules (person_id, entries, off_until, changed_at) VALUES (:person_id, :entries, :off_until, :changed_at)
       ON CONFLICT (ifnull(person_id, '')) DO UPDATE
       SET entries = excluded.entries, off_until = excluded.off_until, changed_at = excluded.changed_at`,
    );
    this.#remove = db.prepare('DELETE FROM dnd_schedules WHERE person_id IS ?');
  }

  all(): readonly { readonly personId: PersonId | undefined; readonly schedule: DndSchedule }[] {
    return this.#all.all().map(({ person_id: personId, entries, off_until: offUntil }) => ({
      personId: personId ?? undefined,
      schedule: { entries: JSON.parse(entries) as readonly DndEntry[], offUntil: offUntil ?? undefined },
    }));
  }

  /** New, or in place of the one there is; one without entries is removed. */
  put(personId: PersonId | undefined, { entries, offUntil }: DndSchedule, now: number): void {
    const person_id = personId ?? null;
    if (entries.length === 0) this.#remove.run(person_id);
    else this.#put.run({ person_id, entries: JSON.stringify(entries), off_until: offUntil ?? null, changed_at: now });
  }
}
