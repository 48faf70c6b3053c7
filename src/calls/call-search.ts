import type { Opened } from '#storage/database.ts';
import type { CallRecord, Direction } from './call.ts';
import { fromRecordRow } from './cdr-store.ts';
import type { RecordRow } from './cdr-store.ts';
import type { CallResult } from './verdict.ts';

/** What to look for; everything given must hold. Times in milliseconds since the Unix epoch. */
export type CallFilter = {
  readonly number?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly personId?: string | undefined;
  /** Only what this person may see; undefined: all. */
  readonly visibleTo?: string | undefined;
  readonly direction?: Direction | undefined;
  readonly result?: CallResult | undefined;
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

/** One condition per filter. A leg exists for every phone that rang or called, and for both sides' people. */
const conditions = {
  number: '(caller_number = :number OR callee_number = :number OR dialled = :number)',
  deviceId: 'id IN (SELECT cdr_id FROM call_legs WHERE device_id = :deviceId)',
  personId: 'id IN (SELECT cdr_id FROM call_legs WHERE person_id = :personId)',
  visibleTo: 'id IN (SELECT cdr_id FROM call_legs WHERE person_id = :visibleTo)',
  direction: 'direction = :direction',
  result: 'result = :result',
  from: 'started_at >= :from',
  to: 'started_at < :to',
  text: `(caller_name LIKE :text ESCAPE '\\' OR caller_number LIKE :text ESCAPE '\\' OR callee_name LIKE :text ESCAPE '\\'
    OR callee_number LIKE :text ESCAPE '\\' OR dialled LIKE :text ESCAPE '\\')`,
} as const satisfies Record<keyof CallFilter, string>;

const filters = Object.keys(conditions) as (keyof CallFilter)[];

/** Reads lists of call records. */
export class CallSearch {
  readonly #db: Opened['db'];

  constructor(db: Opened['db']) {
    this.#db = db;
  }

  find(filter: CallFilter, page: CallPage): { readonly items: readonly CallRecord[]; readonly total: number } {
    const given = filters.filter((name) => filter[name] !== undefined);
    const where = given.length === 0 ? '' : `WHERE ${given.map((name) => conditions[name]).join(' AND ')}`;
    const values: Record<string, string | number> = {};
    for (const name of given) values[name] = name === 'text' ? contains(filter.text ?? '') : (filter[name] ?? '');
    const column = columns[page.sort];
    const direction = page.order === 'asc' ? 'ASC' : 'DESC';
    const rows = this.#db
      .prepare<[object], RecordRow>(
        `SELECT * FROM cdrs ${where} ORDER BY ${column} ${direction}, id ${direction} LIMIT :limit OFFSET :offset`,
      )
      .all({ ...values, limit: page.limit, offset: page.offset });
    const total = this.#db.prepare<[object], { n: number }>(`SELECT count(*) AS n FROM cdrs ${where}`).get(values)?.n ?? 0;
    return { items: rows.map(fromRecordRow), total };
  }
}

function contains(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
