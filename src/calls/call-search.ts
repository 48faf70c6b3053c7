import type { DeviceId, PersonId } from '#base/ids.ts';
import type { CallDisposition } from '#contract/call-verdicts.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { likeAny, TextSearch } from '#storage/text-search.ts';
import type { CallRecord, CallDirection } from './call.ts';
import { fromRecordRow } from './cdr-store.ts';
import type { RecordRow } from './cdr-store.ts';

/** What to look for; everything given must hold. Times in milliseconds since the Unix epoch. */
export type CallFilter = {
  readonly number?: string | undefined;
  readonly deviceId?: DeviceId | undefined;
  readonly personId?: PersonId | undefined;
  /** Only what this person may see; undefined: all. */
  readonly visibleTo?: PersonId | undefined;
  readonly direction?: CallDirection | undefined;
  readonly disposition?: CallDisposition | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly text?: string | undefined;
};

export type CallSort = 'startedAt' | 'endedAt' | 'answeredAt';
export type CallPage = {
  readonly limit: number;
  readonly offset: number;
  readonly sort: CallSort;
  readonly order: 'asc' | 'desc';
};

const columns = { startedAt: 'started_at', endedAt: 'ended_at', answeredAt: 'answered_at' } as const;

/** One condition per filter. */
const conditions = {
  number: '(caller_number = :number OR callee_number = :number OR dialled = :number)',
  deviceId: legCondition('device_id', ':deviceId'),
  personId: legCondition('person_id', ':personId'),
  visibleTo: legCondition('person_id', ':visibleTo'),
  direction: 'direction = :direction',
  disposition: 'disposition = :disposition',
  from: 'started_at >= :from',
  to: 'started_at < :to',
} as const satisfies Record<Exclude<keyof CallFilter, 'text'>, string>;

const searched = ['caller_name', 'caller_number', 'callee_name', 'callee_number', 'dialled'];

/** A leg exists for every phone that rang or called, and for both sides' people: their indexes alone answer how many calls there are. */
const legCounts: Partial<Record<keyof CallFilter, string>> = {
  deviceId: 'SELECT count(DISTINCT cdr_id) AS n FROM call_legs WHERE device_id = :deviceId',
  personId: 'SELECT count(DISTINCT cdr_id) AS n FROM call_legs WHERE person_id = :personId',
  visibleTo: 'SELECT count(DISTINCT cdr_id) AS n FROM call_legs WHERE person_id = :visibleTo',
};

/**
 * The legs are looked up for each record on the way along the sorting index, so that a page is there as soon as it is full; the + keeps
 * SQLite from starting at the other end, with all calls a person ever had.
 */
function legCondition(column: string, value: string): string {
  return `EXISTS (SELECT 1 FROM call_legs WHERE cdr_id = cdrs.id AND +${column} = ${value})`;
}

const filters = Object.keys(conditions) as (keyof typeof conditions)[];

/** Reads lists of call records. */
export class CallSearch {
  readonly #db: OpenedDatabase['db'];
  readonly #text: TextSearch;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#text = new TextSearch({
      db,
      index: 'cdr_search',
      sequence: 'cdrs.sequence',
      columns: searched,
      // Calls in progress.
      unindexed: `SELECT sequence FROM cdrs WHERE ended_at IS NULL AND ${likeAny(searched)}`,
    });
  }

  /** The SQL that holds for the records of `cdrs` looked for, and its values. */
  condition(filter: CallFilter): { readonly sql: string; readonly values: Readonly<Record<string, string | number>> } {
    const given = filters.filter((name) => filter[name] !== undefined);
    const text = filter.text === undefined ? undefined : this.#text.condition(filter.text);
    const all = [
      ...(text === undefined ? [] : [text.sql]),
      ...given.map((name) => text?.beside(conditions[name]) ?? conditions[name]),
    ];
    const values: Record<string, string | number> = text === undefined ? {} : { text: text.value };
    for (const name of given) values[name] = filter[name] ?? '';
    return { sql: all.length === 0 ? 'TRUE' : all.join(' AND '), values };
  }

  find(filter: CallFilter, page: CallPage): { readonly items: readonly CallRecord[]; readonly total: number } {
    const given = filters.filter((name) => filter[name] !== undefined);
    const { sql, values } = this.condition(filter);
    const where = `WHERE ${sql}`;
    const column = columns[page.sort];
    const direction = page.order === 'asc' ? 'ASC' : 'DESC';
    const rows = this.#db
      .prepare<[object], RecordRow>(
        `SELECT * FROM cdrs WHERE id IN (SELECT id FROM cdrs ${where} ORDER BY ${column} ${direction}, id ${direction}
         LIMIT :limit OFFSET :offset) ORDER BY ${column} ${direction}, id ${direction}`,
      )
      .all({ ...values, limit: page.limit, offset: page.offset });
    const [only] = given;
    const count =
      (given.length === 1 && filter.text === undefined && only !== undefined ? legCounts[only] : undefined) ??
      `SELECT count(*) AS n FROM cdrs ${where}`;
    const total = this.#db.prepare<[object], { n: number }>(count).get(values)?.n ?? 0;
    return { items: rows.map(fromRecordRow), total };
  }
}
