import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Database, Statement } from '#storage/database.ts';

/** Whose do not disturb it is; both undefined: the house's. */
export type DndSubject = { readonly personId?: PersonId | undefined; readonly deviceId?: DeviceId | undefined };
export type DndRow = { readonly person_id: PersonId | null; readonly device_id: DeviceId | null; readonly until: number | null };

/** The SQL of the table `dnd`: a row where it is on. */
export class DndStore {
  readonly #all: Statement<[], DndRow>;
  readonly #put: Statement<[DndRow]>;
  readonly #remove: Statement<[string | null, string | null]>;

  constructor(db: Database) {
    this.#all = db.prepare('SELECT * FROM dnd');
    this.#put = db.prepare(
      `INSERT INTO dnd (person_id, device_id, until) VALUES (:person_id, :device_id, :until)
       ON CONFLICT (ifnull(person_id, ''), ifnull(device_id, '')) DO UPDATE SET until = excluded.until`,
    );
    this.#remove = db.prepare('DELETE FROM dnd WHERE person_id IS ? AND device_id IS ?');
  }

  all(): readonly DndRow[] {
    return this.#all.all();
  }

  put({ personId, deviceId }: DndSubject, until: number | undefined): void {
    this.#put.run({ person_id: personId ?? null, device_id: deviceId ?? null, until: until ?? null });
  }

  remove({ personId, deviceId }: DndSubject): void {
    this.#remove.run(personId ?? null, deviceId ?? null);
  }
}
