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
  readonly committed_at: number | null;
  readonly ended_at: number | null;
  readonly code: number | null;
  readonly message: string | null;
};

export type NewItem = Pick<OutboxItem, 'id' | 'kind' | 'orderKey' | 'payload' | 'createdAt' | 'dueAt' | 'giveUpAt'> & {
  readonly service: string;
};
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
export type Head = Pick<OutboxItem, 'id' | 'kind'>;
/** Open items by what they wait for. */
export type OpenCounts = Readonly<Record<'waiting' | 'attempting' | 'doubtful', number>>;
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
  readonly #due;
  readonly #nextDueAt;
  readonly #services;
  readonly #adopt;
  readonly #strays;
  readonly #mark;
  readonly #commit;
  readonly #postpone;
  readonly #end;
  readonly #doubt;
  readonly #release;
  readonly #prune;
  readonly #cancel;
  readonly #withdraw;
  readonly #advance;
  readonly #hasten;
  readonly #counts;
  readonly #openByKind;
  readonly #openCount;
  readonly #openOfService;
  readonly #openStates;
  readonly #open;
  readonly #list;
  readonly #shiftDueTimes;

  constructor(db: Database) {
    this.#db = db;
    this.#insert = db.prepare<[Record<string, string | number>]>(
      `INSERT INTO outbox (id, kind, service, order_key, payload, created_at, due_at, give_up_at)
       VALUES (:id, :kind, :service, :orderKey, :payload, :createdAt, :dueAt, :giveUpAt)`,
    );
    this.#byId = db.prepare<[string], Row>('SELECT * FROM outbox WHERE id = ?');
    // Of every order key the first open item; later ones wait for it to end.
    this.#due = db.prepare<[{ service: string; now: number; limit: number }], Head>(
      `SELECT id, kind FROM outbox AS item WHERE service = :service AND ended_at IS NULL AND due_at <= :now AND NOT EXISTS (
         SELECT 1 FROM outbox AS earlier WHERE earlier.order_key = item.order_key AND earlier.ended_at IS NULL
         AND earlier.sequence < item.sequence)
       ORDER BY due_at, sequence LIMIT :limit`,
    );
    this.#nextDueAt = db
      .prepare<[string, number], number>(
        'SELECT due_at FROM outbox WHERE service = ? AND ended_at IS NULL AND due_at > ? ORDER BY due_at LIMIT 1',
      )
      .pluck();
    this.#services = db.prepare<[], string>('SELECT DISTINCT service FROM outbox WHERE ended_at IS NULL').pluck();
    this.#adopt = db.prepare<[{ id: string; service: string }]>('UPDATE outbox SET service = :service WHERE id = :id');
    this.#strays = db.prepare<[{ kind: string }], Row & { readonly service: string }>(
      "SELECT * FROM outbox WHERE kind = :kind AND ended_at IS NULL AND service = ''",
    );
    this.#mark = db.prepare<[{ id: string; now: number; committedAt: number | null }]>(
      `UPDATE outbox SET state = 'attempting', first_attempt_at = coalesce(first_attempt_at, :now), last_attempt_at = :now,
       committed_at = :committedAt WHERE id = :id AND ended_at IS NULL`,
    );
    this.#commit = db.prepare<[number, string]>(
      "UPDATE outbox SET committed_at = ? WHERE id = ? AND state = 'attempting' AND committed_at IS NULL",
    );
    this.#postpone = db.prepare<[Record<string, string | number | null>]>(
      `UPDATE outbox SET state = :state, failures = :failures, due_at = :dueAt, last_attempt_at = :lastAttemptAt, code = :code,
       message = :message WHERE id = :id`,
    );
    this.#end = db.prepare<[Record<string, string | number | null>]>(
      'UPDATE outbox SET state = :state, ended_at = :endedAt, code = :code, message = :message WHERE id = :id',
    );
    const orphan = "WHERE ended_at IS NULL AND state = 'attempting'";
    this.#doubt = db.prepare<[]>(`UPDATE outbox SET state = 'doubtful' ${orphan} AND committed_at IS NOT NULL`);
    this.#release = db.prepare<[]>(`UPDATE outbox SET state = 'waiting' ${orphan} AND committed_at IS NULL`);
    this.#prune = db.prepare<[number]>('DELETE FROM outbox WHERE ended_at IS NOT NULL AND ended_at < ?');
    this.#cancel = db.prepare<[string]>("DELETE FROM outbox WHERE id = ? AND state = 'waiting' AND first_attempt_at IS NULL");
    this.#counts = db.prepare<[], { state: OutboxState; n: number }>('SELECT state, count(*) AS n FROM outbox GROUP BY state');
    this.#withdraw = db.prepare<[string]>("DELETE FROM outbox WHERE id = ? AND state = 'waiting'");
    this.#advance = db.prepare<[number, string]>("UPDATE outbox SET due_at = min(due_at, ?) WHERE id = ? AND state = 'waiting'");
    this.#hasten = db.prepare<[{ service: string; now: number }]>(
      `UPDATE outbox SET due_at = :now WHERE service = :service AND ended_at IS NULL AND due_at > :now AND state = 'waiting'
       AND first_attempt_at IS NOT NULL`,
    );
    this.#openByKind = db.prepare<[], { kind: string; state: keyof OpenCounts; n: number }>(
      'SELECT kind, state, count(*) AS n FROM outbox WHERE ended_at IS NULL GROUP BY kind, state',
    );
    this.#openCount = db.prepare<[string], number>('SELECT count(*) FROM outbox WHERE kind = ? AND ended_at IS NULL').pluck();
    this.#openOfService = db
      .prepare<[string], number>('SELECT count(*) FROM outbox WHERE service = ? AND ended_at IS NULL')
      .pluck();
    this.#openStates = db.prepare<[string], { state: keyof OpenCounts; n: number }>(
      'SELECT state, count(*) AS n FROM outbox WHERE service = ? AND ended_at IS NULL GROUP BY state',
    );
    this.#open = db.prepare<[string], Row>('SELECT * FROM outbox WHERE kind = ? AND ended_at IS NULL ORDER BY sequence');
    this.#list = db.prepare<[Record<string, string | number | null>], Row>(
      `SELECT * FROM outbox WHERE (:kind IS NULL OR kind = :kind) AND (:orderKey IS NULL OR order_key = :orderKey)
       AND (:state IS NULL OR state = :state) ORDER BY sequence LIMIT :limit OFFSET :offset`,
    );
    this.#shiftDueTimes = db.prepare<[{ byMs: number }]>(
      `UPDATE outbox SET created_at = created_at + :byMs, due_at = due_at + :byMs, give_up_at = give_up_at + :byMs,
       first_attempt_at = first_attempt_at + :byMs, last_attempt_at = last_attempt_at + :byMs,
       committed_at = committed_at + :byMs WHERE ended_at IS NULL`,
    );
  }

  insert({ payload, ...item }: NewItem): void {
    this.#insert.run({ ...item, payload: JSON.stringify(payload) });
  }

  get(id: string): OutboxItem | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  /** What can be attempted of a service now, by due time: of every order key the first. */
  due(service: string, now: number, limit: number): readonly Head[] {
    return this.#due.all({ service, now, limit });
  }

  /** When the next item of a service is due that is not yet. */
  nextDueAt(service: string, now: number): number | undefined {
    return this.#nextDueAt.get(service, now);
  }

  /** Those that open items wait for. */
  services(): readonly string[] {
    return this.#services.all();
  }

  /** Gives open items of a kind their service that were enqueued before anybody knew it. */
  adopt(kind: string, serviceOf: (payload: unknown) => string): void {
    for (const { id, payload } of this.#strays.all({ kind })) this.#adopt.run({ id, service: serviceOf(JSON.parse(payload)) });
  }

  /** Marks, durably, that a request may be sent from now on. */
  markCommitted(id: string, now: number): void {
    // With NORMAL a power loss may lose the mark after the request was sent, and it would be sent again.
    this.#db.pragma('synchronous = FULL');
    try {
      this.#mark.run({ id, now, committedAt: now });
    } finally {
      this.#db.pragma('synchronous = NORMAL');
    }
  }

  /** Marks that an attempt goes on which is to be committed yet. */
  markAttempt(id: string, now: number): void {
    this.#mark.run({ id, now, committedAt: null });
  }

  /** Outlives the process. */
  commit(id: string, now: number): void {
    this.#commit.run(now, id);
  }

  /** Runs `alongside` in the same transaction. */
  postpone({ code, lastAttemptAt, ...item }: Postponed, alongside: () => void): void {
    this.#db.transaction(() => {
      this.#postpone.run({ ...item, code: code ?? null, lastAttemptAt: lastAttemptAt ?? null });
      alongside();
    })();
  }

  /** Runs `alongside` in the same transaction. */
  end({ id, state, endedAt, code, message }: Ended, alongside: () => void): void {
    this.#db.transaction(() => {
      this.#end.run({ id, state, endedAt, code: code ?? null, message: message ?? null });
      alongside();
    })();
  }

  /** Items in flight when the last process ended: in doubt where they were committed, else as if they had not begun. */
  settleOrphans(): { readonly doubtful: number; readonly waiting: number } {
    return this.#db.transaction(() => ({ doubtful: this.#doubt.run().changes, waiting: this.#release.run().changes }))();
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

  /** Withdraws an item that is not being attempted and is not in doubt. */
  withdraw(id: string): boolean {
    return this.#withdraw.run(id).changes > 0;
  }

  /** Due at `dueAt` unless it is before. */
  advance(id: string, dueAt: number): void {
    this.#advance.run(dueAt, id);
  }

  /** What waits for another attempt is due now. */
  hasten(service: string, now: number): void {
    this.#hasten.run({ service, now });
  }

  /** By kind; kinds without open items are missing. */
  openByKind(): ReadonlyMap<string, OpenCounts> {
    const counts = new Map<string, Record<keyof OpenCounts, number>>();
    for (const { kind, state, n } of this.#openByKind.all()) {
      const of = counts.get(kind) ?? { waiting: 0, attempting: 0, doubtful: 0 };
      counts.set(kind, { ...of, [state]: n });
    }
    return counts;
  }

  counts(): Readonly<Record<OutboxState, number>> {
    const counts = { waiting: 0, attempting: 0, doubtful: 0, done: 0, failed: 0, unknown: 0 };
    for (const { state, n } of this.#counts.all()) counts[state] = n;
    return counts;
  }

  openCount(kind: string): number {
    return this.#openCount.get(kind) ?? 0;
  }

  open(kind: string): readonly OutboxItem[] {
    return this.#open.all(kind).map(fromRow);
  }

  openOfServices(services: readonly string[]): OpenCounts {
    const counts = { waiting: 0, attempting: 0, doubtful: 0 };
    for (const service of services) for (const { state, n } of this.#openStates.all(service)) counts[state] += n;
    return counts;
  }

  openOfService(service: string): number {
    return this.#openOfService.get(service) ?? 0;
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
    committedAt: row.committed_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    code: row.code ?? undefined,
    message: row.message ?? undefined,
  };
}
