// Owns the waveforms of all recordings: made once from the stored audio, at once where somebody looks, else when there is nothing else to do.
// Called by the room when audio is stored, and by the routes that show it.
// Must stay true: one recording at a time is read; what is to be done follows from the database, so nothing is forgotten over a restart.
import type { Clock } from '#base/clock.ts';
import { DueWork } from '#base/due-work.ts';
import type { RecordingId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { AudioFiles } from './audio-files.ts';
import type { PeaksFound, PeakStore } from './peak-store.ts';
import { readPeaks } from './peaks.ts';
import { fileNameOf } from './recording.ts';
import type { RecordingKind } from './recording.ts';

export type WaveformsDeps = {
  readonly store: PeakStore;
  readonly files: Readonly<Record<RecordingKind, Pick<AudioFiles, 'read'>>>;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly log: Log;
};

const afterFaultMs = 600_000;
const stopTimeoutMs = 3000;
/** With so many that cannot be read there is something else to mend first. */
const maxFailed = 100;
const nothing = new Uint8Array();

export class Waveforms {
  readonly #deps: WaveformsDeps;
  readonly #work: DueWork<PeaksFound['recording']>;
  /** Being made, or to be made next because somebody looks. */
  readonly #wanted = new Map<RecordingId, Promise<Uint8Array>>();
  /** What the disk refused; tried again after the next start, and when somebody looks. */
  readonly #failed = new Set<RecordingId>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: WaveformsDeps) {
    this.#deps = deps;
    this.#work = new DueWork({
      clock: deps.clock,
      next: () => {
        const item = deps.store.missing(maxFailed).find(({ id }) => !this.#failed.has(id));
        return item === undefined ? undefined : { item, dueAt: 0 };
      },
      run: (recording) => this.#try(recording),
      onFault: (error) => deps.log.error({ err: error }, 'Making waveforms of recordings failed'),
      afterFaultMs,
    });
  }

  start(): void {
    this.#work.start();
  }

  /** Gives one that is being made a moment; it is made again after the next start. */
  stop(): Promise<void> {
    return this.#work.stop(stopTimeoutMs);
  }

  /** There is new audio. */
  wake(): void {
    this.#work.wake();
  }

  /** Empty where there is no audio, or none that can be read. */
  async of(id: RecordingId): Promise<Uint8Array> {
    const found = this.#deps.store.get(id);
    if (found === undefined) return nothing;
    return found.peaks ?? this.#make(found.recording).catch(() => nothing);
  }

  async #try(recording: PeaksFound['recording']): Promise<void> {
    try {
      await this.#make(recording);
    } catch (error) {
      this.#failed.add(recording.id);
      this.#deps.log.warn({ err: error, recording: recording.id }, 'Waveform of a recording not made');
    }
  }

  #make(recording: PeaksFound['recording']): Promise<Uint8Array> {
    const { id } = recording;
    const found = this.#wanted.get(id);
    if (found !== undefined) return found;
    const making = this.#last.then(() => this.#read(recording));
    this.#wanted.set(id, making);
    this.#last = making.catch(() => {}).finally(() => this.#wanted.delete(id));
    return making;
  }

  async #read(recording: PeaksFound['recording']): Promise<Uint8Array> {
    const { store, files, writes } = this.#deps;
    const { id, kind } = recording;
    const file = await files[kind].read(fileNameOf(recording));
    const peaks = file === undefined ? nothing : await readPeaks(file);
    await writes.write(() => store.save(id, peaks));
    return peaks;
  }
}
