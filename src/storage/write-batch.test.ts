import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '#base/errors.ts';
import { createLog } from '#base/log.ts';
import { WriteBatch } from './write-batch.ts';

const log = createLog({ level: 'silent' });

let folder = '';
let db = new SqliteDatabase(':memory:');
let reader = db;
let problems: (string | undefined)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-batch-'));
  db = new SqliteDatabase(join(folder, 'test.db'));
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE things (name TEXT PRIMARY KEY, size INTEGER) STRICT');
  reader = new SqliteDatabase(join(folder, 'test.db'));
  problems = [];
});

afterEach(() => {
  db.close();
  reader.close();
  rmSync(folder, { recursive: true, force: true });
});

function insertInto(target: SqliteDatabase.Database) {
  const insert = target.prepare('INSERT INTO things (name, size) VALUES (?, length(?))');
  return (name: string, filling = '') => insert.run(name, filling).changes;
}

function seen(): unknown[] {
  return reader.prepare('SELECT name FROM things ORDER BY name').pluck().all();
}

function batchWith(defer?: (commit: () => void) => void): WriteBatch {
  return new WriteBatch({ db, log, onProblem: (problem) => problems.push(problem), ...(defer === undefined ? {} : { defer }) });
}

test('writes of one turn share one commit, and settle only after it', async () => {
  const turns: (() => void)[] = [];
  const batch = batchWith((commit) => turns.push(commit));
  const insert = insertInto(db);
  let isSettled = false;
  const all = Promise.all(['a', 'b', 'c'].map((name) => batch.write(() => insert(name)))).then((value) => {
    isSettled = true;
    return value;
  });
  await Promise.resolve();
  expect({ turns: turns.length, size: batch.size, isSettled, seen: seen() }).toEqual({
    turns: 1,
    size: 3,
    isSettled: false,
    seen: [],
  });
  turns[0]?.();
  expect(seen()).toEqual(['a', 'b', 'c']);
  expect(await all).toEqual([1, 1, 1]);
  expect(batch.size).toBe(0);
});

test('a failing write is undone alone, however far it came', async () => {
  const batch = batchWith();
  const insert = insertInto(db);
  const results = await Promise.allSettled([
    batch.write(() => insert('a')),
    batch.write(() => {
      insert('half');
      insert('a');
    }),
    batch.write(() => {
      throw new Error('not sql at all');
    }),
    batch.write(() => insert('b')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(seen()).toEqual(['a', 'b']);
  expect(results[1]).toMatchObject({ reason: { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' } });
  expect(problems).toEqual([]);
});

test('a full disk is reported once, and so is its end', async () => {
  const batch = batchWith();
  db.exec('CREATE TABLE more (filling BLOB) STRICT');
  const fill = db.prepare('INSERT INTO more VALUES (randomblob(50000))');
  const insert = insertInto(db);
  db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
  const full = await Promise.allSettled([batch.write(() => fill.run()), batch.write(() => fill.run())]);
  for (const result of full) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
  expect(full[0]?.status === 'rejected' && full[0].reason instanceof AppError).toBe(true);
  expect(problems).toEqual([expect.stringMatching(/disk is full\. Calls go on/)]);
  expect(batch.problem).toBe(problems[0]);
  await Promise.allSettled([batch.write(() => fill.run())]);
  expect(problems).toHaveLength(1);
  db.pragma('max_page_count = 100000');
  await batch.write(() => insert('after'));
  expect(problems).toEqual([expect.any(String), undefined]);
  expect(seen()).toEqual(['after']);
});

test('small writes beside one that meets the full disk are settled truthfully', async () => {
  const batch = batchWith();
  db.exec('CREATE TABLE more (filling BLOB) STRICT');
  const fill = db.prepare('INSERT INTO more VALUES (randomblob(50000))');
  const insert = insertInto(db);
  db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
  const names = ['a', 'b', 'c', 'd'];
  const results = await Promise.allSettled([
    ...names.slice(0, 2).map((name) => batch.write(() => insert(name))),
    batch.write(() => fill.run()),
    ...names.slice(2).map((name) => batch.write(() => insert(name))),
  ]);
  const acknowledged = names.filter((_, index) => results[index < 2 ? index : index + 1]?.status === 'fulfilled');
  expect(seen()).toEqual(acknowledged);
});

test('a read-only connection', async () => {
  const readOnly = new SqliteDatabase(join(folder, 'test.db'), { readonly: true });
  const batch = new WriteBatch({ db: readOnly, log, onProblem: (problem) => problems.push(problem) });
  await expect(batch.write(() => insertInto(readOnly)('a'))).rejects.toMatchObject({ code: 'unavailable' });
  expect(problems).toEqual([expect.stringContaining('read-only')]);
  readOnly.close();
});

test('another program that holds the file: refused after the waiting time, then fine', async () => {
  db.pragma('busy_timeout = 1');
  const batch = batchWith();
  const insert = insertInto(db);
  reader.exec('BEGIN IMMEDIATE');
  await expect(batch.write(() => insert('a'))).rejects.toMatchObject({ code: 'unavailable' });
  expect(problems).toEqual([expect.stringContaining('in use')]);
  reader.exec('ROLLBACK');
  await batch.write(() => insert('a'));
  expect(seen()).toEqual(['a']);
});

test('a long queue is committed in parts of bounded length', async () => {
  const turns: (() => void)[] = [];
  const batch = batchWith((commit) => turns.push(commit));
  const insert = insertInto(db);
  const all = Promise.all(Array.from({ length: 1200 }, (_, index) => batch.write(() => insert(`n${index}`))));
  turns.shift()?.();
  expect(seen()).toHaveLength(500);
  turns.shift()?.();
  turns.shift()?.();
  await all;
  expect({ seen: seen().length, turns: turns.length }).toEqual({ seen: 1200, turns: 0 });
});

test('flush commits at once', async () => {
  const batch = batchWith(() => {});
  const insert = insertInto(db);
  const write = batch.write(() => insert('a'));
  batch.flush();
  expect(seen()).toEqual(['a']);
  await write;
});

test('frozen: what was asked for before is written, the rest is refused with the reason', async () => {
  const batch = batchWith(() => {});
  const insert = insertInto(db);
  const before = batch.write(() => insert('a'));
  batch.freeze('The database is damaged.');
  await before;
  await expect(batch.write(() => insert('b'))).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The database is damaged.',
  });
  expect({ seen: seen(), problem: batch.problem }).toEqual({ seen: ['a'], problem: 'The database is damaged.' });
});

test('a pause keeps writes waiting, and its end lets them go in order', async () => {
  const turns: (() => void)[] = [];
  const batch = batchWith((commit) => turns.push(commit));
  const insert = insertInto(db);
  const before = batch.write(() => insert('a'));
  const resume = batch.pause();
  turns.shift()?.();
  const during = batch.write(() => insert('b'));
  expect({ turns: turns.length, size: batch.size, seen: seen() }).toEqual({ turns: 0, size: 2, seen: [] });
  resume();
  resume();
  expect(turns).toHaveLength(1);
  turns.shift()?.();
  await Promise.all([before, during]);
  expect(seen()).toEqual(['a', 'b']);
});
