// Owns the question whether the database takes a write now, asked by writing.
// Called by the probe of app/storage.ts, at any time and by anybody.
// Must stay true: however often it is asked, one row is written in `keptMs`, by the same way as everything else.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { Database } from './database.ts';
import { HouseTimes } from './house-times.ts';
import type { WriteBatch } from './write-batch.ts';

export type WriteProbeDeps = {
  readonly db: Database;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  /** Of the disk with this folder on it. */
  readonly freeBytes?: (folder: string) => number;
};

const keptMs = 5_000;
/** Writes wait for each other, and for the end of a checkpoint. */
const maxWaitMs = 5_000;
/** A row still finds room in the pages that a full disk has already given us, what is larger does not. */
const minFreeBytes = 256 * 1024;

export class WriteProbe {
  readonly #deps: WriteProbeDeps;
  readonly #times: HouseTimes;
  #last: { readonly at: number; readonly problem: Promise<string | undefined> } | undefined;

  constructor(deps: WriteProbeDeps) {
    this.#deps = deps;
    this.#times = new HouseTimes(deps.db);
  }

  /** Why a write fails now, in the user's words; undefined where it does not. Never rejects. */
  async problem(): Promise<string | undefined> {
    const { clock, writes } = this.#deps;
    const now = clock.monotonic();
    if (this.#last === undefined || now - this.#last.at >= keptMs) this.#last = { at: now, problem: this.#write() };
    const stuck = await this.#last.problem;
    return writes.problem ?? stuck ?? this.#full();
  }

  /** A write that fails is told by `writes.problem` from then on, as any other. */
  #write(): Promise<string | undefined> {
    const { clock, writes } = this.#deps;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const timer = clock.after(maxWaitMs, () =>
      resolve(`The database has taken no write for ${maxWaitMs / 1000} seconds. Calls go on.`),
    );
    const settled = () => {
      timer.cancel();
      resolve(undefined);
    };
    writes.write(() => this.#times.set('written', clock.now())).then(settled, settled);
    return promise;
  }

  #full(): string | undefined {
    const { db, freeBytes = freeBytesOf } = this.#deps;
    if (db.memory || freeBytes(dirname(db.name)) >= minFreeBytes) return undefined;
    return 'The database cannot grow: the disk is full. Calls go on, but soon nothing is saved.';
  }
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
