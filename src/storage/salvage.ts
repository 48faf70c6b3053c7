import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import type { Log } from '#base/log.ts';

export type SalvageOptions = {
  /** The file that cannot be used as it is. It is only read. */
  readonly from: string;
  /** Has the schema already. */
  readonly into: Database;
  readonly maxRows: number;
  readonly log: Log;
};

type Row = Readonly<Record<string, unknown>>;

/** Copies what can still be read, table by table, row by row, from both ends of a damaged table. Returns the rows copied. */
export function salvage({ from, into, maxRows, log }: SalvageOptions): number {
  if (!existsSync(from)) return 0;
  const source = openToRead(from, log);
  if (source === undefined) return 0;
  try {
    return tableNames(into).reduce((rows, table) => rows + copyTable({ source, into, table, maxRows, log }), 0);
  } finally {
    source.close();
  }
}

/** In place where SQLite can; else from a copy, because a WAL file on a read-only disk cannot be opened where it lies. */
function openToRead(path: string, log: Log): Database | undefined {
  try {
    return readable(new SqliteDatabase(path, { readonly: true }));
  } catch (error) {
    log.warn({ err: error, path }, 'The database cannot be read where it lies');
  }
  const folder = mkdtempSync(join(tmpdir(), 'gosip-salvage-'));
  try {
    const copy = join(folder, 'copy.db');
    for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
    return readable(new SqliteDatabase(copy));
  } catch (error) {
    log.warn({ err: error, path }, 'Nothing can be read from the database');
    return undefined;
  } finally {
    // An open file stays readable after its name is gone.
    rmSync(folder, { recursive: true, force: true });
  }
}

function readable(db: Database): Database {
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Without what fills itself: the indexes of the search, which are virtual tables, and that of the parties. */
function tableNames(db: Database): readonly string[] {
  const tables = db.prepare<[], { name: string }>(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'cdr_parties'",
  );
  return tables.all().map(({ name }) => name);
}

type CopyTable = Omit<SalvageOptions, 'from'> & { readonly source: Database; readonly table: string };

function copyTable({ source, into, table, maxRows, log }: CopyTable): number {
  let copied = 0;
  const problems: unknown[] = [];
  // By the key of a WITHOUT ROWID table, which is its first column; in any other from the end, behind the damage.
  for (const order of ['', 'ORDER BY rowid DESC', 'ORDER BY 1 DESC']) {
    try {
      for (const changes of copyRows({ source, into, table, maxRows, order })) copied += changes;
      break;
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.length > 0) log.warn({ err: problems[0], table, copied }, 'A table is damaged and could be read only in part');
  return copied;
}

type CopyRows = Omit<CopyTable, 'log'> & { readonly order: string };

/** Yields 1 for each row that was not there yet. */
function* copyRows({ source, into, table, maxRows, order }: CopyRows): Generator<number> {
  const known = new Set(columnNames(into, table));
  const columns = columnNames(source, table).filter((column) => known.has(column));
  if (columns.length === 0) return;
  const list = columns.map((column) => `"${column}"`).join(', ');
  const insert = into.prepare(`INSERT OR IGNORE INTO "${table}" (${list}) VALUES (${columns.map(() => '?').join(', ')})`);
  const rows = source.prepare<[number], Row>(`SELECT ${list} FROM "${table}" ${order} LIMIT ?`);
  for (const row of rows.iterate(maxRows)) yield insert.run(...columns.map((column) => row[column])).changes;
}

function columnNames(db: Database, table: string): readonly string[] {
  return db
    .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => name);
}
