import type { Clock, Timer } from '#base/clock.ts';
import type { CallId } from '#base/ids.ts';
import type { CallLeg, CallRecord } from './call.ts';

export type UnsavedRecordsDeps = {
  readonly clock: Clock;
  /** Throws while nothing can be written. */
  readonly save: (record: CallRecord, legs: readonly CallLeg[]) => void;
  readonly saved: (records: number) => void;
  /** Kept at most; of more the oldest are forgotten. */
  readonly maxRecords?: number;
};

const retryMs = 5_000;

/** What could not be written of calls, until the disk takes it. */
export class UnsavedRecords {
  readonly #deps: UnsavedRecordsDeps;
  readonly #waiting = new Map<string, { readonly record: CallRecord; readonly legs: readonly CallLeg[] }>();
  #timer: Timer | undefined;

  constructor(deps: UnsavedRecordsDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** In place of what is known of the same call. */
  keep(record: CallRecord, legs: Iterable<CallLeg>): void {
    this.#waiting.delete(record.id);
    this.#waiting.set(record.id, { record, legs: [...legs] });
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > (this.#deps.maxRecords ?? 1_000) && oldest !== undefined) this.#waiting.delete(oldest);
    this.#timer ??= this.#deps.clock.after(retryMs, () => {
      this.#timer = undefined;
      this.retry();
    });
  }

  find(id: CallId): { readonly record: CallRecord; readonly legs: readonly CallLeg[] } | undefined {
    return this.#waiting.get(id);
  }

  /** A later state of this call has been written. */
  forget(id: CallId): void {
    if (this.#waiting.size > 0) this.#waiting.delete(id);
  }

  /** Writes what it can, and tries again later with the rest. */
  retry(): void {
    let saved = 0;
    for (const [id, { record, legs }] of this.#waiting) {
      try {
        this.#deps.save(record, legs);
      } catch {
        this.keep(record, legs);
        break;
      }
      this.#waiting.delete(id);
      saved += 1;
    }
    if (saved > 0) this.#deps.saved(saved);
  }

  stop(): void {
    this.retry();
    this.#timer?.cancel();
  }
}
