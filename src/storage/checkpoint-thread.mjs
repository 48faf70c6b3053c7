// Moves pages from the write-ahead log into the database file, on a thread of its own because it waits for the disk.
// Called by Checkpointer with a message per checkpoint, answers with a CheckpointReply; a message `close` ends it.
// Must stay true: PASSIVE never makes the writing connection wait; and this is plain JavaScript, as reading TypeScript costs a thread 40 MB.
import { parentPort, workerData } from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';

const db = new SqliteDatabase(workerData.path, { timeout: 1000, fileMustExist: true });
db.pragma('synchronous = NORMAL');

parentPort.on('message', (message) => {
  if (message === 'close') {
    db.close();
    parentPort.close();
  } else {
    parentPort.postMessage(checkpoint());
  }
});

function checkpoint() {
  try {
    const [row] = db.pragma('wal_checkpoint(PASSIVE)');
    return { kind: 'done', log: row?.log ?? 0, checkpointed: row?.checkpointed ?? 0 };
  } catch (error) {
    return { kind: 'failed', reason: String(error) };
  }
}
