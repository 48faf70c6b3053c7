// Copies the database, checks the copy and brings it to the disk, on a thread of its own because each takes seconds in a large house.
// Called by Copies with one path and one target; answers once with what is wrong, and ends.
// Must stay true: it reads one state of the database while the house goes on writing; and this is plain JavaScript, as reading TypeScript
// costs a thread 40 MB.
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';

const { path, target } = workerData;

function copy() {
  rmSync(target, { force: true });
  // Empty and ours alone before anything is written: SQLite would make it readable for all.
  closeSync(openSync(target, 'wx', 0o600));
  const source = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  source.prepare('VACUUM INTO ?').run(target);
  source.close();
  const made = new SqliteDatabase(target);
  // No log was ever begun for it: see foreign-wal.ts.
  made.pragma('application_id = 0');
  const verdict = String(made.pragma('integrity_check(1)', { simple: true }));
  made.close();
  const file = openSync(target, 'r');
  fsyncSync(file);
  closeSync(file);
  return verdict === 'ok' ? undefined : verdict;
}

try {
  parentPort.postMessage({ problem: copy() });
} catch (error) {
  parentPort.postMessage({ problem: String(error) });
}
