import type { CallId, RecordingId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { ExternalRecording, Recording, RecordingKind, RecordingSourceName, RecordingState } from './recording.ts';

type Row = {
  readonly id: RecordingId;
  readonly kind: RecordingKind;
  readonly source: RecordingSourceName;
  readonly external_id: string | null;
  readonly external_call_id: string | null;
  readonly call_id: CallId | null;
  readonly state: RecordingState;
  readonly started_at: number;
  readonly seconds: number | null;
  readonly channels: number;
  readonly bytes: number | null;
  readonly attempts: number;
  readonly absences: number;
  readonly due_at: number | null;
  readonly problem: string | null;
  readonly changed_at: number;
};
type RetainedRow = Row & { readonly kept_from: number };

/** With the time from which its days count. */
export type RetainedRecording = Recording & { readonly retainedFrom: number };

/** A recording that is new to us is taken to be no older than this. */
const maxBackdateMs = 100 * 86_400_000;

const columns = [
  'id',
  'kind',
  'source',
  'external_id',
  'external_call_id',
  'call_id',
  'state',
  'started_at',
  'seconds',
  'channels',
  'bytes',
  'attempts',
  'absences',
  'due_at',
  'problem',
  'changed_at',
] as const satisfies readonly (keyof Row)[];

/** The SQL of the table `recordings`. Nothing commits here: callers write inside a WriteBatch. */
export class RecordingStore {
  readonly #save;
  readonly #byId;
  readonly #byExternalId;
  readonly #due;
  readonly #ofCall;
  readonly #ofExternalCall;
  readonly #stored;
  readonly #states;
  readonly #size;
  readonly #prune;
  readonly #shiftDueTimes;
  readonly #startRetention;

  constructor(db: OpenedDatabase['db']) {
    const changes = columns.slice(1).map((column) => `${column} = excluded.${column}`);
    this.#save = db.prepare<[Row]>(
      `INSERT INTO recordings (${columns.join(', ')}) VALUES (${columns.map((column) => `:${column}`).join(', ')})
       ON CONFLICT (id) DO UPDATE SET ${changes.join(', ')}`,
    );
    this.#byId = db.prepare<[string], Row>('SELECT * FROM recordings WHERE id = ?');
    this.#byExternalId = db.prepare<[RecordingSourceName, string], Row>(
      'SELECT * FROM recordings WHERE source = ? AND external_id = ?',
    );
    this.#due = db.prepare<[number], Row>('SELECT * FROM recordings WHERE due_at IS NOT NULL ORDER BY due_at, id LIMIT ?');
    this.#ofCall = db.prepare<[string], Row>(
      `SELECT * FROM recordings WHERE call_id = ? AND kind = 'call' ORDER BY started_at, id`,
    );
    this.#ofExternalCall = db.prepare<[RecordingSourceName, string], Row>(
      'SELECT * FROM recordings WHERE source = ? AND external_call_id = ? ORDER BY started_at, id',
    );
    this.#stored = db.prepare<[{ kind: RecordingKind; limit: number }], RetainedRow>(
      `SELECT * FROM recordings WHERE kind = :kind AND state = 'stored' AND kept_from IS NOT NULL
       ORDER BY kept_from, started_at, id LIMIT :limit`,
    );
    this.#states = db.prepare<[], Pick<Row, 'id' | 'kind'>>(
      `SELECT id, kind FROM recordings WHERE state IN ('stored', 'fetching')`,
    );
    this.#size = db.prepare<[RecordingKind], { n: number }>(
      `SELECT coalesce(sum(bytes), 0) AS n FROM recordings WHERE kind = ? AND state = 'stored'`,
    );
    this.#shiftDueTimes = db.prepare<[number]>('UPDATE recordings SET due_at = due_at + ? WHERE due_at IS NOT NULL');
    this.#startRetention = db.prepare<[{ earliest: number; now: number }]>(
      `UPDATE recordings SET kept_from = CASE WHEN started_at BETWEEN :earliest AND :now THEN started_at ELSE :now END
       WHERE kept_from IS NULL`,
    );
    this.#prune = db.prepare<[{ before: number }]>(
      `DELETE FROM recordings WHERE changed_at < :before AND kept_from < :before AND state IN ('running', 'discarded', 'lost', 'removed')
       AND id NOT IN (SELECT recording_id FROM voicemails WHERE is_shown = 1)`,
    );
  }

  save(recording: Recording, now: number): void {
    this.#save.run(toRow(recording, now));
  }

  byId(id: RecordingId): Recording | undefined {
    return fromRow(this.#byId.get(id));
  }

  byExternalId(source: RecordingSourceName, externalId: string): Recording | undefined {
    return fromRow(this.#byExternalId.get(source, externalId));
  }

  /** What is to be fetched, the next first. */
  fetching(limit: number): readonly Recording[] {
    return this.#due.all(limit).flatMap((row) => fromRow(row) ?? []);
  }

  /** Of a call record, in the order in which they were made; without voicemail. */
  ofCall(callId: CallId): readonly Recording[] {
    return this.#ofCall.all(callId).flatMap((row) => fromRow(row) ?? []);
  }

  /** All that a source made of one call; nothing where it has no id for the call. */
  ofExternalCall({ source, externalCallId }: Pick<ExternalRecording, 'source' | 'externalCallId'>): readonly Recording[] {
    if (externalCallId === undefined) return [];
    return this.#ofExternalCall.all(source, externalCallId).flatMap((row) => fromRow(row) ?? []);
  }

  /** Oldest first. */
  stored(kind: RecordingKind, limit: number): readonly RetainedRecording[] {
    return this.#stored.all({ kind, limit }).flatMap((row) => {
      const recording = fromRow(row);
      return recording === undefined ? [] : [{ ...recording, retainedFrom: row.kept_from }];
    });
  }

  /** Ids whose file is there or may be there. */
  idsWithFile(kind: RecordingKind): ReadonlySet<string> {
    return new Set(this.#states.all().flatMap((row) => (row.kind === kind ? [row.id] : [])));
  }

  storedBytes(kind: RecordingKind): number {
    return this.#size.get(kind)?.n ?? 0;
  }

  /** The clock was set: due times keep their distance from now. */
  shiftDueTimes(byMs: number): void {
    this.#shiftDueTimes.run(byMs);
  }

  /** Starts the retention of new recordings: from their own start, where that can be believed, else from now. */
  startRetention(now: number, isStartBelieved: boolean): void {
    this.#startRetention.run({ now, earliest: isStartBelieved ? now - maxBackdateMs : now });
  }

  /** Deletes rows of recordings that cannot be asked for any more. */
  prune(before: number): number {
    return this.#prune.run({ before }).changes;
  }
}

function toRow(recording: Recording, now: number): Row {
  return {
    id: recording.id,
    kind: recording.kind,
    source: recording.source,
    external_id: recording.externalId ?? null,
    external_call_id: recording.externalCallId ?? null,
    call_id: recording.callId ?? null,
    state: recording.state,
    started_at: recording.startedAt,
    seconds: recording.seconds ?? null,
    channels: recording.channels,
    bytes: recording.bytes ?? null,
    attempts: recording.attempts,
    absences: recording.absences,
    due_at: recording.dueAt ?? null,
    problem: recording.problem ?? null,
    changed_at: now,
  };
}

function fromRow(row: Row | undefined): Recording | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    kind: row.kind,
    source: row.source,
    externalId: row.external_id ?? undefined,
    externalCallId: row.external_call_id ?? undefined,
    callId: row.call_id ?? undefined,
    state: row.state,
    startedAt: row.started_at,
    seconds: row.seconds ?? undefined,
    channels: row.channels,
    bytes: row.bytes ?? undefined,
    attempts: row.attempts,
    absences: row.absences,
    dueAt: row.due_at ?? undefined,
    problem: row.problem ?? undefined,
  };
}
