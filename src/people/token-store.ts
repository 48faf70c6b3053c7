import { isoTime } from '#base/clock.ts';
import type { Id } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { ApiToken, Page, Role, TokenQuery } from './person.ts';

type Row = {
  readonly id: Id<'token'>;
  readonly name: string;
  readonly role: Role;
  readonly person_id: Id<'person'> | null;
  readonly created_at: number;
  readonly last_used_at: number | null;
};

export type NewToken = {
  readonly id: Id<'token'>;
  readonly name: string;
  readonly hash: Buffer;
  /** Null where the token was made for a person, whose role counts. */
  readonly role: Role | null;
  readonly personId: string | null;
  readonly createdAtMs: number;
};

const selection = `SELECT t.id, t.name, coalesce(t.role, p.role) AS role, t.person_id, t.created_at, t.last_used_at
  FROM api_tokens t LEFT JOIN users p ON p.id = t.person_id`;
const sortColumns = { createdAt: 't.created_at', name: 't.name COLLATE NOCASE' } as const;

/** The table `api_tokens`. Holds hashes only: nobody who reads the file can sign in with it. */
export class TokenStore {
  readonly #db: OpenedDatabase['db'];
  readonly #byHash;
  readonly #byId;
  readonly #insert;
  readonly #touch;
  readonly #delete;
  readonly #deleteNamed;
  readonly #countAdmin;
  readonly #count;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#byHash = db.prepare<[Buffer], Row>(`${selection} WHERE t.token_hash = ?`);
    this.#byId = db.prepare<[string], Row>(`${selection} WHERE t.id = ?`);
    this.#insert = db.prepare(
      'INSERT INTO api_tokens (id, name, token_hash, role, person_id, created_at) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#touch = db.prepare('UPDATE api_tokens SET last_used_at = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM api_tokens WHERE id = ?');
    this.#deleteNamed = db.prepare('DELETE FROM api_tokens WHERE name = ? AND person_id IS NULL');
    this.#countAdmin = db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM (${selection}) WHERE role = 'admin'`);
    this.#count = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM api_tokens');
  }

  byHash(hash: Buffer): ApiToken | undefined {
    return toToken(this.#byHash.get(hash));
  }

  byId(id: string): ApiToken | undefined {
    return toToken(this.#byId.get(id));
  }

  list(query: TokenQuery): Page<ApiToken> {
    const given = { limit: query.per_page, offset: (query.page - 1) * query.per_page };
    const rows = this.#db
      .prepare<[typeof given], Row>(
        `${selection} ORDER BY ${sortColumns[query.sort]} ${query.order}, t.id ${query.order} LIMIT @limit OFFSET @offset`,
      )
      .all(given);
    const total = this.#count.get()?.n ?? 0;
    return { items: rows.flatMap((row) => toToken(row) ?? []), page: query.page, perPage: query.per_page, total };
  }

  /** How many tokens have the role of an administrator. */
  countAdmin(): number {
    return this.#countAdmin.get()?.n ?? 0;
  }

  insert(token: NewToken): void {
    this.#insert.run(token.id, token.name, token.hash, token.role, token.personId, token.createdAtMs);
  }

  touch(id: string, usedAtMs: number): void {
    this.#touch.run(usedAtMs, id);
  }

  delete(id: string): boolean {
    return this.#delete.run(id).changes > 0;
  }

  /** Removes the tokens of this name that belong to no person. */
  deleteNamed(name: string): void {
    this.#deleteNamed.run(name);
  }
}

function toToken(row: Row | undefined): ApiToken | undefined {
  if (row === undefined) return undefined;
  const { created_at: createdAt, last_used_at: lastUsedAt, person_id: personId, ...rest } = row;
  return { ...rest, personId, createdAt: isoTime(createdAt), lastUsedAt: lastUsedAt === null ? null : isoTime(lastUsedAt) };
}
