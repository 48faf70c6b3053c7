import type { LockoutId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';

export type LoginKind = 'password' | 'token';

/** What is remembered of a source whose logins failed. */
export type LoginAttempts = {
  readonly id: LockoutId;
  /** An IPv4 address, or of IPv6 the network of one subscriber. */
  readonly source: string;
  readonly kind: LoginKind;
  readonly failures: number;
  readonly failedAt: number;
  readonly lockedUntil: number | undefined;
};

type Row = {
  readonly id: LockoutId;
  readonly source: string;
  readonly kind: LoginKind;
  readonly failures: number;
  readonly failed_at: number;
  readonly locked_until: number | null;
};

const columns = 'id, source, kind, failures, failed_at, locked_until';
/** What a flood from many addresses can fill. */
const maxRows = 10_000;

/** The table `login_attempts`. */
export class LoginAttemptStore {
  readonly #all;
  readonly #locked;
  readonly #byId;
  readonly #upsert;
  readonly #delete;
  readonly #deleteOf;
  readonly #deleteOld;
  readonly #deleteSurplus;
  readonly #shiftDueTimes;

  constructor(db: OpenedDatabase['db']) {
    this.#all = db.prepare<[], Row>(`SELECT ${columns} FROM login_attempts ORDER BY failed_at`);
    this.#locked = db.prepare<[number], Row>(
      `SELECT ${columns} FROM login_attempts WHERE locked_until > ? ORDER BY locked_until DESC, id`,
    );
    this.#byId = db.prepare<[string], Row>(`SELECT ${columns} FROM login_attempts WHERE id = ?`);
    this.#upsert = db.prepare(
      `INSERT INTO login_attempts (id, source, kind, failures, failed_at, locked_until)
        VALUES (@id, @source, @kind, @failures, @failedAt, @lockedUntil)
        ON CONFLICT (source, kind) DO UPDATE
        SET failures = excluded.failures, failed_at = excluded.failed_at, locked_until = excluded.locked_until`,
    );
    this.#delete = db.prepare<[string]>('DELETE FROM login_attempts WHERE id = ?');
    this.#deleteOf = db.prepare<[string, string]>('DELETE FROM login_attempts WHERE source = ? AND kind = ?');
    this.#deleteOld = db.prepare<[number, number]>(
      'DELETE FROM login_attempts WHERE failed_at < ? AND (locked_until IS NULL OR locked_until <= ?)',
    );
    this.#deleteSurplus = db.prepare<[number]>(
      'DELETE FROM login_attempts WHERE id IN (SELECT id FROM login_attempts ORDER BY failed_at DESC LIMIT -1 OFFSET ?)',
    );
    this.#shiftDueTimes = db.prepare<{ byMs: number }>(
      'UPDATE login_attempts SET failed_at = failed_at + @byMs, locked_until = locked_until + @byMs',
    );
  }

  /** The latest failure last. */
  all(): readonly LoginAttempts[] {
    return this.#all.all().map(toAttempts);
  }

  /** Those that have to wait; whoever waits longest comes first. */
  locked(now: number): readonly LoginAttempts[] {
    return this.#locked.all(now).map(toAttempts);
  }

  byId(id: string): LoginAttempts | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : toAttempts(row);
  }

  /** A source keeps the id it has. */
  put(attempts: LoginAttempts): void {
    this.#upsert.run({ ...attempts, lockedUntil: attempts.lockedUntil ?? null });
  }

  delete(id: LockoutId): void {
    this.#delete.run(id);
  }

  deleteOf(source: string, kind: LoginKind): void {
    this.#deleteOf.run(source, kind);
  }

  /** Drops what failed before `before` and need not wait any more, and the oldest of too many. */
  tidy(before: number, now: number): void {
    this.#deleteOld.run(before, now);
    this.#deleteSurplus.run(maxRows);
  }

  /** The clock was set: as much time is left as before. */
  shiftDueTimes(byMs: number): void {
    this.#shiftDueTimes.run({ byMs });
  }
}

function toAttempts({ failed_at: failedAt, locked_until: lockedUntil, ...rest }: Row): LoginAttempts {
  return { ...rest, failedAt, lockedUntil: lockedUntil ?? undefined };
}
