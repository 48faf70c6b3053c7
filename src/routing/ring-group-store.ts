import type { Database, Statement } from '#storage/database.ts';
import type { RingGroup, RingGroupId, RingOrder } from './ring-group.ts';

type Row = {
  readonly id: RingGroupId;
  readonly name: string;
  readonly extension: string | null;
  readonly members: string;
  readonly ring_order: RingOrder;
  readonly seconds: number;
  readonly created_at: number;
};

/** The SQL of the table `ring_groups`. */
export class RingGroupStore {
  readonly #all: Statement<[], Row>;
  readonly #save: Statement<[Row]>;
  readonly #delete: Statement<[string]>;

  constructor(db: Database) {
    this.#all = db.prepare('SELECT * FROM ring_groups ORDER BY created_at, id');
    this.#save = db.prepare(
      `INSERT INTO ring_groups (id, name, extension, members, ring_order, seconds, created_at)
       VALUES (:id, :name, :extension, :members, :ring_order, :seconds, :created_at)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, extension = excluded.extension, members = excluded.members,
         ring_order = excluded.ring_order, seconds = excluded.seconds`,
    );
    this.#delete = db.prepare('DELETE FROM ring_groups WHERE id = ?');
  }

  /** The oldest first. */
  all(): readonly RingGroup[] {
    return this.#all.all().map(fromRow);
  }

  /** New or changed. */
  save({ id, name, extension, members, order, seconds, createdAt }: RingGroup): void {
    this.#save.run({
      id,
      name,
      extension: extension ?? null,
      members: JSON.stringify(members),
      ring_order: order,
      seconds,
      created_at: createdAt,
    });
  }

  delete(id: RingGroupId): void {
    this.#delete.run(id);
  }
}

function fromRow(row: Row): RingGroup {
  return {
    id: row.id,
    name: row.name,
    extension: row.extension ?? undefined,
    members: JSON.parse(row.members),
    order: row.ring_order,
    seconds: row.seconds,
    createdAt: row.created_at,
  };
}
