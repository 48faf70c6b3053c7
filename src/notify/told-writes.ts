// Owns that what is to be told is written down: at once, or when the disk takes it again.
// Called by told.ts for each thing, and by catch-up.ts at the start.
// Must stay true: up to when everything was written is known, so that a start after a kill tells the rest.
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { Watermarks } from '#storage/watermarks.ts';
import type { WriteBatch } from '#storage/write-batch.ts';

export type ToldWritesDeps = {
  readonly writes: Pick<WriteBatch, 'write'>;
  readonly watermarks: Pick<Watermarks, 'get' | 'set' | 'shift'>;
  readonly events: Pick<Events<Facts>, 'on'>;
  readonly clock: { now(): number };
  readonly log: Log;
};

const watermark = 'notified';
/** Of a house whose disk is full for days; the oldest are let go. */
const maxKept = 1_000;

export class ToldWrites {
  readonly #deps: ToldWritesDeps;
  #kept: (() => void)[] = [];

  constructor(deps: ToldWritesDeps) {
    this.#deps = deps;
  }

  /** Returns the function that ends it. */
  start(): () => void {
    return this.#deps.events.on('storage.recovered', () => {
      for (const run of this.#kept.splice(0)) this.write(run);
    });
  }

  /** Up to when everything was told for certain; undefined where nothing ever was. */
  get toldUntil(): number | undefined {
    return this.#deps.watermarks.get(watermark);
  }

  /** The machine's clock was set. */
  clockSet(byMs: number): void {
    this.write(() => this.#deps.watermarks.shift(watermark, byMs));
  }

  /** `run` is synchronous SQL. */
  write(run: () => void): void {
    const { writes, watermarks, clock, log } = this.#deps;
    const now = clock.now();
    const written = writes.write(() => {
      run();
      watermarks.set(watermark, now);
    });
    written.catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'unavailable') this.#kept = [...this.#kept, run].slice(-maxKept);
      else log.error({ err: error }, 'Something is not told to anybody');
    });
  }
}
