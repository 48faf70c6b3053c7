import type { ConversationId, MessageId } from '#base/ids.ts';
import type { Listed } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { PageRequest } from './conversation-store.ts';
import type { Message, NumberPair } from './message.ts';
import { fromRow } from './message-row.ts';
import type { MessageRow } from './message-row.ts';
import { MessageSearch } from './message-search.ts';
import type { MessageFilter } from './message-search.ts';
import type { MessageState } from './message-states.ts';

export type NewMessage = Omit<Message, keyof NumberPair | 'errorCode' | 'error' | 'changedAt' | 'readAt'>;
export type EarlyState = { readonly state: MessageState; readonly errorCode: number | undefined };
export type StateChange = EarlyState & { readonly id: MessageId; readonly error: string | undefined; readonly at: number };

const joined = 'messages m JOIN conversations c ON c.id = m.conversation_id';
const select = `SELECT m.*, c.our_number, c.far_number FROM ${joined}`;

/** `until` excludes times in the future, of a clock that has been set back since. */
type Span = { readonly since: number; readonly until: number };

/** The SQL of the tables `messages` and `message_early_states`. Nothing commits here: callers write inside a WriteBatch. */
export class MessageStore {
  readonly #search: MessageSearch;
  readonly #byId;
  readonly #bySid;
  readonly #byRequest;
  readonly #insert;
  readonly #setState;
  readonly #setSent;
  readonly #read;
  readonly #readAll;
  readonly #unreadNewest;
  readonly #autoReplies;
  readonly #autoReplyCount;
  readonly #unknown;
  readonly #keepEarly;
  readonly #takeEarly;
  readonly #pruneEarly;
  readonly #latestInbound;

  constructor(db: OpenedDatabase['db']) {
    this.#search = new MessageSearch(db);
    this.#byId = db.prepare<[string], MessageRow>(`${select} WHERE m.id = ?`);
    this.#bySid = db.prepare<[string], MessageRow>(`${select} WHERE m.message_sid = ?`);
    this.#byRequest = db.prepare<[string], MessageRow>(`${select} WHERE m.request_id = ?`);
    this.#insert = db.prepare<[object]>(
      `INSERT INTO messages (id, conversation_id, direction, body, state, segments, media_count, message_sid, sent_by,
         auto_reply_id, request_id, created_at, changed_at)
       VALUES (:id, :conversationId, :direction, :body, :state, :segments, :mediaCount, :messageSid, :sentBy, :autoReplyId,
         :requestId, :createdAt, :createdAt)`,
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
    this.#unreadNewest = db.prepare<[string]>(
      `UPDATE messages SET read_at = NULL WHERE read_at IS NOT NULL AND id = (
         SELECT id FROM messages WHERE conversation_id = ? AND direction = 'inbound' ORDER BY created_at DESC, sequence DESC LIMIT 1)`,
    );
    this.#autoReplies = db.prepare<[string, number, number], { at: number }>(
      `SELECT m.created_at AS at FROM ${joined}
       WHERE c.far_number = ? AND m.created_at BETWEEN ? AND ? AND m.auto_reply_id IS NOT NULL ORDER BY m.created_at`,
    );
    this.#autoReplyCount = db.prepare<[number, number], { n: number }>(
      'SELECT count(*) AS n FROM messages WHERE created_at BETWEEN ? AND ? AND auto_reply_id IS NOT NULL',
    );
    this.#unknown = db.prepare<[object], MessageRow>(
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
    this.#latestInbound = db.prepare<[number], { id: MessageId; created_at: number }>(
      "SELECT id, created_at FROM (SELECT * FROM messages ORDER BY sequence DESC LIMIT ?) WHERE direction = 'inbound'",
    );
    this.#pruneEarly = db.prepare<[number]>('DELETE FROM message_early_states WHERE at < ?');
  }

  byId(id: MessageId): Message | undefined {
    return fromRow(this.#byId.get(id));
  }

  bySid(sid: string): Message | undefined {
    return fromRow(this.#bySid.get(sid));
  }

  byRequest(requestId: string): Message | undefined {
    return fromRow(this.#byRequest.get(requestId));
  }

  insert({ messageSid, sentBy, autoReplyId, requestId, ...message }: NewMessage): void {
    const optional = { messageSid: messageSid ?? null, sentBy: sentBy ?? null, autoReplyId: autoReplyId ?? null };
    this.#insert.run({ ...message, ...optional, requestId: requestId ?? null });
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

  /** The newest that came in. Returns whether it was read before. */
  markNewestUnread(conversationId: ConversationId): boolean {
    return this.#unreadNewest.run(conversationId).changes > 0;
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

  /** Of so many that were written down last those that came in, the newest first. */
  latestInbound(limit: number): readonly { readonly id: MessageId; readonly createdAt: number }[] {
    return this.#latestInbound.all(limit).map((row) => ({ id: row.id, createdAt: row.created_at }));
  }

  find(filter: MessageFilter, page: PageRequest): Listed<Message> {
    return this.#search.find(filter, page);
  }

  /** The same, for a request: calls and other requests come in between where the text is too short or too common for the index. */
  findInTurns(filter: MessageFilter, page: PageRequest): Promise<Listed<Message>> {
    return this.#search.findInTurns(filter, page);
  }
}
