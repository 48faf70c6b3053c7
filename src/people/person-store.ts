import type { PersonId } from '#base/ids.ts';
import type { Listed } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Person, PersonQuery, Role } from './person.ts';

type Row = {
  readonly id: PersonId;
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly has_password: number;
  readonly home_assistant_user_id: string | null;
  readonly created_at: number;
  readonly changed_at: number;
};

export type Credentials = { readonly id: PersonId; readonly hash: string | undefined };

const columns =
  'id, username, name, role, password_hash IS NOT NULL AS has_password, home_assistant_user_id, created_at, changed_at';
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
  readonly #byHomeAssistantUser;
  readonly #credentials;
  readonly #setPassword;
  readonly #countAdminsWithPassword;
  readonly #ownsAnything;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#byId = db.prepare<[string], Row>(`SELECT ${columns} FROM users WHERE id = ?`);
    this.#byUsername = db.prepare<[string], Row>(`SELECT ${columns} FROM users WHERE username = ?`);
    this.#all = db.prepare<[], Row>(`SELECT ${columns} FROM users ORDER BY name COLLATE NOCASE, id`);
    this.#insert = db.prepare(
      'INSERT INTO users (id, username, name, role, home_assistant_user_id, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#update = db.prepare(
      'UPDATE users SET username = ?, name = ?, role = ?, home_assistant_user_id = ?, changed_at = ? WHERE id = ?',
    );
    this.#delete = db.prepare('DELETE FROM users WHERE id = ?');
    this.#byHomeAssistantUser = db.prepare<[string], Row>(`SELECT ${columns} FROM users WHERE home_assistant_user_id = ?`);
    this.#credentials = db.prepare<[string], { id: PersonId; password_hash: string | null }>(
      'SELECT id, password_hash FROM users WHERE username = ?',
    );
    this.#setPassword = db.prepare<[string | null, string]>('UPDATE users SET password_hash = ? WHERE id = ?');
    this.#countAdminsWithPassword = db.prepare<[], { n: number }>(
      "SELECT count(*) AS n FROM users WHERE role = 'admin' AND password_hash IS NOT NULL",
    );
    this.#ownsAnything = db
      .prepare<[], { name: string; column: string }>(
        `SELECT tables.name, keys."from" AS column FROM sqlite_master AS tables, pragma_foreign_key_list(tables.name) AS keys
         WHERE tables.type = 'table' AND keys."table" = 'users'`,
      )
      .all()
      .map(({ name, column }) => db.prepare<[string], object>(`SELECT 1 FROM "${name}" WHERE "${column}" = ? LIMIT 1`));
  }

  /** Whether any row of any room is this person's. */
  ownsAnything(id: PersonId): boolean {
    return this.#ownsAnything.some((statement) => statement.get(id) !== undefined);
  }

  byId(id: PersonId): Person | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : toPerson(row);
  }

  byUsername(username: string): Person | undefined {
    const row = this.#byUsername.get(username);
    return row === undefined ? undefined : toPerson(row);
  }

  byHomeAssistantUser(id: string): Person | undefined {
    const row = this.#byHomeAssistantUser.get(id);
    return row === undefined ? undefined : toPerson(row);
  }

  credentialsOf(username: string): Credentials | undefined {
    const row = this.#credentials.get(username);
    return row === undefined ? undefined : { id: row.id, hash: row.password_hash ?? undefined };
  }

  /** Null: the person signs in without one, or not at all. */
  setPassword(id: PersonId, hash: string | null): void {
    this.#setPassword.run(hash, id);
  }

  countAdminsWithPassword(): number {
    return this.#countAdminsWithPassword.get()?.n ?? 0;
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

  insert({ id, username, name, role, homeAssistantUserId, createdAt, changedAt }: Person): void {
    this.#insert.run(id, username, name, role, homeAssistantUserId ?? null, createdAt, changedAt);
  }

  update({ id, username, name, role, homeAssistantUserId, changedAt }: Person): void {
    this.#update.run(username, name, role, homeAssistantUserId ?? null, changedAt, id);
  }

  delete(id: PersonId): void {
    this.#delete.run(id);
  }
}

function toPerson({ id, username, name, role, ...row }: Row): Person {
  return {
    id,
    username,
    name,
    role,
    hasPassword: row.has_password === 1,
    homeAssistantUserId: row.home_assistant_user_id ?? undefined,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}
