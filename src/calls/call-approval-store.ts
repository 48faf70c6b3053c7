import type { CallApprovalId, CallId, PersonId } from '#base/ids.ts';
import type { LineHolder } from '#routing/child-line.ts';
import type { Database, Statement } from '#storage/database.ts';
import type { ApprovalAnswer, CallApproval } from './call-approval.ts';

type Row = {
  readonly id: CallApprovalId;
  readonly call_id: CallId;
  readonly number: string;
  readonly caller_name: string;
  readonly lines: string;
  readonly asked_at: number;
  readonly answer: ApprovalAnswer | null;
  readonly granted_until: number | null;
  readonly answered_at: number | null;
  readonly answered_person_id: PersonId | null;
};

/** So that a caller who tries all day long fills no disk. */
const maxKept = 500;

/** The SQL of the table `call_approvals`. */
export class CallApprovalStore {
  readonly #all: Statement<[], Row>;
  readonly #byId: Statement<[string], Row>;
  readonly #byCall: Statement<[string], Row>;
  readonly #put: Statement<[Row]>;
  readonly #prune: Statement<[number]>;
  readonly #release: Statement<[string]>;

  constructor(db: Database) {
    this.#all = db.prepare('SELECT * FROM call_approvals ORDER BY asked_at DESC, id DESC');
    this.#byId = db.prepare('SELECT * FROM call_approvals WHERE id = ?');
    this.#byCall = db.prepare('SELECT * FROM call_approvals WHERE call_id = ?');
    this.#put = db.prepare(
      `INSERT INTO call_approvals (id, call_id, number, caller_name, lines, asked_at, answer, granted_until, answered_at,
         answered_person_id)
       VALUES (:id, :call_id, :number, :caller_name, :lines, :asked_at, :answer, :granted_until, :answered_at, :answered_person_id)
       ON CONFLICT (id) DO UPDATE SET answer = excluded.answer, granted_until = excluded.granted_until,
         answered_at = excluded.answered_at, answered_person_id = excluded.answered_person_id`,
    );
    this.#prune = db.prepare(
      'DELETE FROM call_approvals WHERE id IN (SELECT id FROM call_approvals ORDER BY asked_at DESC LIMIT -1 OFFSET ?)',
    );
    this.#release = db.prepare('DELETE FROM call_approvals WHERE ? IN (SELECT value FROM json_each(lines))');
  }

  /** The newest first; a few hundred at most. */
  all(): readonly CallApproval[] {
    return this.#all.all().map(fromRow);
  }

  byId(id: string): CallApproval | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  ofCall(callId: CallId): CallApproval | undefined {
    const row = this.#byCall.get(callId);
    return row === undefined ? undefined : fromRow(row);
  }

  /** New or changed. */
  put(approval: CallApproval): void {
    this.#put.run({
      id: approval.id,
      call_id: approval.callId,
      number: approval.number,
      caller_name: approval.callerName,
      lines: JSON.stringify(approval.lines),
      asked_at: approval.askedAt,
      answer: approval.answer ?? null,
      granted_until: approval.grantedUntil ?? null,
      answered_at: approval.answeredAt ?? null,
      answered_person_id: approval.answeredBy ?? null,
    });
    this.#prune.run(maxKept);
  }

  /** Removes what was asked about the line of a phone or person. */
  release(holder: LineHolder): void {
    this.#release.run(holder);
  }
}

function fromRow(row: Row): CallApproval {
  return {
    id: row.id,
    callId: row.call_id,
    number: row.number,
    callerName: row.caller_name,
    lines: JSON.parse(row.lines),
    askedAt: row.asked_at,
    answer: row.answer ?? undefined,
    grantedUntil: row.granted_until ?? undefined,
    answeredAt: row.answered_at ?? undefined,
    answeredBy: row.answered_person_id ?? undefined,
  };
}
