import { chmodSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { defineFolded } from './text-search.ts';

/** One numbered schema change. */
export type Migration = { readonly number: number; readonly name: string; readonly sql: string };

export type MigrateResult =
  | { readonly kind: 'migrated'; readonly from: number; readonly to: number; readonly backup: string | undefined }
  /** The file was written by a later version of GoSIP, whose schema we do not know. */
  | { readonly kind: 'newer'; readonly version: number };

const migrationsDirectory = join(import.meta.dirname, 'migrations');

/** Reads `0001-name.sql` … in order. A file that is not named so, or a number used twice, is a fault of ours. */
export function readMigrations(directory: string = migrationsDirectory): readonly Migration[] {
  const migrations = readdirSync(directory)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const match = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file);
      if (match === null) throw new Error(`A migration must be named like 0001-name.sql, not ${file}`);
      return { number: Number(match[1]), name: match[2] ?? '', sql: readFileSync(join(directory, file), 'utf8') };
    });
  const numbers = new Set(migrations.map(({ number }) => number));
  if (numbers.size !== migrations.length) throw new Error('Two migrations have the same number');
  return migrations;
}

/**
 * Brings the schema up to date, each migration in a transaction of its own. `user_version` holds the number of the last one.
 * A file that already has a schema is copied to `<path>.before-<number>` first.
 */
export function migrate(db: Database, migrations: readonly Migration[] = readMigrations()): MigrateResult {
  // Statements over the schema call it.
  defineFolded(db);
  const from = schemaVersion(db);
  const to = migrations.at(-1)?.number ?? 0;
  if (from > to) return { kind: 'newer', version: from };
  const missing = migrations.filter(({ number }) => number > from);
  const first = missing[0];
  const backup = first !== undefined && from > 0 && !db.memory ? backUp(db, first.number) : undefined;
  // Rebuilding a table needs the checks off, and that is possible only outside a transaction.
  db.pragma('foreign_keys = OFF');
  try {
    for (const migration of missing) apply(db, migration);
  } finally {
    db.pragma('foreign_keys = ON');
  }
  return { kind: 'migrated', from, to, backup };
}

export function schemaVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function apply(db: Database, { number, name, sql }: Migration): void {
  db.transaction(() => {
    db.exec(sql);
    const broken = db.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0) throw new Error(`Migration ${number}-${name} leaves ${broken.length} rows without their parent`);
    db.pragma(`user_version = ${number}`);
  }).immediate();
}

function backUp(db: Database, number: number): string {
  const target = `${db.name}.before-${String(number).padStart(4, '0')}`;
  const unfinished = `${target}.unfinished`;
  rmSync(unfinished, { force: true });
  db.prepare('VACUUM INTO ?').run(unfinished);
  const copy = new SqliteDatabase(unfinished);
  // No log was ever begun for it: see foreign-wal.ts.
  copy.pragma('application_id = 0');
  copy.close();
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, target);
  return target;
}
