import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { openDatabase } from './database.ts';
import type { OpenedDatabase } from './database.ts';
import type { Migration } from './migrate.ts';

const log = createLog({ level: 'silent' });
const first: Migration = {
  number: 1,
  name: 'first',
  sql: 'CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;',
};
const second: Migration = { number: 2, name: 'second', sql: 'ALTER TABLE things ADD COLUMN size INTEGER;' };

let folder = '';
let path = '';
const opened: OpenedDatabase[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-database-'));
  path = join(folder, 'data', 'gosip.db');
});

afterEach(() => {
  for (const { db } of opened.splice(0)) db.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(migrations?: readonly Migration[], file = path): OpenedDatabase {
  const result = openDatabase({ path: file, log, clock: new FakeClock(), ...(migrations === undefined ? {} : { migrations }) });
  opened.push(result);
  return result;
}

function close({ db }: OpenedDatabase): void {
  db.close();
}

test('makes the folder and a file only we can read, with the settings promised', () => {
  const { db, mode, problem } = open();
  expect({ mode, problem }).toEqual({ mode: 'normal', problem: undefined });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  expect(db.pragma('busy_timeout', { simple: true })).toBe(5000);
});

test('every table of the real schema is STRICT, and the foreign keys hold', () => {
  const { db } = open();
  const tables = db.pragma('table_list') as { schema: string; name: string; type: string; strict: number }[];
  const loose = tables.filter(
    ({ schema, name, type, strict }) => schema === 'main' && type === 'table' && !name.startsWith('sqlite_') && strict === 0,
  );
  expect(loose).toEqual([]);
  expect(db.pragma('foreign_key_check')).toEqual([]);
});

test('opens again with what was written', () => {
  const before = open([first]);
  before.db.prepare('INSERT INTO things (name) VALUES (?)').run('one');
  close(before);
  expect(open([first]).db.prepare('SELECT name FROM things').pluck().all()).toEqual(['one']);
});

test('a file that is no database: phones get an empty memory, the file stays as it is', () => {
  mkdirSync(join(folder, 'data'));
  writeFileSync(path, 'This is a letter to my aunt. '.repeat(400));
  const before = readFileSync(path);
  const { db, mode, problem } = open([first]);
  expect(mode).toBe('memory');
  expect(problem).toMatch(/gosip\.db is damaged\. Phones keep registering/);
  expect(db.prepare('SELECT count(*) FROM things').pluck().get()).toBe(0);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a damaged file: what can be read is there, and can be written in memory', () => {
  damagedFile();
  const { db, mode, problem } = open([first]);
  expect(mode).toBe('memory');
  expect(problem).toContain('is damaged');
  const names = db.prepare('SELECT name FROM things ORDER BY id').pluck().all();
  // Two pages of about thirty rows each are gone, and nothing before or behind them.
  expect(names.length).toBeGreaterThan(1900);
  expect(names.length).toBeLessThan(2000);
  expect([names[0], names.at(-1)]).toEqual([expect.stringMatching(/^thing 1 /), expect.stringMatching(/^thing 2000 /)]);
  db.prepare('INSERT INTO things (name) VALUES (?)').run('new');
  expect(existsSync(path)).toBe(true);
});

/** Many pages of one table, one page in the middle overwritten. */
function damagedFile(): void {
  const before = open([first]);
  const insert = before.db.prepare('INSERT INTO things (name) VALUES (?)');
  before.db.transaction(() => {
    for (let index = 1; index <= 2000; index++) insert.run(`thing ${index} ${'x'.repeat(100)}`);
  })();
  close(before);
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4096 * 20, 4096 * 22);
  writeFileSync(path, bytes);
}

test('a file that may not be written: its content from memory', () => {
  const before = open([first]);
  before.db.prepare('INSERT INTO things (name) VALUES (?)').run('kept');
  close(before);
  // SQLite itself takes this file for read-only: a write version beyond what it knows (section 1.3.3 of its file format).
  const bytes = readFileSync(path);
  bytes[18] = 3;
  writeFileSync(path, bytes);
  const { db, mode, problem } = open([first]);
  expect(mode).toBe('memory');
  expect(problem).toMatch(/read-only|damaged/);
  expect(db.prepare('SELECT name FROM things').pluck().all()).toEqual(['kept']);
});

test('a folder that cannot be made', () => {
  writeFileSync(join(folder, 'file'), '');
  const { db, mode, problem } = open([first], join(folder, 'file', 'gosip.db'));
  expect(mode).toBe('memory');
  expect(problem).toMatch(/cannot be opened/);
  expect(db.memory).toBe(true);
});

test('a disk too full for the new schema: the old content from memory, the file unchanged', () => {
  const before = open([first]);
  before.db.prepare('INSERT INTO things (name) VALUES (?)').run('kept');
  before.db.exec('CREATE TABLE ballast (filling BLOB); INSERT INTO ballast VALUES (zeroblob(400000))');
  close(before);
  // The limit is below the size of the file, which may then not grow at all, and leaves room for the copy in memory.
  const sql = 'PRAGMA max_page_count = 50; CREATE TABLE more (filling BLOB) STRICT; INSERT INTO more VALUES (zeroblob(100000));';
  const { db, mode, problem } = open([first, { number: 2, name: 'more', sql }]);
  expect(mode).toBe('memory');
  expect(problem).toContain('the disk is full');
  expect(db.prepare('SELECT name FROM things').pluck().all()).toEqual(['kept']);
  expect(db.prepare('SELECT count(*) FROM more').pluck().get()).toBe(1);
  const file = new SqliteDatabase(path);
  expect(file.pragma('user_version', { simple: true })).toBe(1);
  expect(file.prepare('SELECT name FROM things').pluck().all()).toEqual(['kept']);
  file.close();
});

test('a file of a newer version is left alone', () => {
  close(open([first, second]));
  const { mode, problem, db } = open([first]);
  expect(mode).toBe('memory');
  expect(problem).toContain('newer version');
  expect(db.pragma('user_version', { simple: true })).toBe(1);
  const file = new SqliteDatabase(path);
  expect(file.pragma('user_version', { simple: true })).toBe(2);
  file.close();
});

test('a file system that takes no folders, and says so in an odd way, does not keep the start waiting', () => {
  const { mode, problem } = open(undefined, '/proc/gosip/data/gosip.db');
  expect(mode).toBe('memory');
  expect(problem).toContain('cannot be opened (ENOENT)');
});
