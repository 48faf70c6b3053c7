import type { DeliveryId, PersonId, TargetId } from '#base/ids.ts';
import type { ChannelId, DeliveryKind, DeliveryReason, DeliveryState } from '#contract/notification-kinds.ts';
import type { ListRequest, Listed } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Because, EndState, KeptDelivery, OpenState } from './delivery.ts';
import { itemIdOf } from './kinds/notification.ts';
import type { Notification } from './kinds/notification.ts';

type Row = {
  readonly id: DeliveryId;
  readonly dedupe_key: string;
  readonly person_id: PersonId;
  readonly target_id: TargetId | null;
  readonly channel: ChannelId;
  readonly kind: DeliveryKind;
  readonly item: string;
  readonly item_id: string;
  readonly outbox_id: string | null;
  readonly state: DeliveryState;
  readonly reason: DeliveryReason | null;
  readonly detail: string | null;
  readonly attempts: number;
  readonly next_at: number | null;
  readonly request: string | null;
  readonly reply: string | null;
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly resent_from: DeliveryId | null;
};

export type DeliveryFilter = {
  readonly personId?: PersonId | undefined;
  readonly kind?: DeliveryKind | undefined;
  readonly channel?: ChannelId | undefined;
  readonly state?: DeliveryState | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

const conditions: Readonly<Record<keyof DeliveryFilter, string>> = {
  personId: 'person_id = :personId',
  kind: 'kind = :kind',
  channel: 'channel = :channel',
  state: 'state = :state',
  from: 'created_at >= :from',
  to: 'created_at < :to',
};

const open = "state IN ('held', 'waiting', 'sending')";
const notBegun = "state IN ('held', 'waiting')";

/** The SQL of the table `deliveries`. */
export class DeliveryStore {
  readonly #db: OpenedDatabase['db'];
  readonly #insert;
  readonly #byId;
  readonly #byDedupe;
  readonly #ofOutbox;
  readonly #ofItem;
  readonly #persons;
  readonly #held;
  readonly #heldOfPerson;
  readonly #openOfPerson;
  readonly #withoutTarget;
  readonly #bundle;
  readonly #undelivered;
  readonly #undeliveredCount;
  readonly #resends;
  readonly #place;
  readonly #began;
  readonly #postpone;
  readonly #end;
  readonly #settleOrphans;
  readonly #waiting;
  readonly #shift;
  readonly #prune;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    const select = (where: string) => `SELECT * FROM deliveries WHERE ${where}`;
    this.#insert = db.prepare<[Row]>(
      `INSERT INTO deliveries (id, dedupe_key, person_id, target_id, channel, kind, item, item_id, outbox_id, state, reason, detail,
         attempts, next_at, request, reply, created_at, ended_at, resent_from)
       VALUES (:id, :dedupe_key, :person_id, :target_id, :channel, :kind, :item, :item_id, :outbox_id, :state, :reason, :detail,
         :attempts, :next_at, :request, :reply, :created_at, :ended_at, :resent_from)`,
    );
    this.#byId = db.prepare<[string], Row>(select('id = ?'));
    this.#byDedupe = db.prepare<[string], Row>(select('dedupe_key = ?'));
    this.#ofOutbox = db.prepare<[string], Row>(select(`outbox_id = ? AND ${open} ORDER BY sequence`));
    this.#ofItem = db.prepare<[string, string], Row>(select(`item_id = ? AND kind = ? AND ${notBegun} ORDER BY sequence`));
    this.#persons = db
      .prepare<[string, string], PersonId>('SELECT DISTINCT person_id FROM deliveries WHERE item_id = ? AND kind = ?')
      .pluck();
    this.#held = db.prepare<[], Row>(select("state = 'held' ORDER BY sequence"));
    this.#heldOfPerson = db.prepare<[string], Row>(select("person_id = ? AND state = 'held' ORDER BY sequence"));
    this.#openOfPerson = db.prepare<[string], Row>(select(`person_id = ? AND ${open}`));
    this.#withoutTarget = db.prepare<[], Row>(select(`${notBegun} AND target_id IS NULL`));
    this.#bundle = db.prepare<[{ targetId: string; state: OpenState; from: number; to: number }], Row>(
      select(
        `target_id = :targetId AND state = :state AND attempts = 0 AND next_at BETWEEN :from AND :to ORDER BY sequence LIMIT 1`,
      ),
    );
    const undelivered = `state IN ('failed', 'unknown', 'dropped') AND kind NOT IN ('incoming-call', 'call-over')
      AND target_id IS NOT NULL AND created_at >= :since AND (:channel IS NULL OR channel = :channel)
      AND NOT EXISTS (SELECT 1 FROM deliveries AS later WHERE later.sequence > deliveries.sequence
        AND later.resent_from = coalesce(deliveries.resent_from, deliveries.id))`;
    this.#undelivered = db.prepare<[{ since: number; channel: string | null; limit: number }], Row>(
      select(`${undelivered} ORDER BY sequence LIMIT :limit`),
    );
    this.#undeliveredCount = db
      .prepare<[{ since: number; channel: string | null }], number>(`SELECT count(*) FROM deliveries WHERE ${undelivered}`)
      .pluck();
    this.#resends = db.prepare<[string], number>('SELECT count(*) FROM deliveries WHERE resent_from = ?').pluck();
    this.#place = db.prepare<[{ id: string; outboxId: string; state: OpenState; nextAt: number }]>(
      'UPDATE deliveries SET outbox_id = :outboxId, state = :state, next_at = :nextAt WHERE id = :id',
    );
    this.#began = db.prepare<[string]>(
      `UPDATE deliveries SET state = 'sending', attempts = attempts + 1, next_at = NULL WHERE outbox_id = ? AND ${open}`,
    );
    this.#postpone = db.prepare<[Record<string, string | number | null>]>(
      `UPDATE deliveries SET state = 'waiting', next_at = :nextAt, reason = :reason, detail = :detail, request = :request, reply = :reply
       WHERE outbox_id = :outboxId AND ${open}`,
    );
    this.#end = db.prepare<[Record<string, string | number | null>]>(
      `UPDATE deliveries SET state = :state, ended_at = :endedAt, next_at = NULL, reason = :reason, detail = :detail,
       request = coalesce(:request, request), reply = coalesce(:reply, reply) WHERE id = :id AND ${open}`,
    );
    this.#settleOrphans = db.prepare<[number]>("UPDATE deliveries SET state = 'waiting', next_at = ? WHERE state = 'sending'");
    this.#waiting = db.prepare<[string], number>(`SELECT count(*) FROM deliveries WHERE channel = ? AND ${open}`).pluck();
    this.#shift = db.prepare<[{ byMs: number }]>(
      `UPDATE deliveries SET next_at = next_at + :byMs WHERE next_at IS NOT NULL AND ${open}`,
    );
    this.#prune = db.prepare<[number]>('DELETE FROM deliveries WHERE ended_at IS NOT NULL AND ended_at < ?');
  }

  insert(delivery: KeptDelivery): void {
    this.#insert.run(toRow(delivery));
  }

  byId(id: string): KeptDelivery | undefined {
    return this.#byId.all(id).map(fromRow)[0];
  }

  byDedupe(dedupe: string): KeptDelivery | undefined {
    return this.#byDedupe.all(dedupe).map(fromRow)[0];
  }

  /** Those of an item of the outbox that have not ended, the oldest first. */
  ofOutbox(outboxId: string): readonly KeptDelivery[] {
    return this.#ofOutbox.all(outboxId).map(fromRow);
  }

  /** Those about something that are not on their way. */
  notBegunOf(itemId: string, kind: DeliveryKind): readonly KeptDelivery[] {
    return this.#ofItem.all(itemId, kind).map(fromRow);
  }

  personsOf(itemId: string, kind: DeliveryKind): readonly PersonId[] {
    return this.#persons.all(itemId, kind);
  }

  /** Null: everybody's. */
  held(personId: PersonId | null): readonly KeptDelivery[] {
    return (personId === null ? this.#held.all() : this.#heldOfPerson.all(personId)).map(fromRow);
  }

  openOf(personId: PersonId): readonly KeptDelivery[] {
    return this.#openOfPerson.all(personId).map(fromRow);
  }

  /** Those whose target is gone and that are not on their way. */
  notBegunWithoutTarget(): readonly KeptDelivery[] {
    return this.#withoutTarget.all().map(fromRow);
  }

  /** The first of those that wait for one target until a time in between and were never attempted. */
  waitingFor(
    targetId: TargetId,
    { state, from, to }: { readonly state: OpenState; readonly from: number; readonly to: number },
  ): KeptDelivery | undefined {
    return this.#bundle.all({ targetId, state, from, to }).map(fromRow)[0];
  }

  /** What did not arrive, or may not have, and was not sent again. */
  undelivered(since: number, channel: ChannelId | undefined, limit: number): readonly KeptDelivery[] {
    return this.#undelivered.all({ since, channel: channel ?? null, limit }).map(fromRow);
  }

  undeliveredCount(since: number, channel: ChannelId | undefined): number {
    return this.#undeliveredCount.get({ since, channel: channel ?? null }) ?? 0;
  }

  /** How often one was sent again. */
  resends(first: DeliveryId): number {
    return this.#resends.get(first) ?? 0;
  }

  /** Has one wait as, or in, an item of the outbox. */
  place(
    id: DeliveryId,
    { outboxId, state, nextAt }: { readonly outboxId: string; readonly state: OpenState; readonly nextAt: number },
  ): void {
    this.#place.run({ id, outboxId, state, nextAt });
  }

  began(outboxId: string): void {
    this.#began.run(outboxId);
  }

  postpone(outboxId: string, nextAt: number, because: Because): void {
    this.#postpone.run({ outboxId, nextAt, ...columnsOf(because) });
  }

  end(id: DeliveryId, state: EndState, { endedAt, ...because }: Because & { readonly endedAt: number }): void {
    this.#end.run({ id, state, endedAt, ...columnsOf(because) });
  }

  /** What was on its way when the last process ended; its item in the outbox knows what becomes of it. */
  settleOrphans(now: number): void {
    this.#settleOrphans.run(now);
  }

  /** How many of a channel have not ended. */
  waiting(channel: ChannelId): number {
    return this.#waiting.get(channel) ?? 0;
  }

  list(filter: DeliveryFilter, { limit, offset, order }: ListRequest): Listed<KeptDelivery> {
    const given = (Object.keys(conditions) as (keyof DeliveryFilter)[]).filter((name) => filter[name] !== undefined);
    const where = given.length === 0 ? '' : `WHERE ${given.map((name) => conditions[name]).join(' AND ')}`;
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    const values = { ...filter, limit, offset };
    const rows = this.#db
      .prepare<[object], Row>(
        `SELECT * FROM deliveries ${where} ORDER BY created_at ${direction}, sequence ${direction} LIMIT :limit OFFSET :offset`,
      )
      .all(values);
    const total = this.#db.prepare<[object], number>(`SELECT count(*) FROM deliveries ${where}`).pluck().get(values) ?? 0;
    return { items: rows.map(fromRow), total };
  }

  /** The clock was set: what waits keeps its distance from now. */
  shiftDueTimes(byMs: number): void {
    this.#shift.run({ byMs });
  }

  prune(endedBefore: number): void {
    this.#prune.run(endedBefore);
  }
}

function columnsOf({ reason, detail, exchange }: Because) {
  const reply = exchange === undefined ? null : [exchange.status, exchange.reply].filter((part) => part !== undefined).join('\n');
  return { reason: reason ?? null, detail: detail ?? null, request: exchange?.request ?? null, reply };
}

function toRow(delivery: KeptDelivery): Row {
  const { notification } = delivery;
  return {
    id: delivery.id,
    dedupe_key: delivery.dedupe,
    person_id: delivery.personId,
    target_id: delivery.targetId ?? null,
    channel: delivery.channel,
    kind: notification.kind,
    item: JSON.stringify(notification.item),
    item_id: itemIdOf(notification),
    outbox_id: delivery.outboxId ?? null,
    state: delivery.state,
    reason: delivery.reason ?? null,
    detail: delivery.detail ?? null,
    attempts: delivery.attempts,
    next_at: delivery.nextAt ?? null,
    request: delivery.request ?? null,
    reply: delivery.reply ?? null,
    created_at: delivery.createdAt,
    ended_at: delivery.endedAt ?? null,
    resent_from: delivery.resentFrom ?? null,
  };
}

function fromRow(row: Row): KeptDelivery {
  return {
    id: row.id,
    dedupe: row.dedupe_key,
    personId: row.person_id,
    targetId: row.target_id ?? undefined,
    channel: row.channel,
    // What was written is of one kind with its item.
    notification: { kind: row.kind, item: JSON.parse(row.item) } as Notification,
    outboxId: row.outbox_id ?? undefined,
    state: row.state,
    reason: row.reason ?? undefined,
    detail: row.detail ?? undefined,
    attempts: row.attempts,
    nextAt: row.next_at ?? undefined,
    request: row.request ?? undefined,
    reply: row.reply ?? undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
    resentFrom: row.resent_from ?? undefined,
  };
}
