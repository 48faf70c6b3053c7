import type { OpenedDatabase } from '#storage/database.ts';

/** What was said, in text. `house`: by the house's own speech-to-text. */
export type Transcript = {
  readonly recordingSid: string;
  readonly source: 'twilio' | 'house';
  readonly status: 'completed' | 'failed';
  readonly text: string;
};

type Row = {
  readonly recording_sid: string;
  readonly source: 'twilio' | 'house';
  readonly status: 'completed' | 'failed';
  readonly text: string;
};

/** The SQL of the table `recording_transcripts`. */
export class TranscriptStore {
  readonly #save;
  readonly #get;
  readonly #prune;

  constructor(db: OpenedDatabase['db']) {
    this.#save = db.prepare<[Row & { readonly at: number }]>(
      `INSERT INTO recording_transcripts (recording_sid, source, status, text, at)
       VALUES (:recording_sid, :source, :status, :text, :at)
       ON CONFLICT (recording_sid) DO UPDATE SET source = excluded.source, status = excluded.status, text = excluded.text,
       at = excluded.at`,
    );
    this.#get = db.prepare<[string], Row>('SELECT * FROM recording_transcripts WHERE recording_sid = ?');
    this.#prune = db.prepare<[number]>(
      'DELETE FROM recording_transcripts WHERE at < ? AND recording_sid NOT IN (SELECT recording_sid FROM recordings)',
    );
  }

  save({ recordingSid, ...transcript }: Transcript, now: number): void {
    this.#save.run({ recording_sid: recordingSid, ...transcript, at: now });
  }

  get(recordingSid: string): Transcript | undefined {
    const row = this.#get.get(recordingSid);
    if (row === undefined) return undefined;
    return { recordingSid: row.recording_sid, source: row.source, status: row.status, text: row.text };
  }

  /** Forgets those whose recording never came. */
  prune(before: number): void {
    this.#prune.run(before);
  }
}

/** Whether `next` says more than what is there: a text beats a failure, the house's own beats Twilio's, and the same is nothing new. */
export function isBetter(next: Transcript, before: Transcript | undefined): boolean {
  if (before === undefined) return true;
  if (next.status !== before.status) return next.status === 'completed';
  if (next.source !== before.source) return next.source === 'house';
  return next.text !== before.text;
}
