// Moves pages from the write-ahead log into the database file, on a thread of its own because it waits for the disk.
// Called by Checkpointer with a message per checkpoint; a message `close` ends it.
// Must stay true: PASSIVE never makes the writing connection wait.
import { parentPort, workerData } from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';

/** Pages in the log, and how many of them are in the database file now; or why there is no answer. */
export type CheckpointReply =
  | { readonly kind: 'done'; readonly log: number; readonly checkpointed: number }
  | { readonly kind: 'failed'; readonly reason: string };

const { path } = workerData as { readonly path: string };
const db = new SqliteDatabase(path, { timeout: 1000, fileMustExist: true });
db.pragma('synchronous = NORMAL');

parentPort?.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'close') {
    db.close();
    parentPort?.close();
  } else {
    parentPort?.postMessage(checkpoint());
  }
});

function checkpoint(): CheckpointReply {
  try {
    const [row] = db.pragma('wal_checkpoint(PASSIVE)') as { readonly log: number; readonly checkpointed: number }[];
    return { kind: 'done', log: row?.log ?? 0, checkpointed: row?.checkpointed ?? 0 };
  } catch (error) {
    return { kind: 'failed', reason: String(error) };
  }
}
