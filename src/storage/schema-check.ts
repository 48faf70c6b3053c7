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

/** A table, index, view or trigger, and the statement that made it; SQLite makes some itself, without one. */
export type SchemaObject = { readonly type: string; readonly name: string; readonly sql: string | null };

const maxNameLength = 60;
/** What ANALYZE leaves. Any other name of SQLite's own may be a stranger's: who writes the schema itself is not held to names. */
const statistics = /^table sqlite_stat[14]$/;

/** In what a schema differs from what the migrations make, in the user's words; undefined where it is the same. */
export function schemaDifference(objects: readonly SchemaObject[], migrations: readonly Migration[]): string | undefined {
  const wanted = new Map(schemaOf(migrations).map((one) => [keyOf(one), one]));
  const foreign = objects.find((one) => !wanted.has(keyOf(one)) && !statistics.test(keyOf(one)));
  if (foreign !== undefined) {
    const name = JSON.stringify(foreign.name.slice(0, maxNameLength));
    return `its database holds a ${foreign.type} that is none of GoSIP's: ${name}`;
  }
  const there = new Map(objects.map((one) => [keyOf(one), one]));
  for (const [key, { sql }] of wanted) {
    const found = there.get(key);
    if (found === undefined) return `its database is damaged: it lacks the ${key}`;
    if (withoutLayout(found.sql) !== withoutLayout(sql)) return `the ${key} of its database is not as GoSIP makes it`;
  }
  return there.size === objects.length ? undefined : 'its database is damaged: it holds something twice';
}

/** Tables and triggers may have the same name. */
function keyOf({ type, name }: SchemaObject): string {
  return `${type} ${name}`;
}

function schemaOf(migrations: readonly Migration[]): readonly SchemaObject[] {
  const db = new SqliteDatabase(':memory:');
  try {
    migrate(db, migrations);
    return db.prepare<[], SchemaObject>('SELECT type, name, sql FROM sqlite_schema').all();
  } finally {
    db.close();
  }
}

/** Comments and line breaks of a migration may be mended after its release. */
function withoutLayout(sql: string | null): string {
  return (sql ?? '').replace(/--[^\n]*/g, ' ').replace(/\s+/g, ' ');
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
