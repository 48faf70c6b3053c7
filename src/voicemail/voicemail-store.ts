import type { CallId, PersonId, RecordingId, VoicemailId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { Statements } from '#storage/statements.ts';
import { TextSearch } from '#storage/text-search.ts';
import type { CallWithMessage } from './ports.ts';
import type { RecordingSourceName, RecordingState } from './recording.ts';

/** Whose mailbox a call went to, and what is known of the caller. */
export type VoicemailCall = {
  readonly callId: CallId | undefined;
  /** Undefined: it belongs to the house. */
  readonly personId: PersonId | undefined;
  readonly callerNumber: string;
  readonly callerName: string;
  /** Our number that was called, E.164. */
  readonly number: string | undefined;
};

/** A message that a caller left. Times in milliseconds since the Unix epoch. */
export type Voicemail = VoicemailCall & {
  readonly id: VoicemailId;
  readonly recordingId: RecordingId;
  /** `stored`, or `lost` where the audio could not be had. */
  readonly audio: RecordingState;
  /** Why it is lost. */
  readonly problem: string | undefined;
  readonly seconds: number;
  readonly leftAt: number;
  readonly heardAt: number | undefined;
  readonly archivedAt: number | undefined;
  /** Undefined while there is none, and where transcribing failed. */
  readonly transcript: string | undefined;
  /** Who could not put it into words last. */
  readonly failedBy: RecordingSourceName | undefined;
};

export type NewVoicemail = Pick<Voicemail, 'id' | 'recordingId' | 'leftAt'> & { readonly call: VoicemailCall | undefined };

/** For a call that is not known yet. */
const unknownCall: VoicemailCall = {
  callId: undefined,
  personId: undefined,
  callerNumber: '',
  callerName: '',
  number: undefined,
};

/** Everything given must hold. `visibleTo` undefined: all. */
export type VoicemailFilter = {
  readonly visibleTo?: PersonId | undefined;
  /** Null: the house's own. */
  readonly personId?: PersonId | null | undefined;
  readonly isHeard?: boolean | undefined;
  readonly isArchived?: boolean | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly text?: string | undefined;
  /** Numbers of callers that are found beside those with the text. */
  readonly named?: readonly string[] | undefined;
};
export type VoicemailSort = 'leftAt' | 'seconds';
export type VoicemailPage = {
  readonly limit: number;
  readonly offset: number;
  readonly sort: VoicemailSort;
  readonly order: 'asc' | 'desc';
};

type CallRow = {
  readonly call_id: CallId | null;
  readonly person_id: PersonId | null;
  readonly caller_number: string;
  readonly caller_name: string;
  readonly number: string | null;
};

type Row = CallRow & {
  readonly id: VoicemailId;
  readonly recording_id: RecordingId;
  readonly audio: RecordingState;
  readonly problem: string | null;
  readonly seconds: number | null;
  readonly left_at: number;
  readonly heard_at: number | null;
  readonly archived_at: number | null;
  readonly transcript: string | null;
  readonly failed_by: RecordingSourceName | null;
};

const joined = `voicemails v JOIN recordings r ON r.id = v.recording_id
  LEFT JOIN recording_transcripts t ON t.recording_id = r.id AND t.status = 'completed'`;
const selection = `SELECT v.*, r.state AS audio, r.problem, r.seconds, t.text AS transcript,
  (SELECT f.source FROM recording_transcripts f WHERE f.recording_id = r.id AND f.status = 'failed') AS failed_by`;
const select = `${selection} FROM ${joined}`;
/** CROSS JOIN: SQLite keeps the order, and goes along the index on the seconds. */
const byLength = `recordings r INDEXED BY recordings_by_length CROSS JOIN voicemails v ON v.recording_id = r.id
  LEFT JOIN recording_transcripts t ON t.recording_id = r.id AND t.status = 'completed'`;
const columns = { leftAt: 'v.left_at', seconds: 'r.seconds' } as const;

const conditions = {
  visibleTo: 'v.person_id = :visibleTo',
  personId: 'v.person_id IS :personId',
  isHeard: '(v.heard_at IS NOT NULL) = :isHeard',
  isArchived: '(v.archived_at IS NOT NULL) = :isArchived',
  from: 'v.left_at >= :from',
  to: 'v.left_at < :to',
} as const satisfies Record<Exclude<keyof VoicemailFilter, 'text' | 'named'>, string>;
const filters = Object.keys(conditions) as (keyof typeof conditions)[];
const named = 'v.caller_number IN (SELECT value FROM json_each(:named))';
const searched = ['v.caller_name', 'v.caller_number', 't.text'];

/** The SQL of the table `voicemails`. Nothing commits here: callers write inside a WriteBatch. */
export class VoicemailStore {
  readonly #lists: Statements;
  readonly #text: TextSearch;
  readonly #insert;
  readonly #byId;
  readonly #byRecording;
  readonly #hear;
  readonly #archive;
  readonly #delete;
  readonly #deleteWords;
  readonly #unheardByPerson;
  readonly #resolve;
  readonly #unresolved;
  readonly #show;
  readonly #oldest;
  readonly #latest;

  constructor(db: OpenedDatabase['db']) {
    this.#lists = new Statements(db);
    this.#text = new TextSearch({ db, index: 'voicemail_search', sequence: 'v.sequence', columns: searched });
    // The person may have been deleted since the call.
    this.#insert = db.prepare<[object]>(
      `INSERT INTO voicemails (id, recording_id, person_id, call_id, caller_number, caller_name, number, left_at, is_resolved)
       VALUES (:id, :recordingId, (SELECT id FROM users WHERE id = :personId), :callId, :callerNumber, :callerName, :number,
         :leftAt, :isResolved)
       ON CONFLICT (recording_id) DO NOTHING`,
    );
    this.#resolve = db.prepare<[object]>(
      `UPDATE voicemails SET person_id = (SELECT id FROM users WHERE id = :personId), call_id = :callId,
         caller_number = :callerNumber, caller_name = :callerName, number = :number, is_resolved = 1
       WHERE recording_id = :recordingId AND is_resolved = 0`,
    );
    this.#unresolved = db.prepare<[string], { n: number }>(
      'SELECT count(*) AS n FROM voicemails WHERE recording_id = ? AND is_resolved = 0',
    );
    this.#show = db.prepare<[string]>('UPDATE voicemails SET is_shown = 1 WHERE recording_id = ? AND is_shown = 0');
    this.#oldest = db.prepare<[{ before: number; limit: number }], Row>(
      `${select} WHERE v.is_shown = 1 AND r.kept_from < :before ORDER BY r.kept_from LIMIT :limit`,
    );
    this.#latest = db.prepare<[number], { id: VoicemailId; changed_at: number }>(
      `SELECT v.id, r.changed_at FROM (SELECT * FROM voicemails ORDER BY sequence DESC LIMIT ?) v JOIN recordings r ON r.id = v.recording_id
       WHERE v.is_shown = 1`,
    );
    this.#byId = db.prepare<[string], Row>(`${select} WHERE v.id = ? AND v.is_shown = 1`);
    this.#byRecording = db.prepare<[string], Row>(`${select} WHERE v.recording_id = ? AND v.is_shown = 1`);
    this.#hear = db.prepare<[number | null, string]>('UPDATE voicemails SET heard_at = ? WHERE id = ?');
    this.#archive = db.prepare<[number | null, string]>('UPDATE voicemails SET archived_at = ? WHERE id = ?');
    this.#delete = db.prepare<[string]>('DELETE FROM voicemails WHERE id = ?');
    this.#deleteWords = db.prepare<[string]>(
      'DELETE FROM recording_transcripts WHERE recording_id = (SELECT recording_id FROM voicemails WHERE id = ?)',
    );
    this.#unheardByPerson = db.prepare<[string | null], Row>(
      `${select} WHERE v.person_id IS ? AND v.heard_at IS NULL AND v.is_shown = 1 ORDER BY v.left_at`,
    );
  }

  /** Inserts a message that is not shown yet; nothing where the recording has one already. */
  insert({ id, recordingId, leftAt, call }: NewVoicemail): void {
    this.#insert.run({ ...toColumns(call ?? unknownCall), id, recordingId, leftAt, isResolved: call === undefined ? 0 : 1 });
  }

  isUnresolved(recordingId: RecordingId): boolean {
    return (this.#unresolved.get(recordingId)?.n ?? 0) > 0;
  }

  /** Fills in whose call it was, where that was not known before. */
  resolve(recordingId: RecordingId, call: VoicemailCall): void {
    this.#resolve.run({ ...toColumns(call), recordingId });
  }

  /** Whether it was not shown before. */
  show(recordingId: RecordingId): boolean {
    return this.#show.run(recordingId).changes > 0;
  }

  byId(id: VoicemailId): Voicemail | undefined {
    return fromRow(this.#byId.get(id));
  }

  byRecording(recordingId: RecordingId): Voicemail | undefined {
    return fromRow(this.#byRecording.get(recordingId));
  }

  setHeard(id: VoicemailId, at: number | undefined): void {
    this.#hear.run(at ?? null, id);
  }

  setArchived(id: VoicemailId, at: number | undefined): void {
    this.#archive.run(at ?? null, id);
  }

  /** With what was said in it: the row of its recording stays. */
  delete(id: VoicemailId): void {
    this.#deleteWords.run(id);
    this.#delete.run(id);
  }

  /** Null: the house's own. */
  unheardByPerson(personId: PersonId | null): readonly Voicemail[] {
    return this.#unheardByPerson.all(personId).flatMap((row) => fromRow(row) ?? []);
  }

  find(filter: VoicemailFilter, page: VoicemailPage): { readonly items: readonly Voicemail[]; readonly total: number } {
    const given = filters.filter((name) => filter[name] !== undefined);
    const text = filter.text === undefined ? undefined : this.#text.condition(filter.text);
    const hasNamed = text !== undefined && filter.named !== undefined && filter.named.length > 0;
    const all = [
      'v.is_shown = 1',
      ...(text === undefined ? [] : [hasNamed ? `(${text.sql} OR ${named})` : text.sql]),
      ...given.map((name) => text?.beside(conditions[name]) ?? conditions[name]),
    ];
    const where = `WHERE ${all.join(' AND ')}`;
    const values = {
      ...Object.fromEntries(given.map((name) => [name, toValue(filter[name] ?? null)])),
      ...(text === undefined ? {} : { text: text.value }),
      ...(hasNamed ? { named: JSON.stringify(filter.named) } : {}),
    };
    const direction = page.order === 'asc' ? 'ASC' : 'DESC';
    const by = `${columns[page.sort]} ${direction}, v.sequence ${direction}`;
    const from = where.includes('t.text') ? joined : 'voicemails v';
    const along = page.sort === 'leftAt' ? from : text?.isFew === true ? joined : byLength;
    const rows = this.#lists.all<Row>(
      `${selection} FROM (SELECT v.sequence AS n FROM ${along} ${where} ORDER BY ${by} LIMIT :limit OFFSET :offset)
       CROSS JOIN ${joined.replace('voicemails v', 'voicemails v ON v.sequence = n')} ORDER BY ${by}`,
      { ...values, limit: page.limit, offset: page.offset },
    );
    const total = this.#lists.get<{ n: number }>(`SELECT count(*) AS n FROM ${from} ${where}`, values)?.n ?? 0;
    return { items: rows.flatMap((row) => fromRow(row) ?? []), total };
  }

  /** Of so many that were announced last those that are shown, the newest first, each with when its audio last changed. */
  latest(limit: number): readonly { readonly id: VoicemailId; readonly changedAt: number }[] {
    return this.#latest.all(limit).map((row) => ({ id: row.id, changedAt: row.changed_at }));
  }

  /** Those whose days count from before a moment, oldest first. */
  retainedFromBefore(before: number, limit: number): readonly Voicemail[] {
    return this.#oldest.all({ before, limit }).flatMap((row) => fromRow(row) ?? []);
  }
}

/** What a voicemail keeps of the record of its call. */
export function toVoicemailCall({ id, caller, callee, number }: CallWithMessage): VoicemailCall {
  return { callId: id, personId: callee.personId, callerNumber: caller.number, callerName: caller.name, number };
}

function toValue(value: string | number | boolean | null): string | number | null {
  return typeof value === 'boolean' ? Number(value) : value;
}

function toColumns({ callId, personId, callerNumber, callerName, number }: VoicemailCall) {
  return { callId: callId ?? null, personId: personId ?? null, callerNumber, callerName, number: number ?? null };
}

function fromColumns(row: CallRow): VoicemailCall {
  return {
    callId: row.call_id ?? undefined,
    personId: row.person_id ?? undefined,
    callerNumber: row.caller_number,
    callerName: row.caller_name,
    number: row.number ?? undefined,
  };
}

function fromRow(row: Row | undefined): Voicemail | undefined {
  if (row === undefined) return undefined;
  return {
    ...fromColumns(row),
    id: row.id,
    recordingId: row.recording_id,
    audio: row.audio,
    problem: row.audio === 'stored' ? undefined : (row.problem ?? undefined),
    seconds: row.seconds ?? 0,
    leftAt: row.left_at,
    heardAt: row.heard_at ?? undefined,
    archivedAt: row.archived_at ?? undefined,
    transcript: row.transcript ?? undefined,
    failedBy: row.failed_by ?? undefined,
  };
}
