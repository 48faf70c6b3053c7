import { setImmediate as nextTurn } from 'node:timers/promises';
import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { csvLine, csvStart } from '#base/csv.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { talkSeconds } from './call.ts';
import type { CallFilter } from './call-scope.ts';
import type { CallSearch } from './call-search.ts';
import type { RecordRow } from './cdr-store.ts';

/** Read at a time. */
const batchRows = 50;
/** Calls and other requests come in between, after so long or so much. */
const maxTurnMs = 5;
const maxTurnRows = 500;

type Row = Omit<RecordRow, 'reasons'> & { readonly sequence: number; readonly is_found: 0 | 1 };

const timeOrNull = (at: number | null) => (at === null ? null : isoTime(at));

const columns = {
  id: (row) => row.id,
  direction: (row) => row.direction,
  startedAt: (row) => isoTime(row.started_at),
  ringingAt: (row) => timeOrNull(row.ringing_at),
  answeredAt: (row) => timeOrNull(row.answered_at),
  endedAt: (row) => timeOrNull(row.ended_at),
  durationSeconds: (row) => talkSeconds(row.answered_at, row.ended_at),
  disposition: (row) => row.disposition,
  reason: (row) => row.reason,
  callerNumber: (row) => row.caller_number,
  callerName: (row) => row.caller_name,
  calleeNumber: (row) => row.callee_number,
  calleeName: (row) => row.callee_name,
  dialled: (row) => row.dialled,
  number: (row) => row.number,
  trunk: (row) => row.trunk,
  callerDeviceId: (row) => row.caller_device_id,
  callerPersonId: (row) => row.caller_person_id,
  calleeDeviceId: (row) => row.callee_device_id,
  calleePersonId: (row) => row.callee_person_id,
  transferredFrom: (row) => row.transferred_from,
} as const satisfies Record<string, (row: Row) => string | number | null>;
const cells = Object.values(columns);

export type ExportDeps = { readonly db: OpenedDatabase['db']; readonly search: CallSearch; readonly clock: Clock };

/**
 * All call records of a filter as CSV, by their start: those that there are when it begins, each once. Made while it is read, so that the
 * memory it takes is the same for any number.
 */
export async function* exportCalls(deps: ExportDeps, filter: CallFilter, order: 'asc' | 'desc'): AsyncGenerator<string> {
  const { db, clock } = deps;
  const newest = db.prepare<[], { n: number }>('SELECT coalesce(max(sequence), 0) AS n FROM cdrs').get()?.n ?? 0;
  yield csvStart + csvLine(Object.keys(columns));
  let lines: string[] = [];
  let turnEndsAt = clock.monotonic() + maxTurnMs;
  for (const rows of batches(deps, { filter, order, newest })) {
    for (const row of rows) if (row.is_found === 1) lines.push(csvLine(cells.map((cell) => cell(row))));
    if (lines.length < maxTurnRows && clock.monotonic() < turnEndsAt) continue;
    if (lines.length > 0) yield lines.join('');
    lines = [];
    await nextTurn();
    turnEndsAt = clock.monotonic() + maxTurnMs;
  }
  if (lines.length > 0) yield lines.join('');
}

type Asked = { readonly filter: CallFilter; readonly order: 'asc' | 'desc'; readonly newest: number };

/** By position instead of offset: what is added meanwhile shifts nothing, and each batch is found at once. */
function* batches({ db, search }: ExportDeps, { filter, order, newest }: Asked): Generator<readonly Row[]> {
  const { where, table, from, values, test } = search.scope(filter);
  const [beyond, direction, furthest] = order === 'asc' ? ['>', 'ASC', -1] : ['<', 'DESC', 1];
  const next = db.prepare<[object], Row>(
    `SELECT cdrs.*, ${test} AS is_found FROM (
       SELECT ${table}.sequence AS n FROM ${from} WHERE (${table}.started_at, ${table}.sequence) ${beyond} (:lastAt, :lastSequence)
         AND ${table}.sequence <= :newest AND ${where}
       ORDER BY ${table}.started_at ${direction}, ${table}.sequence ${direction} LIMIT ${batchRows}
     ) CROSS JOIN cdrs ON cdrs.sequence = n ORDER BY cdrs.started_at ${direction}, cdrs.sequence ${direction}`,
  );
  let last = { lastAt: furthest * Number.MAX_SAFE_INTEGER, lastSequence: 0 };
  for (;;) {
    const rows = next.all({ ...values, ...last, newest });
    const end = rows.at(-1);
    if (end === undefined) return;
    yield rows;
    last = { lastAt: end.started_at, lastSequence: end.sequence };
  }
}
