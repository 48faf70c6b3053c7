import type { PersonId, SessionId } from '#base/ids.ts';
import type { Listed } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Session, SessionQuery } from './session.ts';

type Row = {
  readonly id: SessionId;
  readonly person_id: PersonId;
  readonly address: string;
  readonly user_agent: string;
  readonly created_at: number;
  readonly last_used_at: number;
  readonly expires_at: number;
};

const columns = 'id, person_id, address, user_agent, created_at, last_used_at, expires_at';
const sortColumns = { lastUsedAt: 'last_used_at', createdAt: 'created_at' } as const;

/** The table `sessions`. Holds hashes only: reading the file gives no session. */
export class SessionStore {
  readonly #db: OpenedDatabase['db'];
  readonly #byHash;
  readonly #byId;
  readonly #insert;
  readonly #touch;
  readonly #delete;
  readonly #deleteOf;
  readonly #deleteOthersOf;
  readonly #deleteExpired;
  readonly #deleteOldestOf;
  readonly #shiftDueTimes;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#byHash = db.prepare<[Buffer], Row>(`SELECT ${columns} FROM sessions WHERE secret_hash = ?`);
    this.#byId = db.prepare<[string], Row>(`SELECT ${columns} FROM sessions WHERE id = ?`);
    this.#insert = db.prepare(
      `INSERT INTO sessions (id, secret_hash, person_id, address, user_agent, created_at, last_used_at, expires_at)
        VALUES (@id, @secretHash, @personId, @address, @userAgent, @createdAt, @lastUsedAt, @expiresAt)`,
    );
    this.#touch = db.prepare<[number, number, string]>('UPDATE sessions SET last_used_at = ?, expires_at = ? WHERE id = ?');
    this.#delete = db.prepare<[string]>('DELETE FROM sessions WHERE id = ?');
    this.#deleteOf = db.prepare<[string]>('DELETE FROM sessions WHERE person_id = ?');
    this.#deleteOthersOf = db.prepare<[string, string]>('DELETE FROM sessions WHERE person_id = ? AND id <> ?');
    this.#deleteExpired = db.prepare<[number]>('DELETE FROM sessions WHERE expires_at <= ?');
    this.#deleteOldestOf = db.prepare<[string, number]>(
      `DELETE FROM sessions WHERE id IN
        (SELECT id FROM sessions WHERE person_id = ? ORDER BY last_used_at DESC, id DESC LIMIT -1 OFFSET ?)`,
    );
    this.#shiftDueTimes = db.prepare<{ byMs: number }>('UPDATE sessions SET expires_at = expires_at + @byMs');
  }

  bySecretHash(hash: Buffer): Session | undefined {
    const row = this.#byHash.get(hash);
    return row === undefined ? undefined : toSession(row);
  }

  byId(id: string): Session | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : toSession(row);
  }

  /** Those that are valid; of everybody without a person. */
  list({ personId, now, sort, order, limit, offset }: SessionQuery & { readonly now: number }): Listed<Session> {
    const where = `WHERE expires_at > @now${personId === undefined ? '' : ' AND person_id = @personId'}`;
    const given = { personId, now, limit, offset };
    const rows = this.#db
      .prepare<[typeof given], Row>(
        `SELECT ${columns} FROM sessions ${where} ORDER BY ${sortColumns[sort]} ${order}, id ${order} LIMIT @limit OFFSET @offset`,
      )
      .all(given);
    const total =
      this.#db.prepare<[typeof given], { n: number }>(`SELECT count(*) AS n FROM sessions ${where}`).get(given)?.n ?? 0;
    return { items: rows.map(toSession), total };
  }

  insert(session: Session, secretHash: Buffer): void {
    this.#insert.run({ ...session, secretHash });
  }

  touch(id: SessionId, usedAt: number, expiresAt: number): void {
    this.#touch.run(usedAt, expiresAt, id);
  }

  delete(id: SessionId): void {
    this.#delete.run(id);
  }

  /** Ends all of a person, but for `exceptFor`. */
  deleteOf(personId: PersonId, exceptFor?: SessionId): void {
    if (exceptFor === undefined) this.#deleteOf.run(personId);
    else this.#deleteOthersOf.run(personId, exceptFor);
  }

  deleteExpired(now: number): void {
    this.#deleteExpired.run(now);
  }

  /** Leaves a person the `max` that were used last. */
  deleteOldestOf(personId: PersonId, max: number): void {
    this.#deleteOldestOf.run(personId, max);
  }

  /** The clock was set: as much time is left as before. */
  shiftDueTimes(byMs: number): void {
    this.#shiftDueTimes.run({ byMs });
  }
}

function toSession(row: Row): Session {
  return {
    id: row.id,
    personId: row.person_id,
    address: row.address,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  };
}
