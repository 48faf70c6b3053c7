import type { AutoReplyId, ConversationId, MessageId, PersonId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { KeptCounts } from '#storage/kept-counts.ts';
import { Statements } from '#storage/statements.ts';
import { TextSearch } from '#storage/text-search.ts';
import type { TextCondition } from '#storage/text-search.ts';
import type { PageRequest } from './conversation-store.ts';
import type { Message, NumberPair } from './message.ts';
import type { MessageState } from './message-states.ts';

/** All given conditions must hold. */
export type MessageFilter = {
  readonly ourNumbers?: readonly string[] | undefined;
  readonly conversationId?: ConversationId | undefined;
  readonly farNumber?: string | undefined;
  readonly direction?: 'inbound' | 'outbound' | undefined;
  readonly state?: MessageState | undefined;
  readonly isUnread?: boolean | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Part of the body. */
  readonly text?: string | undefined;
};

export type NewMessage = Omit<Message, keyof NumberPair | 'errorCode' | 'error' | 'changedAt' | 'readAt'>;
export type EarlyState = { readonly state: MessageState; readonly errorCode: number | undefined };
export type StateChange = EarlyState & { readonly id: MessageId; readonly error: string | undefined; readonly at: number };

type Row = {
  readonly id: MessageId;
  readonly conversation_id: ConversationId;
  readonly our_number: string;
  readonly far_number: string;
  readonly direction: 'inbound' | 'outbound';
  readonly body: string;
  readonly state: MessageState;
  readonly segments: number;
  readonly media_count: number;
  readonly message_sid: string | null;
  readonly sent_by: PersonId | null;
  readonly auto_reply_id: AutoReplyId | null;
  readonly error_code: number | null;
  readonly error: string | null;
  readonly created_at: number;
  readonly changed_at: number;
  readonly read_at: number | null;
};

const joined = 'messages m JOIN conversations c ON c.id = m.conversation_id';
const select = `SELECT m.*, c.our_number, c.far_number FROM ${joined}`;

// Matches a third or more of all messages: a page of them is faster by the index on time, a count is not.
const ofNumbers =
  'm.conversation_id IN (SELECT id FROM conversations WHERE our_number IN (SELECT value FROM json_each(:ourNumbers)))';

const conditions = {
  ourNumbers: ofNumbers,
  conversationId: 'm.conversation_id = :conversationId',
  farNumber: 'm.conversation_id IN (SELECT id FROM conversations WHERE far_number = :farNumber)',
  direction: 'm.direction = :direction',
  state: 'm.state = :state',
  isUnread: "(m.direction = 'inbound' AND m.read_at IS NULL) IS :isUnread",
  from: 'm.created_at >= :from',
  to: 'm.created_at < :to',
} as const satisfies Record<Exclude<keyof MessageFilter, 'text'>, string>;
/** Exactly as in the partial index. */
const unread = "m.direction = 'inbound' AND m.read_at IS NULL";
const filters = Object.keys(conditions) as (keyof typeof conditions)[];

/** `until` excludes times in the future, of a clock that has been set back since. */
type Span = { readonly since: number; readonly until: number };

/** The SQL of the tables `messages` and `message_early_states`. Nothing commits here: callers write inside a WriteBatch. */
export class MessageStore {
  readonly #lists: Statements;
  readonly #counts: KeptCounts;
  readonly #text: TextSearch;
  readonly #byId;
  readonly #bySid;
  readonly #insert;
  readonly #setState;
  readonly #setSent;
  readonly #read;
  readonly #readAll;
  readonly #autoReplies;
  readonly #autoReplyCount;
  readonly #unknown;
  readonly #keepEarly;
  readonly #takeEarly;
  readonly #pruneEarly;

  constructor(db: OpenedDatabase['db']) {
    this.#lists = new Statements(db);
    this.#counts = new KeptCounts({
      db,
      table: 'messages m',
      watched: ['messages'],
      settled: 'SELECT coalesce(max(sequence), 0) FROM messages',
    });
    this.#text = new TextSearch({ db, index: 'message_search', sequence: 'm.sequence', columns: ['m.body'] });
    this.#byId = db.prepare<[string], Row>(`${select} WHERE m.id = ?`);
    this.#bySid = db.prepare<[string], Row>(`${select} WHERE m.message_sid = ?`);
    this.#insert = db.prepare<[object]>(
      `INSERT INTO messages (id, conversation_id, direction, body, state, segments, media_count, message_sid, sent_by,
         auto_reply_id, created_at, changed_at)
       VALUES (:id, :conversationId, :direction, :body, :state, :segments, :mediaCount, :messageSid, :sentBy, :autoReplyId,
         :createdAt, :createdAt)`,
    );
    this.#setState = db.prepare<[object]>(
      'UPDATE messages SET state = :state, error_code = :errorCode, error = :error, changed_at = :at WHERE id = :id',
    );
    this.#setSent = db.prepare<[object]>('UPDATE messages SET message_sid = :sid, segments = :segments WHERE id = :id');
    this.#read = db.prepare<[object]>(
      "UPDATE messages SET read_at = :at WHERE id = :id AND direction = 'inbound' AND read_at IS NULL",
    );
    this.#readAll = db.prepare<[object]>(
      "UPDATE messages SET read_at = :at WHERE conversation_id = :id AND direction = 'inbound' AND read_at IS NULL",
    );
    this.#autoReplies = db.prepare<[string, number, number], { at: number }>(
      `SELECT m.created_at AS at FROM ${joined}
       WHERE c.far_number = ? AND m.created_at BETWEEN ? AND ? AND m.auto_reply_id IS NOT NULL ORDER BY m.created_at`,
    );
    this.#autoReplyCount = db.prepare<[number, number], { n: number }>(
      'SELECT count(*) AS n FROM messages WHERE created_at BETWEEN ? AND ? AND auto_reply_id IS NOT NULL',
    );
    this.#unknown = db.prepare<[object], Row>(
      `${select} WHERE c.our_number = :ourNumber AND c.far_number = :farNumber AND m.body = :body AND m.state = 'unknown'
         AND m.message_sid IS NULL AND NOT EXISTS (
           SELECT 1 FROM messages w WHERE w.conversation_id = m.conversation_id AND w.state = 'waiting' AND w.body = m.body
         ) ORDER BY m.created_at LIMIT 1`,
    );
    this.#keepEarly = db.prepare<[object]>(
      `INSERT INTO message_early_states (message_sid, state, error_code, at) VALUES (:sid, :state, :errorCode, :at)
       ON CONFLICT (message_sid) DO UPDATE SET state = excluded.state, error_code = excluded.error_code`,
    );
    this.#takeEarly = db.prepare<[string], { state: MessageState; error_code: number | null }>(
      'DELETE FROM message_early_states WHERE message_sid = ? RETURNING state, error_code',
    );
    this.#pruneEarly = db.prepare<[number]>('DELETE FROM message_early_states WHERE at < ?');
  }

  byId(id: MessageId): Message | undefined {
    return fromRow(this.#byId.get(id));
  }

  bySid(sid: string): Message | undefined {
    return fromRow(this.#bySid.get(sid));
  }

  insert({ messageSid, sentBy, autoReplyId, ...message }: NewMessage): void {
    const optional = { messageSid: messageSid ?? null, sentBy: sentBy ?? null, autoReplyId: autoReplyId ?? null };
    this.#insert.run({ ...message, ...optional });
  }

  setState({ errorCode, error, ...change }: StateChange): void {
    this.#setState.run({ ...change, errorCode: errorCode ?? null, error: error ?? null });
  }

  /** The sid and segments of a message that Twilio accepted. */
  setSent(id: MessageId, sid: string, segments: number): void {
    this.#setSent.run({ id, sid, segments });
  }

  /** Whether it was unread before. */
  markRead(id: MessageId, at: number): boolean {
    return this.#read.run({ id, at }).changes > 0;
  }

  /** Returns how many were unread before. */
  markAllRead(conversationId: ConversationId, at: number): number {
    return this.#readAll.run({ id: conversationId, at }).changes;
  }

  /** When automatic replies went to a far number from any of ours, oldest first. */
  autoRepliesTo(farNumber: string, { since, until }: Span): readonly number[] {
    return this.#autoReplies.all(farNumber, since, until).map(({ at }) => at);
  }

  /** How many automatic replies were sent, to all numbers. */
  countAutoReplies({ since, until }: Span): number {
    return this.#autoReplyCount.get(since, until)?.n ?? 0;
  }

  /** The oldest message with this text in state `unknown`; none while one like it is still waiting. */
  findUnknownLike(like: NumberPair & { readonly body: string }): Message | undefined {
    const { ourNumber, farNumber, body } = like;
    return fromRow(this.#unknown.get({ ourNumber, farNumber, body }));
  }

  keepEarly(sid: string, { state, errorCode }: EarlyState, at: number): void {
    this.#keepEarly.run({ sid, state, errorCode: errorCode ?? null, at });
  }

  takeEarly(sid: string): EarlyState | undefined {
    const row = this.#takeEarly.get(sid);
    return row === undefined ? undefined : { state: row.state, errorCode: row.error_code ?? undefined };
  }

  pruneEarly(before: number): void {
    this.#pruneEarly.run(before);
  }

  find(filter: MessageFilter, { order, ...page }: PageRequest): { readonly items: readonly Message[]; readonly total: number } {
    const text = filter.text === undefined ? undefined : this.#text.condition(filter.text);
    const { where, values } = scopeOf(filter, text);
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    const by = `m.created_at ${direction}, m.sequence ${direction}`;
    // Which messages, by an index alone; their rows only then.
    const rows = this.#lists.all<Row>(
      `SELECT m.*, c.our_number, c.far_number
       FROM (SELECT m.sequence AS n FROM messages m WHERE ${where.replace(ofNumbers, `+${ofNumbers}`)}
         ORDER BY ${by} LIMIT :limit OFFSET :offset)
       CROSS JOIN messages m ON m.sequence = n JOIN conversations c ON c.id = m.conversation_id ORDER BY ${by}`,
      { ...values, ...page },
    );
    return {
      items: rows.flatMap((row) => fromRow(row) ?? []),
      total: this.#counts.count({ from: 'messages m', where, values, isFew: text?.isFew ?? false }),
    };
  }
}

/** The condition on the messages looked for, and its values. */
function scopeOf(filter: MessageFilter, text: TextCondition | undefined) {
  const given = filters.filter((name) => filter[name] !== undefined);
  const parts = given.map((name) => (name === 'isUnread' && filter.isUnread === true ? unread : (conditions[name] as string)));
  const all = text === undefined ? parts : [text.sql, ...parts.map((part) => text.beside(part))];
  const values = {
    ...Object.fromEntries(given.map((name) => [name, toValue(filter[name] ?? '')])),
    ...(text === undefined ? {} : { text: text.value }),
  };
  return { where: all.length === 0 ? 'TRUE' : all.join(' AND '), values };
}

function toValue(value: string | number | boolean | readonly string[]): string | number {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function fromRow(row: Row | undefined): Message | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    conversationId: row.conversation_id,
    ourNumber: row.our_number,
    farNumber: row.far_number,
    direction: row.direction,
    body: row.body,
    state: row.state,
    segments: row.segments,
    mediaCount: row.media_count,
    messageSid: row.message_sid ?? undefined,
    sentBy: row.sent_by ?? undefined,
    autoReplyId: row.auto_reply_id ?? undefined,
    errorCode: row.error_code ?? undefined,
    error: row.error ?? undefined,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    readAt: row.read_at ?? undefined,
  };
}
