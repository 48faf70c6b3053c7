import type { OpenedDatabase } from '#storage/database.ts';
import { KeptCounts } from '#storage/kept-counts.ts';
import { pageInTurns } from '#storage/page-in-turns.ts';
import { Statements } from '#storage/statements.ts';
import { likeAny, TextSearch } from '#storage/text-search.ts';
import type { TextCondition } from '#storage/text-search.ts';
import type { CallRecord } from './call.ts';
import { scopesOf, watchedChanges } from './call-scope.ts';
import type { CallFilter, CallScope } from './call-scope.ts';
import { fromRecordRow } from './cdr-store.ts';
import type { RecordRow } from './cdr-store.ts';

export type CallSort = 'startedAt' | 'endedAt' | 'answeredAt';
export type CallPage = {
  readonly limit: number;
  readonly offset: number;
  readonly sort: CallSort;
  readonly order: 'asc' | 'desc';
};

const columns = { startedAt: 'started_at', endedAt: 'ended_at', answeredAt: 'answered_at' } as const;

const searched = ['caller_name', 'caller_number', 'callee_name', 'callee_number', 'dialled'];

/** Reads lists of call records. */
export class CallSearch {
  readonly #lists: Statements;
  readonly #counts: KeptCounts;
  readonly #text: TextSearch;

  constructor(db: OpenedDatabase['db']) {
    this.#lists = new Statements(db);
    this.#counts = new KeptCounts({
      db,
      table: 'cdrs',
      watched: watchedChanges,
      settled: `SELECT coalesce((SELECT min(sequence) - 1 FROM cdrs INDEXED BY cdrs_open WHERE ended_at IS NULL), max(sequence), 0) FROM cdrs`,
    });
    this.#text = new TextSearch({
      db,
      index: 'cdr_search',
      sequence: 'cdrs.sequence',
      columns: searched,
      // Calls in progress.
      unindexed: `SELECT sequence FROM cdrs WHERE ended_at IS NULL AND ${likeAny(searched)}`,
    });
  }

  /** The records that a filter is for, along an index; `test` is what only a look at each of them can tell. */
  scope(filter: CallFilter): CallScope & { readonly test: string } {
    const text = this.#textCondition(filter);
    if (text === undefined || text.isFew) return { ...scopesOf(filter, text).best, test: 'TRUE' };
    const along = scopesOf({ ...filter, text: undefined }, undefined).best;
    return { ...along, values: { ...along.values, text: text.value }, test: text.sql };
  }

  find(filter: CallFilter, page: CallPage): { readonly items: readonly CallRecord[]; readonly total: number } {
    const text = this.#textCondition(filter);
    const { byCall, best } = scopesOf(filter, text);
    const { from, where, table, values } = page.sort === 'startedAt' ? best : byCall;
    const total = this.#counts.count({ ...best, each: byCall.where, isFew: text?.isFew ?? false });
    const column = columns[page.sort];
    const direction = page.order === 'asc' ? 'ASC' : 'DESC';
    // Which calls, by an index alone; their rows only then.
    const rows = this.#lists.all<RecordRow>(
      `SELECT c.* FROM (
         SELECT ${table}.sequence AS n FROM ${from} WHERE ${where}
         ORDER BY ${table}.${column} ${direction}, ${table}.sequence ${direction} LIMIT :limit OFFSET :offset
       ) CROSS JOIN cdrs c ON c.sequence = n ORDER BY c.${column} ${direction}, c.sequence ${direction}`,
      { ...values, limit: page.limit, offset: page.offset },
    );
    return { items: rows.map(fromRecordRow), total };
  }

  /** The same, for a request: for a text that is too short or too common for the index, calls and other requests come in between. */
  async findInTurns(
    filter: CallFilter,
    page: CallPage,
  ): Promise<{ readonly items: readonly CallRecord[]; readonly total: number }> {
    const text = this.#textCondition(filter);
    if (text === undefined || text.isFew || page.sort !== 'startedAt') return this.find(filter, page);
    const { byCall, best } = scopesOf(filter, text);
    const total = await this.#counts.countInTurns({ ...best, each: byCall.where });
    const sequences = await pageInTurns({
      ...page,
      ...best,
      statements: this.#lists,
      along: scopesOf({ ...filter, text: undefined }, undefined).best,
      found: best,
      time: 'started_at',
      total,
    });
    const direction = page.order === 'asc' ? 'ASC' : 'DESC';
    const rows = this.#lists.all<RecordRow>(
      `SELECT * FROM cdrs WHERE sequence IN (SELECT value FROM json_each(:sequences))
       ORDER BY started_at ${direction}, sequence ${direction}`,
      { sequences: JSON.stringify(sequences) },
    );
    return { items: rows.map(fromRecordRow), total };
  }

  #textCondition({ text }: CallFilter): TextCondition | undefined {
    return text === undefined ? undefined : this.#text.condition(text);
  }
}
