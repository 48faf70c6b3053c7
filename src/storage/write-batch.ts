import type { Database, Statement } from 'better-sqlite3';
import { AppError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { explainStorageFailure, storageFailure } from './storage-failure.ts';

export type WriteBatchOptions = {
  readonly db: Database;
  readonly log: Log;
  /** Called with a text for the user when storage begins to fail, and with undefined when a write succeeds again. */
  readonly onProblem?: (problem: string | undefined) => void;
  /** Schedules the commit; after one turn of the event loop by default. */
  readonly defer?: (commit: () => void) => void;
};

type Queued = {
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
};

type Outcome = { readonly queued: Queued } & ({ readonly kind: 'written'; readonly value: unknown } | Failed);
type Failed = { readonly kind: 'failed'; readonly error: unknown };

/** So that one commit never holds up the event loop for long. */
const maxWritesPerCommit = 500;
/** How long a write waits for another program that has the database locked: everything else of the house waits with it. */
const busyMs = 1_000;
/** The same once one has failed, until the lock is gone. */
const stillBusyMs = 20;

/**
 * Group commit: all writes asked for in one turn of the event loop share a transaction, and their promises settle only after its
 * commit, so that what was acknowledged survives a kill. A write that fails is undone alone.
 */
export class WriteBatch {
  readonly #db: Database;
  readonly #log: Log;
  readonly #onProblem: (problem: string | undefined) => void;
  readonly #defer: (commit: () => void) => void;
  readonly #begin: Statement<[]>;
  readonly #commit: Statement<[]>;
  readonly #rollback: Statement<[]>;
  readonly #mark: Statement<[]>;
  readonly #release: Statement<[]>;
  readonly #undo: Statement<[]>;
  #queue: Queued[] = [];
  #isScheduled = false;
  #pauses = 0;
  #problem: string | undefined;
  #freezeReason: string | undefined;

  constructor({ db, log, onProblem = () => {}, defer = setImmediate }: WriteBatchOptions) {
    this.#db = db;
    this.#log = log;
    this.#onProblem = onProblem;
    this.#defer = defer;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#mark = db.prepare('SAVEPOINT one_write');
    this.#release = db.prepare('RELEASE one_write');
    this.#undo = db.prepare('ROLLBACK TO one_write');
    this.#waitWhenBusy(busyMs);
  }

  /** Why nothing can be written at the moment, for the user. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Refuses every write from now on with `unavailable` and this text: nothing would be kept of it. */
  freeze(because: string): void {
    this.flush();
    this.#freezeReason = because;
    this.#problem = because;
  }

  /** Whether writes wait for the end of a pause. */
  get isPaused(): boolean {
    return this.#pauses > 0;
  }

  /** Writes waiting for a commit. */
  get size(): number {
    return this.#queue.length;
  }

  /**
   * Runs `run` (synchronous SQL only) inside the next transaction. Resolves with its value after the commit. Rejects with what `run`
   * threw, or with an `unavailable` AppError where the disk is full, read-only or broken.
   */
  write<Value>(run: () => Value): Promise<Value> {
    if (this.#freezeReason !== undefined) return Promise.reject(new AppError('unavailable', this.#freezeReason));
    return new Promise<Value>((resolve, reject) => {
      this.#queue.push({ run, resolve: resolve as (value: unknown) => void, reject });
      this.#schedule();
    });
  }

  /** Lets writes wait until the returned function is called; called again it does nothing. */
  pause(): () => void {
    this.#pauses += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#pauses -= 1;
      if (this.#pauses === 0 && this.#queue.length > 0) this.#schedule();
    };
  }

  /** Commits what is queued at once, paused or not; for the end of the process. */
  flush(): void {
    while (this.#queue.length > 0) this.#commitNext();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#pauses > 0) return;
    this.#isScheduled = true;
    this.#defer(() => {
      this.#isScheduled = false;
      if (this.#pauses > 0) return;
      this.#commitNext();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #commitNext(): void {
    const batch = this.#queue.splice(0, maxWritesPerCommit);
    if (batch.length === 0) return;
    const outcomes: Outcome[] = [];
    try {
      this.#begin.run();
      for (const queued of batch) {
        const outcome = this.#runOne(queued);
        outcomes.push(outcome);
        // SQLite gives up the whole transaction on a full disk or an I/O error.
        if (!this.#db.inTransaction) throw outcome.kind === 'failed' ? outcome.error : new Error('A write ended the transaction');
      }
      this.#commit.run();
    } catch (error) {
      this.#giveUp(batch, error);
      return;
    }
    this.#settle(outcomes);
  }

  #runOne(queued: Queued): Outcome {
    try {
      this.#mark.run();
      const value = queued.run();
      this.#release.run();
      return { queued, kind: 'written', value };
    } catch (error) {
      if (this.#db.inTransaction) {
        this.#undo.run();
        this.#release.run();
      }
      return { queued, kind: 'failed', error };
    }
  }

  #settle(outcomes: readonly Outcome[]): void {
    let failure: unknown;
    let hasWritten = false;
    for (const outcome of outcomes) {
      if (outcome.kind === 'written') {
        hasWritten = true;
        outcome.queued.resolve(outcome.value);
      } else {
        const error = explainStorageFailure(outcome.error);
        if (error !== outcome.error) failure = outcome.error;
        outcome.queued.reject(error);
      }
    }
    if (failure !== undefined) this.#fail(failure);
    else if (hasWritten) this.#recover();
  }

  #giveUp(batch: readonly Queued[], error: unknown): void {
    if (this.#db.open && this.#db.inTransaction) this.#rollback.run();
    for (const queued of batch) queued.reject(explainStorageFailure(error));
    this.#fail(error);
  }

  #fail(error: unknown): void {
    const { kind, because } = storageFailure(error);
    const problem = `The database ${because}. Calls go on, but nothing is saved.`;
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (kind === 'busy') this.#waitWhenBusy(stillBusyMs);
    this.#log.error({ err: error }, 'Writes fail');
    this.#onProblem(problem);
  }

  #recover(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#waitWhenBusy(busyMs);
    this.#log.info('Writes succeed again');
    this.#onProblem(undefined);
  }

  #waitWhenBusy(milliseconds: number): void {
    this.#db.pragma(`busy_timeout = ${milliseconds}`);
  }
}
