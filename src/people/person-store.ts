import type { PersonId } from '#base/ids.ts';
import type { Listed } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Person, PersonQuery, Role } from './person.ts';

type Row = {
  readonly id: PersonId;
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly created_at: number;
  readonly changed_at: number;
};

const columns = 'id, username, name, role, created_at, changed_at';
const sortColumns = { createdAt: 'created_at', name: 'name COLLATE NOCASE', username: 'username' } as const;

/** The table `users`. */
export class PersonStore {
  readonly #db: OpenedDatabase['db'];
  readonly #byId;
  readonly #byUsername;
  readonly #all;
  readonly #insert;
  readonly #update;
  readonly #delete;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#byId = db.prepare<[string], Row>(`SELECT ${columns} FROM users WHERE id = ?`);
    this.#byUsername = db.prepare<[string], Row>(`SELECT ${columns} FROM users WHERE username = ?`);
    this.#all = db.prepare<[], Row>(`SELECT ${columns} FROM users ORDER BY name COLLATE NOCASE, id`);
    this.#insert = db.prepare('INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)');
    this.#update = db.prepare('UPDATE users SET username = ?, name = ?, role = ?, changed_at = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM users WHERE id = ?');
  }

  byId(id: string): Person | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : toPerson(row);
  }

  byUsername(username: string): Person | undefined {
    const row = this.#byUsername.get(username);
    return row === undefined ? undefined : toPerson(row);
  }

  all(): readonly Person[] {
    return this.#all.all().map(toPerson);
  }

  list({ role, sort, order, limit, offset }: PersonQuery): Listed<Person> {
    const where = role === undefined ? '' : 'WHERE role = @role';
    const given = { role, limit, offset };
    const rows = this.#db
      .prepare<[typeof given], Row>(
        `SELECT ${columns} FROM users ${where} ORDER BY ${sortColumns[sort]} ${order}, id ${order} LIMIT @limit OFFSET @offset`,
      )
      .all(given);
    const total = this.#db.prepare<[typeof given], { n: number }>(`SELECT count(*) AS n FROM users ${where}`).get(given)?.n ?? 0;
    return { items: rows.map(toPerson), total };
  }

  insert(person: Person): void {
    this.#insert.run(person.id, person.username, person.name, person.role, person.createdAt, person.changedAt);
  }

  update({ id, username, name, role, changedAt }: Person): void {
    this.#update.run(username, name, role, changedAt, id);
  }

  delete(id: PersonId): void {
    this.#delete.run(id);
  }
}

function toPerson({ created_at: createdAt, changed_at: changedAt, ...rest }: Row): Person {
  return { ...rest, createdAt, changedAt };
}
