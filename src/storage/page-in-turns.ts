import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Statements } from './statements.ts';

/** Looked through before others have their turn: a page of what is common is full after a few. */
const firstRows = 100;
const maxRows = 2000;

type Rows = { readonly from: string; readonly where: string };

export type PageInTurns = {
  readonly statements: Statements;
  /** The rows that an index gives in the order of the page. */
  readonly along: Rows;
  /** Those of them that are looked for, which only a look at each can tell. */
  readonly found: Rows;
  /** The table in both, and its column of time. */
  readonly table: string;
  readonly time: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** How many are found in all. */
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly order: 'asc' | 'desc';
};

/** The `sequence` of each row of a page, by time; calls and other requests come in between. */
export async function pageInTurns(asked: PageInTurns): Promise<readonly number[]> {
  const { statements, values, total, limit, offset } = asked;
  const end = Math.min(offset + limit, total);
  if (offset >= end) return [];
  const { boundary, within } = sqlOf(asked);
  const sequences: number[] = [];
  const furthest = asked.order === 'asc' ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
  let last = -furthest;
  for (let rows = firstRows; ; rows = Math.min(2 * rows, maxRows)) {
    const at = statements.get<{ at: number }>(boundary, { ...values, last, others: rows - 1 })?.at;
    for (const { n } of statements.all<{ n: number }>(within, { ...values, last, until: at ?? furthest })) sequences.push(n);
    if (sequences.length >= end || at === undefined) return sequences.slice(offset, end);
    last = at;
    await nextTurn();
  }
}

function sqlOf({ along, found, table, time, order }: PageInTurns): { readonly boundary: string; readonly within: string } {
  const [after, before, direction] = order === 'asc' ? ['>', '<=', 'ASC'] : ['<', '>=', 'DESC'];
  const at = `${table}.${time}`;
  return {
    boundary: `SELECT ${at} AS at FROM ${along.from} WHERE ${along.where} AND ${at} ${after} :last
      ORDER BY ${at} ${direction} LIMIT 1 OFFSET :others`,
    within: `SELECT ${table}.sequence AS n FROM ${found.from} WHERE ${found.where} AND ${at} ${after} :last AND ${at} ${before} :until
      ORDER BY ${at} ${direction}, ${table}.sequence ${direction}`,
  };
}
