import type { Database } from 'better-sqlite3';
import type { FinalState, OutboxItem, OutboxState } from './outbox-item.ts';

type Row = {
  readonly id: string;
  readonly kind: string;
  readonly order_key: string;
  readonly payload: string;
  readonly state: OutboxState;
  readonly failures: number;
  readonly created_at: number;
  readonly due_at: number;
  readonly give_up_at: number;
  readonly first_attempt_at: number | null;
  readonly last_attempt_at: number | null;
  readonly ended_at: number | null;
  readonly code: number | null;
  readonly message: string | null;
};

export type NewItem = Pick<OutboxItem, 'id' | 'kind' | 'orderKey' | 'payload' | 'createdAt' | 'giveUpAt'>;
export type Postponed = {
  readonly id: string;
  readonly state: 'waiting' | 'doubtful';
  readonly failures: number;
  readonly dueAt: number;
  /** When the last request may still have been in flight. */
  readonly lastAttemptAt: number | undefined;
  readonly code: number | undefined;
  readonly message: string;
};
export type Ended = {
  readonly id: string;
  readonly state: FinalState;
  readonly endedAt: number;
  readonly code: number | undefined;
  readonly message: string | undefined;
};
export type Head = Pick<OutboxItem, 'id' | 'kind' | 'dueAt'>;
export type OutboxQuery = {
  readonly kind?: string;
  readonly orderKey?: string;
  readonly state?: OutboxState;
  readonly limit: number;
  readonly offset?: number;
};

/** The SQL of the table `outbox`. */
export class OutboxStore {
  readonly #db: Database;
  readonly #insert;
  readonly #byId;
  readonly #heads;
  readonly #mark;
  readonly #postpone;
  readonly #end;
  readonly #orphans;
  readonly #doubt;
  readonly #prune;
  readonly #cancel;
  readonly #counts;
  readonly #openCount;
  readonly #list;
  readonly #shiftDueTimes;

  constructor(db: Database) {
    this.#db = db;
    this.#insert = db.prepare<[Record<string, string | number>]>(
      `INSERT INTO outbox (id, kind, order_key, payload, created_at, due_at, give_up_at)
       VALUES (:id, :kind, :orderKey, :payload, :createdAt, :createdAt, :giveUpAt)`,
    );
    this.#byId = db.prepare<[string], Row>('SELECT * FROM outbox WHERE id = ?');
    // The first open item of every order key; later ones wait for it to end.
    this.#heads = db.prepare<[], Head>(
      // SQLite takes the other columns from the row that has the minimum.
      `SELECT id, kind, due_at AS dueAt, min(sequence) AS sequence FROM outbox WHERE ended_at IS NULL GROUP BY order_key
       ORDER BY due_at, sequence`,
    );
    this.#mark = db.prepare<[{ id: string; now: number }]>(
      `UPDATE outbox SET state = 'attempting', first_attempt_at = coalesce(first_attempt_at, :now), last_attempt_at = :now
       WHERE id = :id AND ended_at IS NULL`,
    );
    this.#postpone = db.prepare<[Record<string, string | number | null>]>(
      `UPDATE outbox SET state = :state, failures = :failures, due_at = :dueAt, last_attempt_at = :lastAttemptAt, code = :code,
       message = :message WHERE id = :id`,
    );
    this.#end = db.prepare<[Record<string, string | number | null>]>(
      'UPDATE outbox SET state = :state, ended_at = :endedAt, code = :code, message = :message WHERE id = :id',
    );
    this.#orphans = db.prepare<[], Row>("SELECT * FROM outbox WHERE state = 'attempting' ORDER BY sequence");
    this.#doubt = db.prepare<[string]>("UPDATE outbox SET state = 'doubtful' WHERE id = ?");
    this.#prune = db.prepare<[number]>('DELETE FROM outbox WHERE ended_at IS NOT NULL AND ended_at < ?');
    this.#cancel = db.prepare<[string]>("DELETE FROM outbox WHERE id = ? AND state = 'waiting' AND first_attempt_at IS NULL");
    this.#counts = db.prepare<[], { state: OutboxState; n: number }>('SELECT state, count(*) AS n FROM outbox GROUP BY state');
    this.#openCount = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM outbox WHERE ended_at IS NULL');
    this.#list = db.prepare<[Record<string, string | number | null>], Row>(
      `SELECT * FROM outbox WHERE (:kind IS NULL OR kind = :kind) AND (:orderKey IS NULL OR order_key = :orderKey)
       AND (:state IS NULL OR state = :state) ORDER BY sequence LIMIT :limit OFFSET :offset`,
    );
    this.#shiftDueTimes = db.prepare<[{ byMs: number }]>(
      `UPDATE outbox SET created_at = created_at + :byMs, due_at = due_at + :byMs, give_up_at = give_up_at + :byMs,
       first_attempt_at = first_attempt_at + :byMs, last_attempt_at = last_attempt_at + :byMs WHERE ended_at IS NULL`,
    );
  }

  insert({ payload, ...item }: NewItem): void {
    this.#insert.run({ ...item, payload: JSON.stringify(payload) });
  }

  get(id: string): OutboxItem | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  /** The next item of every order key, by due time. */
  heads(): readonly Head[] {
    return this.#heads.all();
  }

  /** Marks, durably, that a request may be sent from now on. */
  markAttempt(id: string, now: number): void {
    // With NORMAL a power loss may lose the mark after the request was sent, and it would be sent again.
    this.#db.pragma('synchronous = FULL');
    try {
      this.#mark.run({ id, now });
    } finally {
      this.#db.pragma('synchronous = NORMAL');
    }
  }

  postpone({ code, lastAttemptAt, ...item }: Postponed): void {
    this.#postpone.run({ ...item, code: code ?? null, lastAttemptAt: lastAttemptAt ?? null });
  }

  /** Runs `alongside` in the same transaction. */
  end({ id, state, endedAt, code, message }: Ended, alongside: () => void): void {
    this.#db.transaction(() => {
      this.#end.run({ id, state, endedAt, code: code ?? null, message: message ?? null });
      alongside();
    })();
  }

  /** Items in flight when the last process ended are in doubt now. */
  markOrphansInDoubt(): number {
    return this.#db.transaction(() => {
      const orphans = this.#orphans.all();
      for (const { id } of orphans) this.#doubt.run(id);
      return orphans.length;
    })();
  }

  /** The clock was set: open items keep their distance from now. */
  shiftDueTimes(byMs: number): void {
    this.#shiftDueTimes.run({ byMs });
  }

  prune(endedBefore: number): void {
    this.#prune.run(endedBefore);
  }

  /** Withdraws an item that was never attempted. */
  cancel(id: string): boolean {
    return this.#cancel.run(id).changes > 0;
  }

  counts(): Readonly<Record<OutboxState, number>> {
    const counts = { waiting: 0, attempting: 0, doubtful: 0, done: 0, failed: 0, unknown: 0 };
    for (const { state, n } of this.#counts.all()) counts[state] = n;
    return counts;
  }

  openCount(): number {
    return this.#openCount.get()?.n ?? 0;
  }

  list({ kind, orderKey, state, limit, offset = 0 }: OutboxQuery): readonly OutboxItem[] {
    return this.#list.all({ kind: kind ?? null, orderKey: orderKey ?? null, state: state ?? null, limit, offset }).map(fromRow);
  }
}

function fromRow(row: Row): OutboxItem {
  return {
    id: row.id,
    kind: row.kind,
    orderKey: row.order_key,
    payload: JSON.parse(row.payload),
    state: row.state,
    failures: row.failures,
    createdAt: row.created_at,
    dueAt: row.due_at,
    giveUpAt: row.give_up_at,
    firstAttemptAt: row.first_attempt_at ?? undefined,
    lastAttemptAt: row.last_attempt_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    code: row.code ?? undefined,
    message: row.message ?? undefined,
  };
}
