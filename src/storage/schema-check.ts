import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { migrate } from './migrate.ts';
import type { Migration } from './migrate.ts';

/** Tables and columns (`table.column`) that the migrations make and this database lacks, whatever its version says. */
export function missingSchemaObjects(db: Database, migrations: readonly Migration[]): readonly string[] {
  const wanted = new SqliteDatabase(':memory:');
  try {
    migrate(wanted, migrations);
    const there = columnsByTable(db);
    return [...columnsByTable(wanted)].flatMap(([table, columns]) => {
      const known = there.get(table);
      if (known === undefined) return [table];
      return [...columns].filter((column) => !known.has(column)).map((column) => `${table}.${column}`);
    });
  } finally {
    wanted.close();
  }
}

function columnsByTable(db: Database): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = db
    .prepare<[], { table: string; column: string }>(
      `SELECT s.name AS "table", c.name AS "column" FROM sqlite_schema s, pragma_table_info(s.name) c
       WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%'`,
    )
    .all();
  const tables = new Map<string, Set<string>>();
  for (const { table, column } of rows) tables.set(table, (tables.get(table) ?? new Set()).add(column));
  return tables;
}
