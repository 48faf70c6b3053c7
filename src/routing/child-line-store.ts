import { isDeviceId } from '#base/ids.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Database, Statement } from '#storage/database.ts';
import type { ChildLine, LineHolder } from './child-line.ts';

export type StoredChildLine = ChildLine & { readonly changedAt: number };

type Row = {
  readonly device_id: DeviceId | null;
  readonly person_id: PersonId | null;
  readonly allowed: string;
  readonly contact_groups: string;
  readonly is_house_allowed: number;
  readonly parents: string;
  readonly quiet: string;
  readonly is_quiet_for_parents: number;
  readonly changed_at: number;
};

/** The SQL of the table `child_lines`. */
export class ChildLineStore {
  readonly #all: Statement<[], Row>;
  readonly #put: Statement<[Row]>;
  readonly #remove: Statement<[{ holder: string }]>;

  constructor(db: Database) {
    this.#all = db.prepare('SELECT * FROM child_lines ORDER BY changed_at, rowid');
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO child_lines (device_id, person_id, allowed, contact_groups, is_house_allowed, parents, quiet,
         is_quiet_for_parents, changed_at)
       VALUES (:device_id, :person_id, :allowed, :contact_groups, :is_house_allowed, :parents, :quiet, :is_quiet_for_parents,
         :changed_at)`,
    );
    this.#remove = db.prepare('DELETE FROM child_lines WHERE device_id = :holder OR person_id = :holder');
  }

  all(): readonly StoredChildLine[] {
    return this.#all.all().flatMap((row) => {
      const holder = row.device_id ?? row.person_id;
      return holder === null ? [] : [fromRow(row, holder)];
    });
  }

  /** New, or in place of the one there is. */
  put({ holder, allowed, contactGroups, parents, quiet, ...rest }: StoredChildLine): void {
    this.#put.run({
      device_id: isDeviceId(holder) ? holder : null,
      person_id: isDeviceId(holder) ? null : holder,
      allowed: JSON.stringify(allowed),
      contact_groups: JSON.stringify(contactGroups),
      is_house_allowed: Number(rest.isHouseAllowed),
      parents: JSON.stringify(parents),
      quiet: JSON.stringify(quiet),
      is_quiet_for_parents: Number(rest.isQuietForParents),
      changed_at: rest.changedAt,
    });
  }

  remove(holder: LineHolder): void {
    this.#remove.run({ holder });
  }
}

function fromRow(row: Row, holder: LineHolder): StoredChildLine {
  return {
    holder,
    allowed: JSON.parse(row.allowed),
    contactGroups: JSON.parse(row.contact_groups),
    isHouseAllowed: row.is_house_allowed === 1,
    parents: JSON.parse(row.parents),
    quiet: JSON.parse(row.quiet),
    isQuietForParents: row.is_quiet_for_parents === 1,
    changedAt: row.changed_at,
  };
}
