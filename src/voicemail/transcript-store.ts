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

  constructor(db: OpenedDatabase['db']) {
    this.#save = db.prepare<[Row & { readonly at: number }]>(
      `INSERT INTO recording_transcripts (recording_id, source, status, text, at)
       VALUES (:recording_id, :source, :status, :text, :at)
       ON CONFLICT (recording_id) DO UPDATE SET source = excluded.source, status = excluded.status, text = excluded.text,
       at = excluded.at`,
    );
    this.#get = db.prepare<[string], Row>('SELECT * FROM recording_transcripts WHERE recording_id = ?');
  }

  save({ recordingId, ...transcript }: Transcript, now: number): void {
    this.#save.run({ recording_id: recordingId, ...transcript, at: now });
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
