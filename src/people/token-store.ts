import type { PersonId, TokenId } from '#base/ids.ts';
import type { TokenScope } from '#contract/endpoint.ts';
import type { Listed } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { ApiToken, Role, TokenQuery } from './person.ts';

type Row = {
  readonly id: TokenId;
  readonly name: string;
  readonly role: Role;
  readonly person_id: PersonId | null;
  readonly scope: TokenScope;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
};

export type NewToken = {
  readonly id: TokenId;
  readonly name: string;
  readonly hash: Buffer;
  /** Null where the token was made for a person, whose role counts. */
  readonly role: Role | null;
  readonly personId: PersonId | undefined;
  readonly scope: TokenScope;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
};

const selection = `SELECT t.id, t.name, coalesce(t.role, p.role) AS role, t.person_id, t.scope,
  t.created_at, t.expires_at, t.last_used_at
  FROM api_tokens t LEFT JOIN users p ON p.id = t.person_id`;
const sortColumns = { createdAt: 't.created_at', name: 't.name COLLATE NOCASE' } as const;

/** The table `api_tokens`. Holds hashes only: reading the file gives no token to sign in with. */
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
      `INSERT INTO api_tokens (id, name, token_hash, role, person_id, scope, created_at, expires_at)
        VALUES (@id, @name, @hash, @role, @personId, @scope, @createdAt, @expiresAt)`,
    );
    this.#touch = db.prepare('UPDATE api_tokens SET last_used_at = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM api_tokens WHERE id = ?');
    this.#deleteNamed = db.prepare('DELETE FROM api_tokens WHERE name = ? AND person_id IS NULL');
    this.#countAdmin = db.prepare<[], { n: number }>(
      `SELECT count(*) AS n FROM (${selection}) WHERE role = 'admin' AND scope = 'all' AND expires_at IS NULL`,
    );
    this.#count = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM api_tokens');
  }

  byHash(hash: Buffer): ApiToken | undefined {
    const row = this.#byHash.get(hash);
    return row === undefined ? undefined : toToken(row);
  }

  byId(id: TokenId): ApiToken | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : toToken(row);
  }

  list({ sort, order, limit, offset }: TokenQuery): Listed<ApiToken> {
    const given = { limit, offset };
    const rows = this.#db
      .prepare<[typeof given], Row>(
        `${selection} ORDER BY ${sortColumns[sort]} ${order}, t.id ${order} LIMIT @limit OFFSET @offset`,
      )
      .all(given);
    return { items: rows.map(toToken), total: this.count() };
  }

  count(): number {
    return this.#count.get()?.n ?? 0;
  }

  /** How many tokens may do all that an administrator may, without an end. */
  countAdmin(): number {
    return this.#countAdmin.get()?.n ?? 0;
  }

  insert(token: NewToken): void {
    this.#insert.run({ ...token, personId: token.personId ?? null, expiresAt: token.expiresAt ?? null });
  }

  touch(id: TokenId, usedAt: number): void {
    this.#touch.run(usedAt, id);
  }

  delete(id: TokenId): void {
    this.#delete.run(id);
  }

  /** Removes the tokens of this name that belong to no person. */
  deleteNamed(name: string): void {
    this.#deleteNamed.run(name);
  }
}

function toToken({ id, name, role, scope, ...row }: Row): ApiToken {
  return {
    id,
    name,
    role,
    personId: row.person_id ?? undefined,
    scope,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}
