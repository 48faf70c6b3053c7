import type { EventName } from '#contract/facts.ts';
import type { ListRequest } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Destination, DestinationId } from './destination.ts';

type Row = {
  readonly id: DestinationId;
  readonly name: string;
  readonly url: string;
  readonly allows_private: number;
  readonly events: string;
  readonly enabled: number;
  readonly created_at: number;
  readonly changed_at: number;
};

const columns: Readonly<Record<string, string>> = { createdAt: 'created_at', name: 'name COLLATE NOCASE' };

/** The SQL of the table `webhook_destinations`. */
export class DestinationStore {
  readonly #db: OpenedDatabase['db'];
  readonly #insert;
  readonly #update;
  readonly #delete;
  readonly #byId;
  readonly #count;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#insert = db.prepare<[Row & { secret: Buffer }]>(
      `INSERT INTO webhook_destinations (id, name, url, allows_private, events, enabled, secret, created_at, changed_at)
       VALUES (:id, :name, :url, :allows_private, :events, :enabled, :secret, :created_at, :changed_at)`,
    );
    this.#update = db.prepare<[Row]>(
      `UPDATE webhook_destinations SET name = :name, url = :url, allows_private = :allows_private, events = :events,
       enabled = :enabled, changed_at = :changed_at WHERE id = :id`,
    );
    this.#delete = db.prepare<[string]>('DELETE FROM webhook_destinations WHERE id = ?');
    this.#byId = db.prepare<[string], Row>('SELECT * FROM webhook_destinations WHERE id = ?');
    this.#count = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM webhook_destinations');
  }

  /** `secret` is sealed. */
  insert(destination: Destination, secret: Buffer): void {
    this.#insert.run({ ...toRow(destination), secret });
  }

  update(destination: Destination): void {
    this.#update.run(toRow(destination));
  }

  delete(id: DestinationId): void {
    this.#delete.run(id);
  }

  byId(id: string): Destination | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
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
}

function toRow({ id, name, url, allowsPrivate, events, enabled, createdAt, changedAt }: Destination): Row {
  return {
    id,
    name,
    url,
    allows_private: allowsPrivate ? 1 : 0,
    events: JSON.stringify(events),
    enabled: enabled ? 1 : 0,
    created_at: createdAt,
    changed_at: changedAt,
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
    enabled: row.enabled === 1,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}
