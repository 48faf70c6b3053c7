import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Database } from './database.ts';
import { tieNextWal } from './foreign-wal.ts';
import type { WriteBatch } from './write-batch.ts';

/** Pages in the log, and how many of them are in the database file now; or why there is no answer. */
type CheckpointReply =
  | { readonly kind: 'done'; readonly log: number; readonly checkpointed: number }
  | { readonly kind: 'failed'; readonly reason: string };

export type CheckpointerOptions = {
  readonly db: Database;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the file of this name is the open one: another must not get our log. */
  readonly isOurs?: () => boolean;
  /** Bytes of log that are worth a checkpoint. */
  readonly worthBytes?: number;
  /** Bytes of log at which writes wait a moment, so that the log can begin anew. */
  readonly maxBytes?: number;
};

/** It runs one statement over and over. */
const resourceLimits = { maxYoungGenerationSizeMb: 3, maxOldGenerationSizeMb: 64 };
const checkIntervalMs = 1_000;
/** Longest wait of the writes; a slow disk gets another chance a second later. */
const pauseMs = 250;
const maxIdleChecks = 60;
/** SQLite's own default, for when the thread does not run. */
const defaultCheckpointPages = 1_000;
/** Where SQLite checkpoints on the writing thread after all: twice our own limit. */
const fallbackCheckpointPages = 131_072;

/**
 * Keeps the write-ahead log short without letting the event loop wait for the disk: on a memory card a checkpoint takes as long as some
 * hundred registrations. The thread exists only while there is something to do.
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #path: string;
  #timer: Timer | undefined;
  #thread: Worker | undefined;
  #waiting: ((reply: CheckpointReply) => void) | undefined;
  #checking: Promise<void> | undefined;
  #idle = 0;
  /** Size of the log when all of it was in the database file. */
  #doneBytes = 0;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#path = options.db.name;
  }

  /** Does nothing for a database in memory. */
  start(): void {
    const { db, clock } = this.#options;
    if (db.memory) return;
    db.pragma(`wal_autocheckpoint = ${fallbackCheckpointPages}`);
    // The file shrinks to this when the log restarts, so that its size shows how much was written since.
    db.pragma('journal_size_limit = 0');
    this.#timer = clock.every(checkIntervalMs, () => void this.check());
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#endThread();
  }

  /** True while the thread lives. */
  get hasThread(): boolean {
    return this.#thread !== undefined;
  }

  /** Checkpoints if the log has grown enough; one look at a time. Never rejects. */
  check(): Promise<void> {
    this.#checking ??= this.#checkOnce().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #checkOnce(): Promise<void> {
    const { db, isOurs = () => true, worthBytes = 4 * 2 ** 20, maxBytes = 256 * 2 ** 20 } = this.#options;
    if (!db.open || !isOurs()) return;
    const bytes = this.#walBytes();
    if (bytes < worthBytes || bytes === this.#doneBytes) {
      this.#idle += 1;
      if (this.#idle === maxIdleChecks) await this.#endThread();
      return;
    }
    this.#idle = 0;
    const isDone = await this.#checkpoint();
    if (!isDone && bytes >= maxBytes) await this.#checkpointInPause();
  }

  /** What is written meanwhile makes the log go on; only when all of it is in the file does the next write begin it anew. */
  async #checkpoint(): Promise<boolean> {
    const before = this.#walBytes();
    const reply = await this.#request();
    if (reply.kind === 'failed') {
      this.#options.log.warn({ reason: reply.reason }, 'The write-ahead log is kept short by the writing thread again');
      if (this.#options.db.open) this.#options.db.pragma(`wal_autocheckpoint = ${defaultCheckpointPages}`);
      this.#timer?.cancel();
      return true;
    }
    const isDone = reply.checkpointed === reply.log && this.#walBytes() === before;
    if (isDone) this.#onWalRestart(before);
    return isDone;
  }

  /** The next write begins the log anew, and it must bear its number. */
  #onWalRestart(bytes: number): void {
    this.#doneBytes = bytes;
    try {
      tieNextWal(this.#options.db);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'The write-ahead log could not be numbered');
    }
  }

  async #checkpointInPause(): Promise<void> {
    const resume = this.#options.writes.pause();
    const timeout = this.#options.clock.after(pauseMs, resume);
    await this.#checkpoint();
    timeout.cancel();
    resume();
  }

  #request(): Promise<CheckpointReply> {
    const thread = (this.#thread ??= this.#openThread());
    return new Promise((resolve) => {
      this.#waiting = resolve;
      thread.postMessage('checkpoint');
    });
  }

  #openThread(): Worker {
    const thread = new Worker(join(import.meta.dirname, 'checkpoint-thread.mjs'), {
      workerData: { path: this.#path },
      resourceLimits,
    });
    const settle = (reply: CheckpointReply): void => {
      this.#waiting?.(reply);
      this.#waiting = undefined;
    };
    thread.on('message', settle);
    thread.on('error', (error) => settle({ kind: 'failed', reason: String(error) }));
    thread.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
      settle({ kind: 'failed', reason: 'The thread has ended' });
    });
    // A checkpoint under way must not keep the process alive.
    thread.unref();
    return thread;
  }

  async #endThread(): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#thread = undefined;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.ref();
    thread.postMessage('close');
    await ended;
  }

  #walBytes(): number {
    return statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}
