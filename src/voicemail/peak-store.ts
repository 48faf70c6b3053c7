import type { RecordingId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Recording } from './recording.ts';

export type PeaksFound = { readonly recording: Pick<Recording, 'id' | 'kind'>; readonly peaks: Uint8Array | undefined };

type Row = Pick<Recording, 'id' | 'kind'> & { readonly peaks: Uint8Array | null };

/** The SQL of the table `recording_peaks`: its rows come and go with the audio, by themselves. */
export class PeakStore {
  readonly #get;
  readonly #missing;
  readonly #save;

  constructor(db: OpenedDatabase['db']) {
    const select = 'SELECT r.id, r.kind, p.peaks FROM recording_peaks p JOIN recordings r ON r.id = p.recording_id';
    this.#get = db.prepare<[string], Row>(`${select} WHERE p.recording_id = ?`);
    this.#missing = db.prepare<[number], Row>(`${select} WHERE p.peaks IS NULL LIMIT ?`);
    this.#save = db.prepare<[Uint8Array, string]>('UPDATE recording_peaks SET peaks = ? WHERE recording_id = ?');
  }

  /** Undefined where there is no audio; its peaks are undefined until somebody has looked. */
  get(id: RecordingId): PeaksFound | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  missing(limit: number): readonly PeaksFound['recording'][] {
    return this.#missing.all(limit).map((row) => fromRow(row).recording);
  }

  /** Nothing where the audio was deleted meanwhile. */
  save(id: RecordingId, peaks: Uint8Array): void {
    this.#save.run(peaks, id);
  }
}

function fromRow({ id, kind, peaks }: Row): PeaksFound {
  return { recording: { id, kind }, peaks: peaks ?? undefined };
}
