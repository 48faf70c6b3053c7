import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { CallId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { CallLeg, CallRecord } from './call.ts';
import type { CdrStore } from './cdr-store.ts';
import { UnsavedRecords } from './unsaved-records.ts';

export type RecordWriterDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Pick<Events<Facts>, 'emit'>;
  readonly store: CdrStore;
  /** While it is paused the log of the database is being taken in, and only what must not be lost is added to it. */
  readonly writes?: Pick<WriteBatch, 'isPaused' | 'write'> | undefined;
};

type Waiting = { readonly record: CallRecord; readonly legs: readonly CallLeg[] };

/** Writes call records. Never throws: a full disk must not end a call, and its record is written when there is room again. */
export class RecordWriter {
  readonly #deps: RecordWriterDeps;
  readonly #unsaved: UnsavedRecords;
  /** Unanswered calls, while the batch is paused: only their latest state is of interest. */
  readonly #waiting = new Map<string, Waiting>();
  #isFailing = false;

  constructor(deps: RecordWriterDeps) {
    this.#deps = deps;
    const { clock, log, store } = deps;
    this.#unsaved = new UnsavedRecords({
      clock,
      save: (record, legs) => store.save(record, legs),
      saved: (calls) => {
        this.#isFailing = false;
        log.info({ calls }, 'Call records kept in memory are stored now');
      },
    });
  }

  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** What was answered is on the disk when it returns; of other calls while a flood fills the database, soon after. */
  save(record: CallRecord, legs: Iterable<CallLeg>): void {
    const { store, writes } = this.#deps;
    if (record.answeredAt === undefined && writes?.isPaused === true) {
      this.#saveLater(record, legs);
      return;
    }
    this.#waiting.delete(record.id);
    try {
      store.save(record, legs);
      this.#saved(record.id);
    } catch (error) {
      this.#unsaved.keep(record, legs);
      this.failed(error);
    }
  }

  /** The latest state of a call, written or not. */
  find(id: CallId): Waiting | undefined {
    const unwritten = this.#waiting.get(id) ?? this.#unsaved.find(id);
    if (unwritten !== undefined) return unwritten;
    try {
      const record = this.#deps.store.get(id);
      return record === undefined ? undefined : { record, legs: this.#deps.store.legsOf(id) };
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  /** Nothing can be read or written. */
  failed(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#deps.log.error({ err: error }, 'Call records cannot be written; calls go on');
    this.#deps.events.emit('storage.failed', { reason: 'Call records cannot be written. Calls go on.' });
  }

  /** For the end of the process: a last try to write what could not be written. */
  stop(): void {
    for (const { record, legs } of this.#waiting.values()) this.#unsaved.keep(record, legs);
    this.#waiting.clear();
    this.#unsaved.stop();
  }

  #saveLater(record: CallRecord, legs: Iterable<CallLeg>): void {
    const { store, writes } = this.#deps;
    const { id } = record;
    const isQueued = this.#waiting.has(id);
    this.#waiting.set(id, { record, legs: [...legs] });
    if (isQueued || writes === undefined) return;
    writes
      .write(() => {
        const latest = this.#waiting.get(id);
        if (latest !== undefined) store.save(latest.record, latest.legs);
        return latest;
      })
      .then((written) => {
        const latest = this.#take(id);
        this.#saved(id);
        // It changed after it was written.
        if (latest !== undefined && latest !== written) this.save(latest.record, latest.legs);
      })
      .catch((error: unknown) => {
        const latest = this.#take(id);
        if (latest !== undefined) this.#unsaved.keep(latest.record, latest.legs);
        this.failed(error);
      });
  }

  #take(id: CallId): Waiting | undefined {
    const latest = this.#waiting.get(id);
    this.#waiting.delete(id);
    return latest;
  }

  #saved(id: CallId): void {
    this.#unsaved.forget(id);
    this.#isFailing = false;
  }
}
