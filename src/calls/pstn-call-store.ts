import type { CallId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { RoutingPlan } from '#routing/decision.ts';
import type { Challenge } from './challenge.ts';
import type { AfterDial, PstnCaller } from './pstn-call-decision.ts';

export type PstnCallPhase = 'ringing' | 'voicemail' | 'over';

/** What is kept of a PSTN call beside its record. */
export type PstnCallRow = {
  readonly callSid: string;
  readonly callId: CallId;
  readonly token: string;
  readonly phase: PstnCallPhase;
  readonly plan: RoutingPlan;
  readonly challenge: Challenge | undefined;
  readonly afterDials: readonly AfterDial[];
  readonly caller: PstnCaller;
  readonly createdAt: number;
};

/** What two reports of one call have in common; times in milliseconds since the Unix epoch. */
export type CallMatch = {
  readonly trunk: string;
  /** Ours, E.164. */
  readonly number: string;
  /** E.164; empty where it is withheld. */
  readonly caller: string;
  readonly from: number;
  readonly to: number;
  readonly endedSince: number;
};

type Row = {
  readonly call_sid: string;
  readonly cdr_id: CallId;
  readonly token: string;
  readonly phase: PstnCallPhase;
  readonly plan: string;
  readonly challenge: string | null;
  readonly after_dials: string;
  readonly caller: string;
  readonly created_at: number;
};

/** The SQL of the table `pstn_calls`. */
export class PstnCallStore {
  readonly #db: OpenedDatabase['db'];
  readonly #save;
  readonly #bySid;
  readonly #byCall;
  readonly #open;
  readonly #unanswered;
  readonly #recovered;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#save = db.prepare<[Row]>(
      `INSERT INTO pstn_calls (call_sid, cdr_id, token, phase, plan, challenge, after_dials, caller, created_at)
       VALUES (:call_sid, :cdr_id, :token, :phase, :plan, :challenge, :after_dials, :caller, :created_at)
       ON CONFLICT (call_sid) DO UPDATE
       SET phase = excluded.phase, challenge = excluded.challenge, after_dials = excluded.after_dials`,
    );
    this.#bySid = db.prepare<[string], Row>('SELECT * FROM pstn_calls WHERE call_sid = ?');
    this.#byCall = db.prepare<[string], Row>('SELECT * FROM pstn_calls WHERE cdr_id = ? ORDER BY created_at DESC LIMIT 1');
    // By the names of a record: number, caller and time.
    const alike = `SELECT o.* FROM cdrs c JOIN pstn_calls o ON o.cdr_id = c.id
      WHERE c.started_at BETWEEN :from AND :to AND c.trunk = :trunk AND c.number = :number AND c.caller_number = :caller`;
    this.#unanswered = db.prepare<[CallMatch], Row>(
      `${alike} AND c.answered_at IS NULL AND coalesce(c.ended_at, :to) >= :endedSince ORDER BY c.started_at DESC LIMIT 1`,
    );
    this.#recovered = db.prepare<[Omit<CallMatch, 'endedSince'>], Row>(`${alike} AND o.plan ->> 'kind' = 'voicemail' LIMIT 1`);
    this.#open = db.prepare<[], Row>(`SELECT * FROM pstn_calls WHERE phase <> 'over' ORDER BY created_at`);
  }

  /** Runs all writes of `run` in one transaction. */
  transaction(run: () => void): void {
    this.#db.transaction(run).immediate();
  }

  save(row: PstnCallRow): void {
    this.#save.run(toRow(row));
  }

  bySid(callSid: string): PstnCallRow | undefined {
    const row = this.#bySid.get(callSid);
    return row === undefined ? undefined : fromRow(row);
  }

  byCall(callId: CallId): PstnCallRow | undefined {
    const row = this.#byCall.get(callId);
    return row === undefined ? undefined : fromRow(row);
  }

  /** The newest call of this caller to this number by this trunk, begun in that time, that was not answered and has just ended. */
  unanswered(alike: CallMatch): PstnCallRow | undefined {
    const row = this.#unanswered.get(alike);
    return row === undefined ? undefined : fromRow(row);
  }

  /** Whether such a call went to the voicemail without having reached us. */
  isRecovered(alike: Omit<CallMatch, 'endedSince'>): boolean {
    return this.#recovered.get(alike) !== undefined;
  }

  /** Those that the last run left open. */
  open(): readonly PstnCallRow[] {
    return this.#open.all().map(fromRow);
  }
}

function toRow({ callSid, callId, token, phase, plan, challenge, afterDials, caller, createdAt }: PstnCallRow): Row {
  return {
    call_sid: callSid,
    cdr_id: callId,
    token,
    phase,
    created_at: createdAt,
    plan: JSON.stringify(plan),
    challenge: challenge === undefined ? null : JSON.stringify(challenge),
    after_dials: JSON.stringify(afterDials),
    caller: JSON.stringify(caller),
  };
}

// Only values of our own types are ever written.
function fromRow(row: Row): PstnCallRow {
  return {
    callSid: row.call_sid,
    callId: row.cdr_id,
    token: row.token,
    phase: row.phase,
    createdAt: row.created_at,
    plan: JSON.parse(row.plan) as RoutingPlan,
    challenge: row.challenge === null ? undefined : (JSON.parse(row.challenge) as Challenge),
    afterDials: JSON.parse(row.after_dials) as readonly AfterDial[],
    caller: JSON.parse(row.caller) as PstnCaller,
  };
}
