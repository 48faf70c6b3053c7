import type { OpenedDatabase } from '#storage/database.ts';
import { KeptCounts } from '#storage/kept-counts.ts';
import { Statements } from '#storage/statements.ts';
import { likeAny, TextSearch } from '#storage/text-search.ts';
import type { TextCondition } from '#storage/text-search.ts';
import type { CallRecord } from './call.ts';
import { scopesOf } from './call-scope.ts';
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
      watched: ['cdrs', 'cdr_parties'],
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

  /** The records that a filter is for, in the order of their start at best. */
  scope(filter: CallFilter): CallScope {
    return scopesOf(filter, this.#textCondition(filter)).best;
  }

  find(filter: CallFilter, page: CallPage): { readonly items: readonly CallRecord[]; readonly total: number } {
    const text = this.#textCondition(filter);
    const { byCall, best } = scopesOf(filter, text);
    const { from, where, table, values } = page.sort === 'startedAt' ? best : byCall;
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
    const total = this.#counts.count({ ...best, each: byCall.where, isFew: text?.isFew ?? false });
    return { items: rows.map(fromRecordRow), total };
  }

  #textCondition({ text }: CallFilter): TextCondition | undefined {
    return text === undefined ? undefined : this.#text.condition(text);
  }
}
