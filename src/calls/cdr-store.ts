import type { CallId, DeviceId, LegId, PersonId, TokenId } from '#base/ids.ts';
import type { CallDisposition, CallReason } from '#contract/call-verdicts.ts';
import type { RoutingReason } from '#routing/decision.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { CallLeg, CallPurpose, CallRecord, CallDirection, LegOutcome } from './call.ts';
import type { Verdict } from './verdict.ts';

type RecordRow = {
  readonly id: CallId;
  readonly direction: CallDirection;
  readonly started_at: number;
  readonly ringing_at: number | null;
  readonly answered_at: number | null;
  readonly ended_at: number | null;
  readonly disposition: CallDisposition | null;
  readonly reason: CallReason | null;
  readonly dialled: string;
  readonly caller_device_id: DeviceId | null;
  readonly caller_person_id: PersonId | null;
  readonly caller_number: string;
  readonly caller_name: string;
  readonly callee_device_id: DeviceId | null;
  readonly callee_person_id: PersonId | null;
  readonly callee_number: string;
  readonly callee_name: string;
  readonly number: string | null;
  readonly trunk: string | null;
  readonly transferred_from: CallId | null;
  readonly requested_by: PersonId | TokenId | null;
  readonly purpose: CallPurpose | null;
  readonly reasons: string;
};

type LegRow = {
  readonly id: LegId;
  readonly cdr_id: CallId;
  readonly role: 'caller' | 'callee';
  readonly device_id: DeviceId | null;
  readonly person_id: PersonId | null;
  readonly name: string;
  readonly trunk: string | null;
  readonly address: string;
  readonly sip_call_id: string;
  readonly started_at: number;
  readonly ringing_at: number | null;
  readonly answered_at: number | null;
  readonly ended_at: number | null;
  readonly sip_status: number | null;
  readonly outcome: LegOutcome | null;
};

const recordColumns = [
  'id',
  'direction',
  'started_at',
  'ringing_at',
  'answered_at',
  'ended_at',
  'disposition',
  'reason',
  'dialled',
  'caller_device_id',
  'caller_person_id',
  'caller_number',
  'caller_name',
  'callee_device_id',
  'callee_person_id',
  'callee_number',
  'callee_name',
  'number',
  'trunk',
  'transferred_from',
  'requested_by',
  'purpose',
  'reasons',
] as const satisfies readonly (keyof RecordRow)[];

const legColumns = [
  'id',
  'cdr_id',
  'role',
  'device_id',
  'person_id',
  'name',
  'trunk',
  'address',
  'sip_call_id',
  'started_at',
  'ringing_at',
  'answered_at',
  'ended_at',
  'sip_status',
  'outcome',
] as const satisfies readonly (keyof LegRow)[];

/** With the columns of the table's CHECK. */
const indexed: ReadonlySet<string> = new Set([
  'started_at',
  'ended_at',
  'disposition',
  'reason',
  'caller_number',
  'callee_number',
  'dialled',
]);
const indexedInLegs: ReadonlySet<string> = new Set(['cdr_id', 'device_id', 'person_id']);

/**
 * Call detail records (CDRs): the SQL of `cdrs` and `call_legs` that the life of a call needs. Every method has committed when it returns, so that what the
 * network was answered survives a kill; reading lists is in call-search.ts.
 */
export class CdrStore {
  readonly #newRecord;
  readonly #openRecord;
  readonly #endRecord;
  readonly #newLeg;
  readonly #leg;
  readonly #closeRecords;
  readonly #closeLegs;
  readonly #one;
  readonly #legsOf;
  readonly #latest;
  readonly #save;

  constructor(db: OpenedDatabase['db']) {
    // Setting an indexed column rewrites its index, changed or not: in mid-call those are left alone.
    const open = recordColumns.filter((column) => !indexed.has(column) && column !== 'id');
    const ended = recordColumns.filter((column) => column !== 'id' && column !== 'started_at');
    const leg = legColumns.filter((column) => !indexedInLegs.has(column) && column !== 'id');
    this.#newRecord = db.prepare<[RecordRow]>(insert('cdrs', recordColumns));
    this.#openRecord = db.prepare<[RecordRow]>(update('cdrs', open));
    this.#endRecord = db.prepare<[RecordRow]>(update('cdrs', ended));
    this.#newLeg = db.prepare<[LegRow]>(insert('call_legs', legColumns));
    this.#leg = db.prepare<[LegRow]>(update('call_legs', leg));
    this.#closeRecords = db.prepare<[string]>(
      `UPDATE cdrs SET ended_at = coalesce(answered_at, ringing_at, started_at), disposition = 'failed', reason = 'interrupted'
       WHERE ended_at IS NULL AND id NOT IN (SELECT value FROM json_each(?))`,
    );
    this.#closeLegs = db.prepare(
      `UPDATE call_legs SET ended_at = coalesce(answered_at, ringing_at, started_at), outcome = coalesce(outcome, 'interrupted')
       WHERE ended_at IS NULL AND cdr_id IN (SELECT id FROM cdrs WHERE ended_at IS NULL)`,
    );
    this.#one = db.prepare<[string], RecordRow>('SELECT * FROM cdrs WHERE id = ?');
    this.#legsOf = db.prepare<[string], LegRow>('SELECT * FROM call_legs WHERE cdr_id = ? ORDER BY rowid');
    this.#latest = db.prepare<[number], { id: CallId; ended_at: number | null }>(
      'SELECT id, ended_at FROM cdrs ORDER BY sequence DESC LIMIT ?',
    );
    this.#save = db.transaction((record: CallRecord, legs: Iterable<CallLeg>) => {
      const row = toRecordRow(record);
      const known = record.endedAt === undefined ? this.#openRecord : this.#endRecord;
      if (known.run(row).changes === 0) this.#newRecord.run(row);
      for (const one of legs) this.#saveLeg(toLegRow(record.id, one));
    });
  }

  /** Writes the record and those legs, new or changed. */
  save(record: CallRecord, legs: Iterable<CallLeg>): void {
    this.#save.immediate(record, legs);
  }

  #saveLeg(row: LegRow): void {
    if (this.#leg.run(row).changes === 0) this.#newLeg.run(row);
  }

  /**
   * Closes what a kill left open, with the last time that is known for certain, but leaves the records of `except` open: the end
   * of those is still awaited. Returns how many records.
   */
  closeInterrupted(except: readonly string[] = []): number {
    this.#closeLegs.run();
    return this.#closeRecords.run(JSON.stringify(except)).changes;
  }

  get(id: CallId): CallRecord | undefined {
    const row = this.#one.get(id);
    return row === undefined ? undefined : fromRecordRow(row);
  }

  legsOf(id: CallId): readonly CallLeg[] {
    return this.#legsOf.all(id).map(fromLegRow);
  }

  /** Those that were written down last, the newest first. */
  latest(limit: number): readonly { readonly id: CallId; readonly endedAt: number | undefined }[] {
    return this.#latest.all(limit).map((row) => ({ id: row.id, endedAt: row.ended_at ?? undefined }));
  }
}

function insert(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((column) => `:${column}`).join(', ')})`;
}

function update(table: string, columns: readonly string[]): string {
  return `UPDATE ${table} SET ${columns.map((column) => `${column} = :${column}`).join(', ')} WHERE id = :id`;
}

function toRecordRow(record: CallRecord): RecordRow {
  const { caller, callee, verdict } = record;
  return {
    id: record.id,
    direction: record.direction,
    started_at: record.startedAt,
    ringing_at: record.ringingAt ?? null,
    answered_at: record.answeredAt ?? null,
    ended_at: record.endedAt ?? null,
    disposition: verdict?.disposition ?? null,
    reason: verdict?.reason ?? null,
    dialled: record.dialled,
    caller_device_id: caller.deviceId ?? null,
    caller_person_id: caller.personId ?? null,
    caller_number: caller.number,
    caller_name: caller.name,
    callee_device_id: callee.deviceId ?? null,
    callee_person_id: callee.personId ?? null,
    callee_number: callee.number,
    callee_name: callee.name,
    number: record.number ?? null,
    trunk: record.trunk ?? null,
    transferred_from: record.transferredFrom ?? null,
    requested_by: record.requestedBy ?? null,
    purpose: record.purpose ?? null,
    reasons: JSON.stringify(record.reasons),
  };
}

export type { RecordRow };

export function fromRecordRow(row: RecordRow): CallRecord {
  const { disposition, reason } = row;
  return {
    id: row.id,
    direction: row.direction,
    startedAt: row.started_at,
    ringingAt: row.ringing_at ?? undefined,
    answeredAt: row.answered_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    // Only verdicts of the closed list are ever written.
    verdict: disposition === null || reason === null ? undefined : ({ disposition, reason } as Verdict),
    dialled: row.dialled,
    caller: party(row.caller_device_id, row.caller_person_id, { number: row.caller_number, name: row.caller_name }),
    callee: party(row.callee_device_id, row.callee_person_id, { number: row.callee_number, name: row.callee_name }),
    number: row.number ?? undefined,
    trunk: row.trunk ?? undefined,
    transferredFrom: row.transferred_from ?? undefined,
    requestedBy: row.requested_by ?? undefined,
    purpose: row.purpose ?? undefined,
    reasons: JSON.parse(row.reasons) as readonly RoutingReason[],
  };
}

function party(deviceId: DeviceId | null, personId: PersonId | null, shown: { readonly number: string; readonly name: string }) {
  return { deviceId: deviceId ?? undefined, personId: personId ?? undefined, ...shown };
}

function toLegRow(cdrId: CallId, leg: CallLeg): LegRow {
  return {
    id: leg.id,
    cdr_id: cdrId,
    role: leg.role,
    device_id: leg.deviceId ?? null,
    person_id: leg.personId ?? null,
    name: leg.name,
    trunk: leg.trunk ?? null,
    address: leg.address,
    sip_call_id: leg.sipCallId,
    started_at: leg.startedAt,
    ringing_at: leg.ringingAt ?? null,
    answered_at: leg.answeredAt ?? null,
    ended_at: leg.endedAt ?? null,
    sip_status: leg.sipStatus ?? null,
    outcome: leg.outcome ?? null,
  };
}

function fromLegRow(row: LegRow): CallLeg {
  return {
    id: row.id,
    role: row.role,
    deviceId: row.device_id ?? undefined,
    personId: row.person_id ?? undefined,
    name: row.name,
    trunk: row.trunk ?? undefined,
    address: row.address,
    sipCallId: row.sip_call_id,
    startedAt: row.started_at,
    ringingAt: row.ringing_at ?? undefined,
    answeredAt: row.answered_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    sipStatus: row.sip_status ?? undefined,
    outcome: row.outcome ?? undefined,
  };
}
