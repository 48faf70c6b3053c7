// Owns the one SQLite connection: opening, settings, schema, and what to do when the file cannot be used.
// Called by app alone; the stores of the rooms get the connection from it.
// Must stay true: whatever state the file is in, a database with our schema comes out, so that phones register and calls ring.
import { chmodSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { restoreAdvice } from './backups.ts';
import { makeFolder } from './folder.ts';
import { setForeignWalAside, tieWal } from './foreign-wal.ts';
import { migrate, readMigrations, schemaVersion } from './migrate.ts';
import type { Migration } from './migrate.ts';
import { salvage } from './salvage.ts';
import { missingSchemaObjects } from './schema-check.ts';
import { storageFailure } from './storage-failure.ts';

/** The connection and a prepared statement, for the stores of the rooms. */
export type Database = SqliteDatabase.Database;
export type Statement<Bound extends unknown[], Row = unknown> = SqliteDatabase.Statement<Bound, Row>;

export type OpenOptions = {
  /** The file, made with its folder where missing; or `:memory:`. */
  readonly path: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Those of this folder by default. */
  readonly migrations?: readonly Migration[];
  /** 0 ≤ random < 1. */
  readonly random?: () => number;
};

export type OpenedDatabase = {
  readonly db: Database;
  /** `memory`: the file cannot be used; what could be read of it was copied, and nothing is kept over a restart. */
  readonly mode: 'normal' | 'memory';
  /** For the user; only in memory mode. */
  readonly problem?: string;
  /** What was found beside the file and renamed, for the user. */
  readonly notices: readonly string[];
  /** Whether the file was created. */
  readonly isNew: boolean;
};

/** Rows read per table from a file that cannot be used; enough for every phone, and a bound for call records. */
const salvagedRows = 20_000;

export function openDatabase(options: OpenOptions): OpenedDatabase {
  const { path, log, clock, migrations = readMigrations(), random = Math.random } = options;
  let db: Database | undefined;
  let notices: readonly string[] = [];
  try {
    makeFolder(dirname(path));
    notices = setWalAside(options);
    db = connect(path);
    const isNew = schemaVersion(db) === 0;
    const problem = prepareFile(db, migrations, log);
    if (problem !== undefined) return { ...openInMemory({ path, log, migrations, opened: db, problem }), notices };
    if (!db.memory) tieWalSafely(db, random(), log);
    return { db, mode: 'normal', notices, isNew };
  } catch (error) {
    const failure = storageFailure(error);
    log.error({ err: error, path, time: isoTime(clock.now()) }, 'The database cannot be used');
    const advice = failure.kind === 'full' ? 'Make room on the disk, then start GoSIP again.' : undefined;
    return {
      ...openInMemory({ path, log, migrations, opened: db, problem: problemText(path, failure.because, advice) }),
      notices,
    };
  }
}

/** Untied, a log is believed whatever it lies beside. */
function tieWalSafely(db: Database, random: number, log: Log): void {
  try {
    tieWal(db, random);
  } catch (error) {
    log.warn({ err: error, path: db.name }, 'The write-ahead log could not be tied to the database');
  }
}

function setWalAside({ path, log, clock }: OpenOptions): readonly string[] {
  const aside = setForeignWalAside(path, isoTime(clock.now()));
  if (aside === undefined) return [];
  log.warn({ path, aside }, 'The write-ahead log beside the database was of another database and was put aside');
  return [
    `The file ${path}-wal was of another database than the ${basename(path)} beside it (a backup was put back): it was put aside as ${aside}, ` +
      'and the house goes on with what the backup holds. Delete it when nothing is missed.',
  ];
}

function connect(path: string): Database {
  const db = new SqliteDatabase(path, { timeout: 5_000 });
  if (!db.memory) keepPrivate(path);
  return db;
}

/** The hashes inside are as good as passwords to a reader; SQLite gives the -wal and -shm files the same mode. */
function keepPrivate(path: string): void {
  if ((statSync(path).mode & 0o077) === 0) return;
  try {
    chmodSync(path, 0o600);
  } catch {
    // A file of another user that we may write, or a disk without modes: left as it was set up.
  }
}

/** Checks, sets up and migrates. Returns what is wrong with the file in the user's words, or throws what SQLite says. */
function prepareFile(db: Database, migrations: readonly Migration[], log: Log): string | undefined {
  const verdict = String(db.pragma('quick_check(1)', { simple: true }));
  if (verdict !== 'ok') {
    log.error({ path: db.name, verdict }, 'The database is damaged');
    return problemText(db.name, 'is damaged');
  }
  db.pragma('journal_mode = WAL');
  // NORMAL keeps every commit when the process is killed; losing power may cost the last ones, never the file. FULL would sync
  // the card of a small computer for each registration.
  db.pragma('synchronous = NORMAL');
  db.pragma('temp_store = MEMORY');
  db.pragma('foreign_keys = ON');
  assertWritable(db, log);
  const result = migrate(db, migrations);
  if (result.kind === 'newer') {
    log.error({ path: db.name, version: result.version }, 'The database is of a newer version');
    return problemText(db.name, 'was written by a newer version of GoSIP');
  }
  // What was made a moment ago is whole.
  const missing = result.from === 0 ? [] : missingSchemaObjects(db, migrations);
  if (missing.length > 0) {
    log.error({ path: db.name, missing }, 'The database lacks tables or columns');
    return problemText(db.name, `is damaged: it lacks ${missing.join(', ')}`);
  }
  if (result.from !== result.to) log.info({ path: db.name, ...result }, 'The database has the new schema');
  return undefined;
}

/** SQLite silently opens a file that it may not write: only a write shows it. */
function assertWritable(db: Database, log: Log): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  try {
    db.transaction(() => db.pragma(`user_version = ${version}`)).immediate();
  } catch (error) {
    // A full disk may get room again; until then each write reports for itself whether it was stored.
    if (storageFailure(error).kind !== 'full') throw error;
    log.error({ err: error, path: db.name }, 'The disk is full: nothing is saved until it has room');
  }
}

type UnusableFile = {
  readonly path: string;
  readonly log: Log;
  readonly migrations: readonly Migration[];
  readonly opened: Database | undefined;
  readonly problem: string;
};

function openInMemory({ path, log, migrations, opened, problem }: UnusableFile): Omit<OpenedDatabase, 'notices'> {
  opened?.close();
  const db = new SqliteDatabase(':memory:');
  migrate(db, migrations);
  db.pragma('foreign_keys = OFF');
  const rows = salvage({ from: path, into: db, maxRows: salvagedRows, log });
  db.pragma('foreign_keys = ON');
  log.warn({ path, rows }, 'Working from memory with what could be read');
  return { db, mode: 'memory', problem, isNew: false };
}

function problemText(path: string, because: string, advice?: string): string {
  return (
    `The database ${path} ${because}. Phones keep registering and calls keep ringing from memory, ` +
    `but nothing is saved. ${advice ?? restoreAdvice(path) ?? 'Repair the file or restore a backup, then start GoSIP again.'}`
  );
}
