import { isoTime } from '#base/clock.ts';
import type { Id } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Page, Person, PersonQuery, Role } from './person.ts';

type Row = {
  readonly id: Id<'person'>;
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly created_at: number;
  readonly changed_at: number;
};

export type PersonRow = Omit<Person, 'createdAt' | 'changedAt'> & { readonly createdAtMs: number; readonly changedAtMs: number };

const columns = 'id, username, name, role, created_at, changed_at';
const sortColumns = { createdAt: 'created_at', name: 'name COLLATE NOCASE', username: 'username' } as const;

/** The table `users`. */
export class PersonStore {
  readonly #db: OpenedDatabase['db'];
  readonly #byId;
  readonly #byUsername;
  readonly #insert;
  readonly #update;
  readonly #delete;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#byId = db.prepare<[string], Row>(`SELECT ${columns} FROM users WHERE id = ?`);
    this.#byUsername = db.prepare<[string], Row>(`SELECT ${columns} FROM users WHERE username = ?`);
    this.#insert = db.prepare('INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)');
    this.#update = db.prepare('UPDATE users SET username = ?, name = ?, role = ?, changed_at = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM users WHERE id = ?');
  }

  byId(id: string): Person | undefined {
    return toPerson(this.#byId.get(id));
  }

  byUsername(username: string): Person | undefined {
    return toPerson(this.#byUsername.get(username));
  }

  list(query: PersonQuery): Page<Person> {
    const where = query.role === undefined ? '' : 'WHERE role = @role';
    const given = { role: query.role, limit: query.per_page, offset: (query.page - 1) * query.per_page };
    const rows = this.#db
      .prepare<[typeof given], Row>(
        `SELECT ${columns} FROM users ${where} ORDER BY ${sortColumns[query.sort]} ${query.order}, id ${query.order} LIMIT @limit OFFSET @offset`,
      )
      .all(given);
    const total = this.#db.prepare<[typeof given], { n: number }>(`SELECT count(*) AS n FROM users ${where}`).get(given)?.n ?? 0;
    return { items: rows.flatMap((row) => toPerson(row) ?? []), page: query.page, perPage: query.per_page, total };
  }

  insert(row: PersonRow): void {
    this.#insert.run(row.id, row.username, row.name, row.role, row.createdAtMs, row.changedAtMs);
  }

  update(person: Pick<Person, 'id' | 'username' | 'name' | 'role'>, changedAtMs: number): void {
    this.#update.run(person.username, person.name, person.role, changedAtMs, person.id);
  }

  delete(id: string): boolean {
    return this.#delete.run(id).changes > 0;
  }
}

function toPerson(row: Row | undefined): Person | undefined {
  if (row === undefined) return undefined;
  const { created_at: createdAt, changed_at: changedAt, ...rest } = row;
  return { ...rest, createdAt: isoTime(createdAt), changedAt: isoTime(changedAt) };
}
