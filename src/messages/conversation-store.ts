import type { ConversationId, MessageId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { Statements } from '#storage/statements.ts';
import { TextSearch } from '#storage/text-search.ts';
import type { Conversation, NumberPair } from './message.ts';

export type ConversationFilter = {
  /** Undefined: those of every number of ours. */
  readonly ourNumbers?: readonly string[] | undefined;
  readonly isUnread?: boolean | undefined;
  /** Part of the far number. */
  readonly text?: string | undefined;
  /** Far numbers that are found beside those. */
  readonly named?: readonly string[] | undefined;
};

export type PageRequest = { readonly limit: number; readonly offset: number; readonly order: 'asc' | 'desc' };

type Row = {
  readonly id: ConversationId;
  readonly our_number: string;
  readonly far_number: string;
  readonly last_at: number;
  readonly last_message_id: MessageId | null;
  readonly unread: number;
  readonly opted_out_at: number | null;
};

const conditions = {
  ourNumbers: 'our_number IN (SELECT value FROM json_each(:ourNumbers))',
  named: 'far_number IN (SELECT value FROM json_each(:named))',
  unread: 'unread > 0',
  read: 'unread = 0',
} as const;

/** The SQL of the table `conversations`. Nothing commits here: callers write inside a WriteBatch. */
export class ConversationStore {
  readonly #byId;
  readonly #byPair;
  readonly #insert;
  readonly #advance;
  readonly #read;
  readonly #unread;
  readonly #optOut;
  readonly #lists: Statements;
  readonly #text: TextSearch;

  constructor(db: OpenedDatabase['db']) {
    this.#lists = new Statements(db);
    this.#text = new TextSearch({ db, index: 'conversation_search', sequence: 'sequence', columns: ['far_number'] });
    this.#byId = db.prepare<[string], Row>('SELECT * FROM conversations WHERE id = ?');
    this.#byPair = db.prepare<[NumberPair], Row>(
      'SELECT * FROM conversations WHERE our_number = :ourNumber AND far_number = :farNumber',
    );
    this.#insert = db.prepare<[object]>(
      `INSERT INTO conversations (id, our_number, far_number, last_at) VALUES (:id, :ourNumber, :farNumber, :at)`,
    );
    // A late message does not replace a newer one as the last.
    this.#advance = db.prepare<[object]>(
      `UPDATE conversations SET unread = unread + :unread,
         last_message_id = CASE WHEN :at >= last_at OR last_message_id IS NULL THEN :messageId ELSE last_message_id END,
         last_at = max(last_at, :at)
       WHERE id = :id`,
    );
    this.#read = db.prepare<[{ id: ConversationId; by: number | null }]>(
      'UPDATE conversations SET unread = CASE WHEN :by IS NULL THEN 0 ELSE max(0, unread - :by) END WHERE id = :id',
    );
    this.#unread = db.prepare<[string]>('UPDATE conversations SET unread = unread + 1 WHERE id = ?');
    this.#optOut = db.prepare<[{ id: ConversationId; at: number | null }]>(
      'UPDATE conversations SET opted_out_at = :at WHERE id = :id',
    );
  }

  byId(id: ConversationId): Conversation | undefined {
    return fromRow(this.#byId.get(id));
  }

  byPair({ ourNumber, farNumber }: NumberPair): Conversation | undefined {
    return fromRow(this.#byPair.get({ ourNumber, farNumber }));
  }

  insert(conversation: NumberPair & { readonly id: ConversationId; readonly at: number }): void {
    this.#insert.run(conversation);
  }

  /** A message was added. */
  addMessage(added: {
    readonly id: ConversationId;
    readonly messageId: MessageId;
    readonly at: number;
    readonly unread: 0 | 1;
  }): void {
    this.#advance.run(added);
  }

  /** `by` undefined: all. */
  markRead(id: ConversationId, by?: number): void {
    this.#read.run({ id, by: by ?? null });
  }

  /** One more of its messages is unread. */
  markUnread(id: ConversationId): void {
    this.#unread.run(id);
  }

  setOptedOut(id: ConversationId, at: number | undefined): void {
    this.#optOut.run({ id, at: at ?? null });
  }

  find(
    filter: ConversationFilter,
    { order, ...page }: PageRequest,
  ): { readonly items: readonly Conversation[]; readonly total: number } {
    const text = filter.text === undefined ? undefined : this.#text.condition(filter.text);
    const parts = [
      ...(text === undefined ? [] : [filter.named === undefined ? text.sql : `(${text.sql} OR ${conditions.named})`]),
      ...(filter.ourNumbers === undefined ? [] : [conditions.ourNumbers]),
      ...(filter.isUnread === undefined ? [] : [filter.isUnread ? conditions.unread : conditions.read]),
    ];
    const where = parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`;
    const values = {
      ...(text === undefined ? {} : { text: text.value }),
      ...(filter.named === undefined ? {} : { named: JSON.stringify(filter.named) }),
      ...(filter.ourNumbers === undefined ? {} : { ourNumbers: JSON.stringify(filter.ourNumbers) }),
    };
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    const rows = this.#lists.all<Row>(
      `SELECT * FROM conversations ${where} ORDER BY last_at ${direction}, sequence ${direction} LIMIT :limit OFFSET :offset`,
      { ...values, ...page },
    );
    const total = this.#lists.get<{ n: number }>(`SELECT count(*) AS n FROM conversations ${where}`, values)?.n ?? 0;
    return { items: rows.flatMap((row) => fromRow(row) ?? []), total };
  }
}

function fromRow(row: Row | undefined): Conversation | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    ourNumber: row.our_number,
    farNumber: row.far_number,
    lastAt: row.last_at,
    lastMessageId: row.last_message_id ?? undefined,
    unread: row.unread,
    optedOutAt: row.opted_out_at ?? undefined,
  };
}
