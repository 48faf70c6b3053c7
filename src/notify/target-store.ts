import type { PersonId, TargetId } from '#base/ids.ts';
import type { ChannelId, DeliveryReason } from '#contract/notification-kinds.ts';
import type { ListRequest, Listed } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { KeptTarget } from './target.ts';

type Row = {
  readonly id: TargetId;
  readonly person_id: PersonId;
  readonly channel: ChannelId;
  readonly name: string;
  readonly address: string;
  readonly settings: string;
  readonly is_enabled: number;
  readonly problem: DeliveryReason | null;
  readonly delivered_at: number | null;
  readonly created_at: number;
  readonly changed_at: number;
};

export type TargetFilter = { readonly personId?: PersonId | undefined; readonly channel?: ChannelId | undefined };

const columns = 'id, person_id, channel, name, address, settings, is_enabled, problem, delivered_at, created_at, changed_at';
const sorts: Readonly<Record<string, string>> = { createdAt: 'created_at', name: 'name COLLATE NOCASE' };

/** The SQL of the table `notification_targets`. */
export class TargetStore {
  readonly #db: OpenedDatabase['db'];
  readonly #insert;
  readonly #update;
  readonly #delete;
  readonly #byId;
  readonly #ofPerson;
  readonly #byAddress;
  readonly #browser;
  readonly #settle;
  readonly #channels;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#insert = db.prepare<[Row & { secret: Buffer | null }]>(
      `INSERT INTO notification_targets (${columns}, secret) VALUES (:id, :person_id, :channel, :name, :address, :settings,
         :is_enabled, :problem, :delivered_at, :created_at, :changed_at, :secret)`,
    );
    this.#update = db.prepare<[Row]>(
      `UPDATE notification_targets SET person_id = :person_id, name = :name, address = :address, settings = :settings,
         is_enabled = :is_enabled, problem = :problem, changed_at = :changed_at WHERE id = :id`,
    );
    this.#delete = db.prepare<[string]>('DELETE FROM notification_targets WHERE id = ?');
    this.#byId = db.prepare<[string], Row>(`SELECT ${columns} FROM notification_targets WHERE id = ?`);
    this.#ofPerson = db.prepare<[string], Row>(
      `SELECT ${columns} FROM notification_targets WHERE person_id = ? ORDER BY created_at, id`,
    );
    this.#byAddress = db.prepare<[string, string, string], Row>(
      `SELECT ${columns} FROM notification_targets WHERE person_id = ? AND channel = ? AND address = ?`,
    );
    this.#browser = db.prepare<[string], Row>(
      `SELECT ${columns} FROM notification_targets WHERE channel = 'web-push' AND address = ?`,
    );
    this.#settle = db.prepare<[string | null, number | null, string]>(
      'UPDATE notification_targets SET problem = ?, delivered_at = coalesce(?, delivered_at) WHERE id = ?',
    );
    this.#channels = db.prepare<[string], { n: number }>('SELECT count(*) AS n FROM notification_targets WHERE channel = ?');
  }

  /** `secret` is sealed. */
  insert(target: KeptTarget, secret: Buffer | undefined): void {
    this.#insert.run({ ...toRow(target), secret: secret ?? null });
  }

  update(target: KeptTarget): void {
    this.#update.run(toRow(target));
  }

  delete(id: TargetId): void {
    this.#delete.run(id);
  }

  byId(id: string): KeptTarget | undefined {
    return fromRow(this.#byId.get(id));
  }

  ofPerson(personId: PersonId): readonly KeptTarget[] {
    return this.#ofPerson.all(personId).flatMap((row) => fromRow(row) ?? []);
  }

  byAddress(personId: PersonId, channel: ChannelId, address: string): KeptTarget | undefined {
    return fromRow(this.#byAddress.get(personId, channel, address));
  }

  /** Whoever's it is. */
  browser(address: string): KeptTarget | undefined {
    return fromRow(this.#browser.get(address));
  }

  /** How the last delivery there ended; `deliveredAt` undefined: it did not arrive. */
  settle(id: TargetId, { problem, deliveredAt }: Pick<KeptTarget, 'problem' | 'deliveredAt'>): void {
    this.#settle.run(problem ?? null, deliveredAt ?? null, id);
  }

  /** How many there are on a channel. */
  count(channel: ChannelId): number {
    return this.#channels.get(channel)?.n ?? 0;
  }

  list({ personId, channel }: TargetFilter, { limit, offset, sort, order }: ListRequest): Listed<KeptTarget> {
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    const conditions = [
      ...(personId === undefined ? [] : ['person_id = :personId']),
      ...(channel === undefined ? [] : ['channel = :channel']),
    ];
    const from = `FROM notification_targets ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}`;
    const given = { personId, channel, limit, offset };
    const rows = this.#db
      .prepare<[object], Row>(
        `SELECT ${columns} ${from} ORDER BY ${sorts[sort]} ${direction}, id ${direction} LIMIT :limit OFFSET :offset`,
      )
      .all(given);
    const total = this.#db.prepare<[object], { n: number }>(`SELECT count(*) AS n ${from}`).get(given)?.n ?? 0;
    return { items: rows.flatMap((row) => fromRow(row) ?? []), total };
  }
}

function toRow(target: KeptTarget): Row {
  return {
    id: target.id,
    person_id: target.personId,
    channel: target.channel,
    name: target.name,
    address: target.address,
    settings: JSON.stringify(target.settings),
    is_enabled: target.isEnabled ? 1 : 0,
    problem: target.problem ?? null,
    delivered_at: target.deliveredAt ?? null,
    created_at: target.createdAt,
    changed_at: target.changedAt,
  };
}

function fromRow(row: Row | undefined): KeptTarget | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    personId: row.person_id,
    channel: row.channel,
    name: row.name,
    address: row.address,
    settings: JSON.parse(row.settings) as Readonly<Record<string, unknown>>,
    isEnabled: row.is_enabled === 1,
    problem: row.problem ?? undefined,
    deliveredAt: row.delivered_at ?? undefined,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}
