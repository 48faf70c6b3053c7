import type { WebhookDeliveryId } from '#base/ids.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import type { ListRequest } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { DestinationId } from './destination.ts';
import type { Tried, WebhookDelivery, WebhookEventName, WebhookState } from './webhook-delivery.ts';

type Row = {
  readonly id: WebhookDeliveryId;
  readonly destination_id: DestinationId;
  readonly event: WebhookEventName;
  readonly body: string;
  readonly outbox_id: string | null;
  readonly state: WebhookState;
  readonly reason: DeliveryReason | null;
  readonly detail: string | null;
  readonly attempts: number;
  readonly next_at: number | null;
  readonly milliseconds: number | null;
  readonly status: number | null;
  readonly url: string | null;
  readonly request_headers: string | null;
  readonly reply_headers: string | null;
  readonly reply_body: string | null;
  readonly created_at: number;
  readonly ended_at: number | null;
};

type Values = Record<string, string | number | null>;

export type NewWebhookDelivery = Pick<WebhookDelivery, 'id' | 'destinationId' | 'event' | 'body' | 'state' | 'createdAt'> & {
  readonly outboxId: string | undefined;
};

/** What a try, or the want of one, makes of a delivery. */
export type WebhookProgress = {
  readonly state: WebhookState;
  readonly nextAt?: number | undefined;
  readonly endedAt?: number | undefined;
} & ({ readonly tried: Tried } | { readonly reason: DeliveryReason; readonly detail?: string | undefined });

export type WebhookDeliveryFilter = { readonly state?: WebhookState | undefined; readonly event?: string | undefined };

/** The SQL of the table `webhook_deliveries`. */
export class WebhookDeliveryStore {
  readonly #db: OpenedDatabase['db'];
  readonly #insert;
  readonly #byId;
  readonly #sending;
  readonly #tried;
  readonly #untried;
  readonly #reopen;
  readonly #due;
  readonly #openOf;
  readonly #openCount;
  readonly #lastOf;
  readonly #endOpen;
  readonly #pruneOld;
  readonly #pruneMany;
  readonly #shift;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#insert = db.prepare<[Values]>(
      `INSERT INTO webhook_deliveries (id, destination_id, event, body, outbox_id, state, next_at, created_at)
       VALUES (:id, :destinationId, :event, :body, :outboxId, :state, :createdAt, :createdAt)`,
    );
    this.#byId = db.prepare<[string], Row>('SELECT * FROM webhook_deliveries WHERE id = ?');
    this.#sending = db.prepare<[string]>(
      "UPDATE webhook_deliveries SET state = 'sending', next_at = NULL WHERE id = ? AND ended_at IS NULL",
    );
    this.#tried = db.prepare<[Values]>(
      `UPDATE webhook_deliveries SET state = :state, next_at = :nextAt, ended_at = :endedAt, attempts = attempts + 1, reason = :reason,
       detail = :detail, milliseconds = :milliseconds, status = :status, url = :url, request_headers = :requestHeaders,
       reply_headers = :replyHeaders, reply_body = :replyBody WHERE id = :id AND ended_at IS NULL`,
    );
    this.#untried = db.prepare<[Values]>(
      `UPDATE webhook_deliveries SET state = :state, next_at = :nextAt, ended_at = :endedAt, reason = :reason, detail = :detail
       WHERE id = :id AND ended_at IS NULL`,
    );
    this.#reopen = db.prepare<[Values]>(
      `UPDATE webhook_deliveries SET state = 'waiting', outbox_id = :outboxId, next_at = :now, ended_at = NULL WHERE id = :id`,
    );
    this.#due = db.prepare<[Values]>("UPDATE webhook_deliveries SET next_at = :now WHERE id = :id AND state = 'waiting'");
    this.#openOf = db.prepare<[string], { outboxId: string | null }>(
      'SELECT outbox_id AS outboxId FROM webhook_deliveries WHERE destination_id = ? AND ended_at IS NULL',
    );
    this.#openCount = db.prepare<[string], { n: number }>(
      'SELECT count(*) AS n FROM webhook_deliveries WHERE destination_id = ? AND ended_at IS NULL',
    );
    this.#lastOf = db.prepare<[string], Row>(
      'SELECT * FROM webhook_deliveries WHERE destination_id = ? AND attempts > 0 ORDER BY sequence DESC LIMIT 1',
    );
    this.#endOpen = db.prepare<[Values]>(
      `UPDATE webhook_deliveries SET state = :state, reason = :reason, next_at = NULL, ended_at = :now
       WHERE ended_at IS NULL AND (:destinationId IS NULL OR destination_id = :destinationId)`,
    );
    this.#pruneOld = db.prepare<[number]>('DELETE FROM webhook_deliveries WHERE ended_at IS NOT NULL AND ended_at < ?');
    this.#pruneMany = db.prepare<[{ destinationId: string; kept: number }]>(
      `DELETE FROM webhook_deliveries WHERE destination_id = :destinationId AND ended_at IS NOT NULL AND sequence <= (
         SELECT sequence FROM webhook_deliveries WHERE destination_id = :destinationId ORDER BY sequence DESC LIMIT 1 OFFSET :kept)`,
    );
    this.#shift = db.prepare<[number]>('UPDATE webhook_deliveries SET next_at = next_at + ? WHERE ended_at IS NULL');
  }

  insert(delivery: NewWebhookDelivery): void {
    this.#insert.run({ ...delivery, outboxId: delivery.outboxId ?? null });
  }

  byId(id: string): WebhookDelivery | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  sending(id: WebhookDeliveryId): void {
    this.#sending.run(id);
  }

  /** Nothing where it has ended already. */
  progress(id: WebhookDeliveryId, { state, nextAt, endedAt, ...how }: WebhookProgress): void {
    const given = { id, state, nextAt: nextAt ?? null, endedAt: endedAt ?? null };
    if (!('tried' in how)) {
      this.#untried.run({ ...given, reason: how.reason, detail: how.detail ?? null });
      return;
    }
    const { reason, detail, status, requestHeaders, replyHeaders, ...tried } = how.tried;
    this.#tried.run({
      ...given,
      ...tried,
      reason: reason ?? null,
      detail: detail ?? null,
      status: status ?? null,
      requestHeaders: JSON.stringify(requestHeaders),
      replyHeaders: JSON.stringify(replyHeaders),
    });
  }

  /** What has ended is to be sent once more. */
  reopen(id: WebhookDeliveryId, outboxId: string, now: number): void {
    this.#reopen.run({ id, outboxId, now });
  }

  /** What waits is to be tried now. */
  due(id: WebhookDeliveryId, now: number): void {
    this.#due.run({ id, now });
  }

  /** The ids in the outbox of what is still to be sent. */
  openOf(destinationId: DestinationId): readonly string[] {
    return this.#openOf.all(destinationId).flatMap(({ outboxId }) => outboxId ?? []);
  }

  openCount(destinationId: DestinationId): number {
    return this.#openCount.get(destinationId)?.n ?? 0;
  }

  /** The newest that was tried. */
  lastOf(destinationId: DestinationId): WebhookDelivery | undefined {
    const row = this.#lastOf.get(destinationId);
    return row === undefined ? undefined : fromRow(row);
  }

  /** Of one destination, or of all. */
  endOpen(end: {
    readonly state: WebhookState;
    readonly reason: DeliveryReason;
    readonly now: number;
    readonly destinationId?: DestinationId;
  }): void {
    this.#endOpen.run({ ...end, destinationId: end.destinationId ?? null });
  }

  list(
    destinationId: DestinationId,
    filter: WebhookDeliveryFilter,
    { limit, offset, order }: ListRequest,
  ): readonly WebhookDelivery[] {
    const { where, given } = filtered(destinationId, filter);
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    return this.#db
      .prepare<[Values], Row>(
        `SELECT * FROM webhook_deliveries WHERE ${where} ORDER BY sequence ${direction} LIMIT :limit OFFSET :offset`,
      )
      .all({ ...given, limit, offset })
      .map(fromRow);
  }

  count(destinationId: DestinationId, filter: WebhookDeliveryFilter): number {
    const { where, given } = filtered(destinationId, filter);
    return (
      this.#db.prepare<[Values], { n: number }>(`SELECT count(*) AS n FROM webhook_deliveries WHERE ${where}`).get(given)?.n ?? 0
    );
  }

  prune(endedBefore: number): void {
    this.#pruneOld.run(endedBefore);
  }

  /** Leaves the newest of a destination, and what is still to be sent. */
  pruneTo(destinationId: DestinationId, kept: number): void {
    this.#pruneMany.run({ destinationId, kept });
  }

  /** The clock was set: what waits keeps its distance from now. */
  shiftDueTimes(byMs: number): void {
    this.#shift.run(byMs);
  }
}

function filtered(destinationId: DestinationId, { state, event }: WebhookDeliveryFilter): { where: string; given: Values } {
  const parts = [
    'destination_id = :destinationId',
    ...(state === undefined ? [] : ['state = :state']),
    ...(event === undefined ? [] : ['event = :event']),
  ];
  return {
    where: parts.join(' AND '),
    given: { destinationId, ...(state === undefined ? {} : { state }), ...(event === undefined ? {} : { event }) },
  };
}

function fromRow(row: Row): WebhookDelivery {
  const { url } = row;
  return {
    id: row.id,
    destinationId: row.destination_id,
    event: row.event,
    body: row.body,
    outboxId: row.outbox_id ?? undefined,
    state: row.state,
    reason: row.reason ?? undefined,
    detail: row.detail ?? undefined,
    attempts: row.attempts,
    nextAt: row.next_at ?? undefined,
    milliseconds: row.milliseconds ?? undefined,
    status: row.status ?? undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
    exchange:
      url === null
        ? undefined
        : {
            url,
            requestHeaders: headersOf(row.request_headers),
            replyHeaders: headersOf(row.reply_headers),
            replyBody: row.reply_body ?? '',
          },
  };
}

function headersOf(json: string | null): Readonly<Record<string, string>> {
  return json === null ? {} : (JSON.parse(json) as Record<string, string>);
}
