// Looks into a database that came from elsewhere, on a thread of its own because a whole check takes seconds in a large house.
// Called by inspectDatabase with its path; answers once with what it found, and ends.
// Must stay true: it writes nothing that stays, and this is plain JavaScript, as reading TypeScript costs a thread 40 MB.
import { rmSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';

const { path } = workerData;

function inspect() {
  const db = new SqliteDatabase(path, { fileMustExist: true });
  try {
    // A view or trigger of a stranger runs nothing.
    db.pragma('trusted_schema = OFF');
    const verdict = String(db.pragma('integrity_check(1)', { simple: true }));
    const objects = db.prepare('SELECT type, name, sql FROM sqlite_schema').all();
    const broken = verdict === 'ok' ? db.pragma('foreign_key_check').length : 0;
    return { verdict, objects, broken, version: Number(db.pragma('user_version', { simple: true })) };
  } finally {
    db.close();
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  }
}

try {
  parentPort.postMessage(inspect());
} catch (error) {
  parentPort.postMessage({ verdict: String(error), objects: [], broken: 0, version: 0 });
}
