import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate, readMigrations, schemaVersion } from './migrate.ts';
import type { Migration } from './migrate.ts';

const people: Migration = { number: 1, name: 'people', sql: 'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT) STRICT;' };
const pets: Migration = {
  number: 2,
  name: 'pets',
  sql: 'CREATE TABLE pets (owner INTEGER NOT NULL REFERENCES people (id)) STRICT;',
};

let folder = '';
let db = new SqliteDatabase(':memory:');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-migrate-'));
  db = new SqliteDatabase(join(folder, 'test.db'));
});

afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

test('runs what is missing, once, and remembers the last number', () => {
  expect(migrate(db, [people])).toEqual({ kind: 'migrated', from: 0, to: 1, backup: undefined });
  expect(migrate(db, [people])).toEqual({ kind: 'migrated', from: 1, to: 1, backup: undefined });
  expect(migrate(db, [people, pets])).toMatchObject({ from: 1, to: 2 });
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
});

test('copies a file that has a schema before the first new migration', () => {
  migrate(db, [people]);
  db.exec("INSERT INTO people (name) VALUES ('Ann')");
  const result = migrate(db, [people, pets]);
  const backup = join(folder, 'test.db.before-0002');
  expect(result).toMatchObject({ backup });
  expect(statSync(backup).mode & 0o777).toBe(0o600);
  const copy = new SqliteDatabase(backup);
  expect(schemaVersion(copy)).toBe(1);
  expect(copy.prepare('SELECT name FROM people').pluck().all()).toEqual(['Ann']);
  copy.close();
  expect(existsSync(`${backup}.unfinished`)).toBe(false);
});

test('a migration that fails leaves nothing of itself, and those before it stand', () => {
  const broken: Migration = {
    number: 3,
    name: 'broken',
    sql: 'CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE half (id INTEGER);',
  };
  expect(() => migrate(db, [people, pets, broken])).toThrow(/half/);
  expect(schemaVersion(db)).toBe(2);
  expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0);
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
});

test('a migration may rebuild a table others refer to, but not leave rows without their parent', () => {
  migrate(db, [people, pets]);
  db.exec("INSERT INTO people VALUES (1, 'Ann'); INSERT INTO pets VALUES (1);");
  const rebuild: Migration = {
    number: 3,
    name: 'rebuild',
    sql: `CREATE TABLE new_people (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
      INSERT INTO new_people SELECT * FROM people; DROP TABLE people; ALTER TABLE new_people RENAME TO people;`,
  };
  migrate(db, [people, pets, rebuild]);
  expect(db.prepare('SELECT count(*) FROM pets').pluck().get()).toBe(1);
  const orphan: Migration = { number: 4, name: 'orphan', sql: 'DELETE FROM people;' };
  expect(() => migrate(db, [people, pets, rebuild, orphan])).toThrow(/without their parent/);
  expect(db.prepare('SELECT count(*) FROM people').pluck().get()).toBe(1);
});

test('does not touch a schema newer than it knows', () => {
  migrate(db, [people, pets]);
  expect(migrate(db, [people])).toEqual({ kind: 'newer', version: 2 });
});

test('reads numbered files in order and refuses others', () => {
  writeFileSync(join(folder, '0010-b.sql'), 'B');
  writeFileSync(join(folder, '0002-a.sql'), 'A');
  expect(readMigrations(folder).map(({ number, name }) => [number, name])).toEqual([
    [2, 'a'],
    [10, 'b'],
  ]);
  writeFileSync(join(folder, '0002-c.sql'), 'C');
  expect(() => readMigrations(folder)).toThrow(/same number/);
  rmSync(join(folder, '0002-c.sql'));
  writeFileSync(join(folder, 'next.sql'), 'D');
  expect(() => readMigrations(folder)).toThrow(/next\.sql/);
});

test('the real migrations all run, and are numbered without a gap', () => {
  const migrations = readMigrations();
  migrate(db, migrations);
  expect(schemaVersion(db)).toBe(migrations.length);
  expect(migrations).toHaveLength(readdirSync(join(import.meta.dirname, 'migrations')).length);
});
