import type { RecordingId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { RecordingSourceName } from './recording.ts';

/** What was said, in text. `source`: whose speech-to-text it is. */
export type Transcript = {
  readonly recordingId: RecordingId;
  readonly source: RecordingSourceName;
  readonly status: 'completed' | 'failed';
  readonly text: string;
};

type Row = {
  readonly recording_id: RecordingId;
  readonly source: RecordingSourceName;
  readonly status: 'completed' | 'failed';
  readonly text: string;
};

/** The SQL of the table `recording_transcripts`; a row goes with its recording. */
export class TranscriptStore {
  readonly #save;
  readonly #get;
  readonly #missing;

  constructor(db: OpenedDatabase['db']) {
    this.#save = db.prepare<[Row & { readonly at: number }]>(
      `INSERT INTO recording_transcripts (recording_id, source, status, text, at)
       VALUES (:recording_id, :source, :status, :text, :at)
       ON CONFLICT (recording_id) DO UPDATE SET source = excluded.source, status = excluded.status, text = excluded.text,
       at = excluded.at`,
    );
    this.#get = db.prepare<[string], Row>('SELECT * FROM recording_transcripts WHERE recording_id = ?');
    this.#missing = db.prepare<[number], { readonly id: RecordingId }>(
      `SELECT r.id FROM voicemails v JOIN recordings r ON r.id = v.recording_id
       WHERE v.left_at >= ? AND v.is_shown = 1 AND r.state = 'stored' AND NOT EXISTS (
         SELECT 1 FROM recording_transcripts t WHERE t.recording_id = r.id AND (t.status = 'completed' OR t.source = 'house'))
       ORDER BY v.left_at DESC LIMIT 100`,
    );
  }

  save({ recordingId, ...transcript }: Transcript, now: number): void {
    this.#save.run({ recording_id: recordingId, ...transcript, at: now });
  }

  /** Recordings of messages left since then that nobody has put into words, and the house has not given up; the newest first. */
  missing(since: number): readonly RecordingId[] {
    return this.#missing.all(since).map(({ id }) => id);
  }

  get(recordingId: RecordingId): Transcript | undefined {
    const row = this.#get.get(recordingId);
    if (row === undefined) return undefined;
    return { recordingId: row.recording_id, source: row.source, status: row.status, text: row.text };
  }
}

/** Whether `next` is to replace `before`: a text beats a failure, the house's own beats that of others, and the same is nothing new. */
export function isBetter(next: Omit<Transcript, 'recordingId'>, before: Omit<Transcript, 'recordingId'> | undefined): boolean {
  if (before === undefined) return true;
  if (next.status !== before.status) return next.status === 'completed';
  if (next.source !== before.source) return next.source === 'house';
  return next.text !== before.text;
}
