import { setImmediate as nextTurn } from 'node:timers/promises';
import { csvLine, csvStart } from '#base/csv.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { CallRecord } from './call.ts';
import { toRecordReply } from './call-routes.ts';
import type { CallFilter, CallSearch } from './call-search.ts';
import { fromRecordRow } from './cdr-store.ts';
import type { RecordRow } from './cdr-store.ts';

/** Read at a time: other requests and calls come in between. */
const batchRows = 200;

type Reply = ReturnType<typeof toRecordReply>;

const columns = {
  id: ({ id }) => id,
  direction: ({ direction }) => direction,
  startedAt: ({ startedAt }) => startedAt,
  ringingAt: ({ ringingAt }) => ringingAt,
  answeredAt: ({ answeredAt }) => answeredAt,
  endedAt: ({ endedAt }) => endedAt,
  durationSeconds: ({ durationSeconds }) => durationSeconds,
  disposition: ({ disposition }) => disposition,
  reason: ({ reason }) => reason,
  callerNumber: ({ caller }) => caller.number,
  callerName: ({ caller }) => caller.name,
  calleeNumber: ({ callee }) => callee.number,
  calleeName: ({ callee }) => callee.name,
  dialled: ({ dialled }) => dialled,
  number: ({ number }) => number,
  trunk: ({ trunk }) => trunk,
  callerDeviceId: ({ caller }) => caller.deviceId,
  callerPersonId: ({ caller }) => caller.personId,
  calleeDeviceId: ({ callee }) => callee.deviceId,
  calleePersonId: ({ callee }) => callee.personId,
  transferredFrom: ({ transferredFrom }) => transferredFrom,
} as const satisfies Record<string, (record: Reply) => string | number | null>;

type ExportDeps = { readonly db: OpenedDatabase['db']; readonly search: CallSearch };

/** All call records of a filter as CSV, by their start; made while it is read, so that the memory it takes is the same for any number. */
export async function* exportCalls(deps: ExportDeps, filter: CallFilter, order: 'asc' | 'desc'): AsyncGenerator<string> {
  yield csvStart + csvLine(Object.keys(columns));
  const cells = Object.values(columns);
  for await (const records of batches(deps, filter, order)) {
    yield records.map((record) => csvLine(cells.map((cell) => cell(toRecordReply(record))))).join('');
  }
}

/** By position instead of offset: what is added meanwhile shifts nothing, and each batch is found at once. */
async function* batches({ db, search }: ExportDeps, filter: CallFilter, order: 'asc' | 'desc'): AsyncGenerator<CallRecord[]> {
  const { sql, values } = search.condition(filter);
  const [beyond, direction] = order === 'asc' ? ['>', 'ASC'] : ['<', 'DESC'];
  const next = db.prepare<[object], RecordRow>(
    `SELECT * FROM cdrs WHERE (started_at, id) ${beyond} (:lastAt, :lastId) AND ${sql}
     ORDER BY started_at ${direction}, id ${direction} LIMIT ${batchRows}`,
  );
  let last = order === 'asc' ? { lastAt: Number.MIN_SAFE_INTEGER, lastId: '' } : { lastAt: Number.MAX_SAFE_INTEGER, lastId: '' };
  for (;;) {
    const rows = next.all({ ...values, ...last });
    const end = rows.at(-1);
    if (end === undefined) return;
    yield rows.map(fromRecordRow);
    last = { lastAt: end.started_at, lastId: end.id };
    await nextTurn();
  }
}
