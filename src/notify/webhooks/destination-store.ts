import type { EventName } from '#contract/facts.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import type { ListRequest } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Destination, DestinationId } from './destination.ts';

type Row = {
  readonly id: DestinationId;
  readonly name: string;
  readonly url: string;
  readonly allows_private: number;
  readonly events: string;
  readonly includes_content: number;
  readonly enabled: number;
  readonly switched_off_because: DeliveryReason | null;
  readonly previous_until: number | null;
  readonly dropped: number;
  readonly created_at: number;
  readonly changed_at: number;
};

const columns: Readonly<Record<string, string>> = { createdAt: 'created_at', name: 'name COLLATE NOCASE' };

/** The SQL of the table `webhook_destinations`. */
export class DestinationStore {
  readonly #db: OpenedDatabase['db'];
  readonly #insert;
  readonly #update;
  readonly #drop;
  readonly #delete;
  readonly #byId;
  readonly #all;
  readonly #count;
  readonly #shift;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#insert = db.prepare<[Row & { secret: Buffer }]>(
      `INSERT INTO webhook_destinations (id, name, url, allows_private, events, includes_content, enabled, switched_off_because,
         previous_until, dropped, secret, created_at, changed_at)
       VALUES (:id, :name, :url, :allows_private, :events, :includes_content, :enabled, :switched_off_because,
         :previous_until, :dropped, :secret, :created_at, :changed_at)`,
    );
    this.#update = db.prepare<[Row]>(
      `UPDATE webhook_destinations SET name = :name, url = :url, allows_private = :allows_private, events = :events,
       includes_content = :includes_content, enabled = :enabled, switched_off_because = :switched_off_because,
       previous_until = :previous_until, changed_at = :changed_at WHERE id = :id`,
    );
    this.#drop = db.prepare<[number, string]>('UPDATE webhook_destinations SET dropped = dropped + ? WHERE id = ?');
    this.#delete = db.prepare<[string]>('DELETE FROM webhook_destinations WHERE id = ?');
    this.#byId = db.prepare<[string], Row>('SELECT * FROM webhook_destinations WHERE id = ?');
    this.#all = db.prepare<[], Row>('SELECT * FROM webhook_destinations ORDER BY created_at, id');
    this.#count = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM webhook_destinations');
    this.#shift = db.prepare<[number]>('UPDATE webhook_destinations SET previous_until = previous_until + ?');
  }

  /** `secret` is sealed. */
  insert(destination: Destination, secret: Buffer): void {
    this.#insert.run({ ...toRow(destination), secret });
  }

  /** All but `dropped`. */
  update(destination: Destination): void {
    this.#update.run(toRow(destination));
  }

  /** So many more events were not queued. */
  drop(id: DestinationId, events: number): void {
    this.#drop.run(events, id);
  }

  delete(id: DestinationId): void {
    this.#delete.run(id);
  }

  byId(id: string): Destination | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  all(): readonly Destination[] {
    return this.#all.all().map(fromRow);
  }

  list({ limit, offset, sort, order }: ListRequest): readonly Destination[] {
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    return this.#db
      .prepare<[object], Row>(
        `SELECT * FROM webhook_destinations ORDER BY ${columns[sort]} ${direction}, id ${direction} LIMIT :limit OFFSET :offset`,
      )
      .all({ limit, offset })
      .map(fromRow);
  }

  count(): number {
    return this.#count.get()?.n ?? 0;
  }

  /** The clock was set: an old secret signs as long as it would have. */
  shiftDueTimes(byMs: number): void {
    this.#shift.run(byMs);
  }
}

function toRow(destination: Destination): Row {
  return {
    id: destination.id,
    name: destination.name,
    url: destination.url,
    allows_private: destination.allowsPrivate ? 1 : 0,
    events: JSON.stringify(destination.events),
    includes_content: destination.includesContent ? 1 : 0,
    enabled: destination.enabled ? 1 : 0,
    switched_off_because: destination.switchedOffBecause ?? null,
    previous_until: destination.oldSecretUntil ?? null,
    dropped: destination.dropped,
    created_at: destination.createdAt,
    changed_at: destination.changedAt,
  };
}

function fromRow(row: Row): Destination {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    allowsPrivate: row.allows_private === 1,
    // Only names of the contract are ever written.
    events: JSON.parse(row.events) as EventName[],
    includesContent: row.includes_content === 1,
    enabled: row.enabled === 1,
    switchedOffBecause: row.switched_off_because ?? undefined,
    oldSecretUntil: row.previous_until ?? undefined,
    dropped: row.dropped,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}
