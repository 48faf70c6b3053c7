import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Log } from '#base/log.ts';
import { makeFolder } from './folder.ts';
import { storageFailure } from './storage-failure.ts';

export type FolderLock =
  | { readonly kind: 'held'; readonly release: () => void }
  /** Another process holds it. */
  | { readonly kind: 'taken' }
  /** The folder cannot be written, or its disk knows no locks. */
  | { readonly kind: 'impossible' };

/** The process before us may still be ending. */
const lockTimeoutMs = 3_000;

/**
 * Takes the data folder for this process alone. The lock is the system's own, on an empty file: it ends with the process, however that
 * ends, so that none is ever left behind; no process number is compared that another program may have by now.
 */
export function lockFolder(folder: string, log: Log): FolderLock {
  let db: SqliteDatabase.Database | undefined;
  try {
    makeFolder(folder);
    db = new SqliteDatabase(join(folder, 'gosip.lock'), { timeout: lockTimeoutMs });
    db.exec('BEGIN EXCLUSIVE');
    const held = db;
    return { kind: 'held', release: () => void held.close() };
  } catch (error) {
    db?.close();
    if (storageFailure(error).kind === 'busy') return { kind: 'taken' };
    log.warn({ err: error, folder }, 'The data folder cannot be locked against a second GoSIP');
    return { kind: 'impossible' };
  }
}
