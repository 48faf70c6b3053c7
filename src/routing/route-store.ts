import type { NumberId } from '#base/ids.ts';
import type { Database, Statement } from '#storage/database.ts';
import type { Route, RouteId } from './route.ts';

type Row = {
  readonly id: RouteId;
  readonly number_id: NumberId;
  readonly priority: number;
  readonly name: string;
  readonly is_enabled: number;
  readonly conditions: string;
  readonly action: string;
  readonly created_at: number;
};

/** The SQL of the table `routes`. */
export class RouteStore {
  readonly #all: Statement<[], Row>;
  readonly #save: Statement<[Row]>;
  readonly #place: Statement<[number, string]>;
  readonly #delete: Statement<[string]>;

  constructor(db: Database) {
    this.#all = db.prepare('SELECT * FROM routes ORDER BY number_id, priority, id');
    this.#save = db.prepare(
      `INSERT INTO routes (id, number_id, priority, name, is_enabled, conditions, action, created_at)
       VALUES (:id, :number_id, :priority, :name, :is_enabled, :conditions, :action, :created_at)
       ON CONFLICT (id) DO UPDATE SET priority = excluded.priority, name = excluded.name, is_enabled = excluded.is_enabled,
         conditions = excluded.conditions, action = excluded.action`,
    );
    this.#place = db.prepare('UPDATE routes SET priority = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM routes WHERE id = ?');
  }

  /** Those of each number in their order. */
  all(): readonly Route[] {
    return this.#all.all().map(fromRow);
  }

  /** New or changed. `priority` counts from 1. */
  save(route: Route, priority: number): void {
    this.#save.run({
      id: route.id,
      number_id: route.numberId,
      priority,
      name: route.name,
      is_enabled: Number(route.isEnabled),
      conditions: JSON.stringify(route.conditions),
      action: JSON.stringify(route.action),
      created_at: route.createdAt,
    });
  }

  place(id: RouteId, priority: number): void {
    this.#place.run(priority, id);
  }

  delete(id: RouteId): void {
    this.#delete.run(id);
  }
}

function fromRow(row: Row): Route {
  return {
    id: row.id,
    numberId: row.number_id,
    name: row.name,
    isEnabled: row.is_enabled === 1,
    conditions: JSON.parse(row.conditions),
    action: JSON.parse(row.action),
    createdAt: row.created_at,
  };
}
