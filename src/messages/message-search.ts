import type { ConversationId } from '#base/ids.ts';
import type { Listed } from '#contract/page.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { KeptCounts } from '#storage/kept-counts.ts';
import { pageInTurns } from '#storage/page-in-turns.ts';
import { Statements } from '#storage/statements.ts';
import { TextSearch } from '#storage/text-search.ts';
import type { TextCondition } from '#storage/text-search.ts';
import type { PageRequest } from './conversation-store.ts';
import type { Message } from './message.ts';
import { fromRow } from './message-row.ts';
import type { MessageRow } from './message-row.ts';
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

/** Reads lists of messages. */
export class MessageSearch {
  readonly #lists: Statements;
  readonly #counts: KeptCounts;
  readonly #text: TextSearch;

  constructor(db: OpenedDatabase['db']) {
    this.#lists = new Statements(db);
    this.#counts = new KeptCounts({
      db,
      table: 'messages m',
      watched: { messages: ['INSERT', 'UPDATE', 'DELETE'] },
      settled: 'SELECT coalesce(max(sequence), 0) FROM messages',
    });
    this.#text = new TextSearch({ db, index: 'message_search', sequence: 'm.sequence', columns: ['m.body'] });
  }

  find(filter: MessageFilter, page: PageRequest): Listed<Message> {
    const text = this.#textCondition(filter);
    const asked = scopeOf(filter, text);
    const total = this.#counts.count({ ...asked, isFew: text?.isFew ?? false });
    const { from, where } = inOrder(asked);
    const { order, limit, offset } = page;
    // Which messages, by an index alone; their rows only then.
    const selected = `SELECT m.sequence AS n FROM ${from} WHERE ${where} ${orderBy(order)} LIMIT :limit OFFSET :offset`;
    return { items: this.#read(selected, { ...asked.values, limit, offset }, order), total };
  }

  /** The same, for a request: calls and other requests come in between where the text is too short or too common for the index. */
  async findInTurns(filter: MessageFilter, page: PageRequest): Promise<Listed<Message>> {
    const text = this.#textCondition(filter);
    if (text === undefined || text.isFew) return this.find(filter, page);
    const asked = scopeOf(filter, text);
    const total = await this.#counts.countInTurns(asked);
    const sequences = await pageInTurns({
      ...page,
      statements: this.#lists,
      along: inOrder(scopeOf({ ...filter, text: undefined }, undefined)),
      found: inOrder(asked),
      table: 'm',
      time: 'created_at',
      values: asked.values,
      total,
    });
    const selected = 'SELECT value AS n FROM json_each(:sequences)';
    return { items: this.#read(selected, { sequences: JSON.stringify(sequences) }, page.order), total };
  }

  /** The messages of which the statement selects the `sequence` as `n`. */
  #read(selected: string, values: object, order: PageRequest['order']): readonly Message[] {
    const rows = this.#lists.all<MessageRow>(
      `SELECT m.*, c.our_number, c.far_number FROM (${selected}) CROSS JOIN messages m ON m.sequence = n
       JOIN conversations c ON c.id = m.conversation_id ${orderBy(order)}`,
      values,
    );
    return rows.flatMap((row) => fromRow(row) ?? []);
  }

  #textCondition({ text }: MessageFilter): TextCondition | undefined {
    return text === undefined ? undefined : this.#text.condition(text);
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
  return { from: 'messages m', where: all.length === 0 ? 'TRUE' : all.join(' AND '), values };
}

/** For a page of them, along the index on time. */
function inOrder({ from, where }: { readonly from: string; readonly where: string }) {
  return { from, where: where.replace(ofNumbers, `+${ofNumbers}`) };
}

function orderBy(order: 'asc' | 'desc'): string {
  const direction = order === 'asc' ? 'ASC' : 'DESC';
  return `ORDER BY m.created_at ${direction}, m.sequence ${direction}`;
}

function toValue(value: string | number | boolean | readonly string[]): string | number {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' ? JSON.stringify(value) : value;
}
