import type { OpenedDatabase } from '#storage/database.ts';
import type { SpamList, SpamListId, SpamListMatch } from './spam-list.ts';

type Row = {
  readonly id: SpamListId;
  readonly name: string;
  readonly url: string | null;
  readonly secret: Buffer | null;
  readonly country: string;
  readonly refresh_hours: number;
  readonly is_enabled: number;
  readonly generation: number;
  readonly numbers: number;
  readonly imported_at: number | null;
  readonly tried_at: number | null;
  readonly problem: string | null;
  readonly created_at: number;
};
type MatchRow = { readonly id: SpamListId; readonly name: string; readonly imported_at: number };

const perDelete = 500;

/** The SQL of the tables `spam_lists` and `spam_list_numbers`. */
export class SpamListStore {
  readonly #save;
  readonly #delete;
  readonly #byId;
  readonly #all;
  readonly #add;
  readonly #deleteOld;
  readonly #match;

  constructor(db: OpenedDatabase['db']) {
    this.#save = db.prepare<[Omit<Row, 'secret'>]>(
      `INSERT INTO spam_lists (id, name, url, country, refresh_hours, is_enabled, generation, numbers, imported_at, tried_at, problem, created_at)
       VALUES (:id, :name, :url, :country, :refresh_hours, :is_enabled, :generation, :numbers, :imported_at, :tried_at, :problem, :created_at)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url, country = excluded.country,
         refresh_hours = excluded.refresh_hours, is_enabled = excluded.is_enabled, generation = excluded.generation,
         numbers = excluded.numbers, imported_at = excluded.imported_at, tried_at = excluded.tried_at, problem = excluded.problem`,
    );
    this.#delete = db.prepare<[string]>('DELETE FROM spam_lists WHERE id = ?');
    this.#byId = db.prepare<[string], Row>('SELECT * FROM spam_lists WHERE id = ?');
    this.#all = db.prepare<[], Row>('SELECT * FROM spam_lists ORDER BY created_at, id');
    this.#add = db.prepare<[string, string, number]>(
      'INSERT OR IGNORE INTO spam_list_numbers (number, list_id, generation) VALUES (?, ?, ?)',
    );
    this.#deleteOld = db.prepare<[string, number]>(
      `DELETE FROM spam_list_numbers WHERE (number, list_id, generation) IN
         (SELECT number, list_id, generation FROM spam_list_numbers WHERE list_id = ? AND generation <> ? LIMIT ${perDelete})`,
    );
    this.#match = db.prepare<[string], MatchRow>(
      `SELECT l.id, l.name, l.imported_at FROM spam_list_numbers n
       JOIN spam_lists l ON l.id = n.list_id AND l.generation = n.generation AND l.is_enabled = 1
       WHERE n.number IN (SELECT value FROM json_each(?)) ORDER BY l.created_at LIMIT 1`,
    );
  }

  /** New or changed; its secret stays. */
  save(list: SpamList): void {
    this.#save.run(toRow(list));
  }

  delete(id: string): void {
    this.#delete.run(id);
  }

  byId(id: string): SpamList | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  /** The oldest first. */
  all(): readonly SpamList[] {
    return this.#all.all().map(fromRow);
  }

  /** Returns how many of the numbers were new to this import. */
  add(id: string, generation: number, numbers: readonly string[]): number {
    return numbers.reduce((sum, number) => sum + this.#add.run(number, id, generation).changes, 0);
  }

  /** Some numbers of other imports than this; false: there are none left. */
  deleteOthers(id: string, generation: number): boolean {
    return this.#deleteOld.run(id, generation).changes > 0;
  }

  /** The first enabled list with this number (E.164), or with a beginning of it. */
  match(number: string): SpamListMatch | undefined {
    const beginnings = Array.from({ length: number.length - 1 }, (_, index) => `${number.slice(0, index + 2)}*`);
    const row = this.#match.get(JSON.stringify([number, ...beginnings]));
    return row === undefined ? undefined : { listId: row.id, name: row.name, importedAt: row.imported_at };
  }
}

function toRow(list: SpamList): Omit<Row, 'secret'> {
  return {
    id: list.id,
    name: list.name,
    url: list.url ?? null,
    country: list.country,
    refresh_hours: list.refreshHours,
    is_enabled: Number(list.isEnabled),
    generation: list.generation,
    numbers: list.numbers,
    imported_at: list.importedAt ?? null,
    tried_at: list.triedAt ?? null,
    problem: list.problem ?? null,
    created_at: list.createdAt,
  };
}

function fromRow(row: Row): SpamList {
  return {
    id: row.id,
    name: row.name,
    url: row.url ?? undefined,
    hasToken: row.secret !== null,
    country: row.country,
    refreshHours: row.refresh_hours,
    isEnabled: row.is_enabled === 1,
    generation: row.generation,
    numbers: row.numbers,
    importedAt: row.imported_at ?? undefined,
    triedAt: row.tried_at ?? undefined,
    problem: row.problem ?? undefined,
    createdAt: row.created_at,
  };
}
