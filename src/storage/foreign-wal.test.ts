import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { openDatabase } from './database.ts';
import type { OpenedDatabase } from './database.ts';
import { isForeignWal, tieNextWal } from './foreign-wal.ts';

const log = createLog({ level: 'silent' });
const migrations = [
  { number: 1, name: 'first', sql: 'CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;' },
];
let folder = '';
let path = '';
let stack: DisposableStack;

beforeEach(() => {
  stack = new DisposableStack();
  folder = mkdtempSync(join(tmpdir(), 'gosip-foreign-log-'));
  path = join(folder, 'gosip.db');
});

afterEach(() => {
  stack.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function open(file = path): OpenedDatabase {
  const opened = openDatabase({ path: file, log, clock: new FakeClock(), migrations, random: () => 0.5 });
  stack.defer(() => void opened.db.close());
  return opened;
}

function add({ db }: OpenedDatabase, count: number): void {
  const insert = db.prepare('INSERT INTO things (name) VALUES (?)');
  for (let index = 0; index < count; index += 1) insert.run('x'.repeat(100));
}

function count({ db }: OpenedDatabase): unknown {
  return db.prepare('SELECT count(*) FROM things').pluck().get();
}

/** What a kill leaves: the files as they are, elsewhere, while the process still has them open. */
function killed(): string {
  const there = join(folder, 'killed.db');
  for (const suffix of ['', '-wal']) copyFileSync(path + suffix, there + suffix);
  return there;
}

/** Checkpoints all of the log, as the Checkpointer does. */
function checkpoint({ db }: OpenedDatabase): void {
  db.pragma('wal_checkpoint(PASSIVE)');
  tieNextWal(db);
}

describe('a backup that was put back beside the log of its successor', () => {
  it.each([
    ['made while stopped, nothing checkpointed since', false, false],
    ['made while stopped, checkpointed since', false, true],
    ['made by SQLite while running, checkpointed since', true, true],
  ])('wins, and the log is put aside and said so (%s)', async (_, isLive, isCheckpointed) => {
    const first = open();
    add(first, 5);
    const backup = join(folder, 'backup');
    if (isLive) await first.db.backup(backup);
    first.db.close();
    if (!isLive) copyFileSync(path, backup);
    const second = open();
    add(second, 300);
    if (isCheckpointed) checkpoint(second);
    add(second, 300);
    const there = killed();
    copyFileSync(backup, there);
    const restored = open(there);
    expect([restored.mode, count(restored)]).toEqual(['normal', 5]);
    expect(restored.notices).toEqual([
      expect.stringMatching(
        /killed\.db-wal was of another database.*put aside as .*killed\.db-wal\.foreign-2026-01-01T12-00-00Z/,
      ),
    ]);
    expect(readdirSync(folder)).toContain('killed.db-wal.foreign-2026-01-01T12-00-00Z');
  });

  it('wins over the log of the same run where it is a copy by VACUUM INTO before a migration', () => {
    const first = open();
    add(first, 5);
    first.db.prepare('VACUUM INTO ?').run(join(folder, 'copy'));
    const copy = new SqliteDatabase(join(folder, 'copy'));
    copy.pragma('application_id = 0');
    copy.close();
    add(first, 30);
    const there = killed();
    copyFileSync(join(folder, 'copy'), there);
    expect(count(open(there))).toBe(5);
  });
});

describe('a log of its own', () => {
  it.each([
    ['at once', 0, false],
    ['after writes', 40, false],
    ['after a checkpoint and more writes', 40, true],
  ])('is played after a kill (%s)', (_, more, isCheckpointed) => {
    const first = open();
    add(first, 5);
    if (isCheckpointed) checkpoint(first);
    add(first, more);
    const restored = open(killed());
    expect([restored.notices, count(restored)]).toEqual([[], 5 + more]);
  });

  it('is played after a kill in the middle of a checkpoint, whichever pages have reached the file', () => {
    const first = open();
    add(first, 300);
    const there = killed();
    first.db.pragma('wal_checkpoint(PASSIVE)');
    copyFileSync(path, there);
    expect(count(open(there))).toBe(300);
  });

  it('is played into a file of before there were numbers', () => {
    const old = new SqliteDatabase(path);
    old.pragma('journal_mode = WAL');
    old.exec(migrations[0]?.sql ?? '');
    old.pragma('user_version = 1');
    old.prepare("INSERT INTO things (name) VALUES ('old')").run();
    const there = killed();
    old.close();
    expect(count(open(there))).toBe(1);
    expect(existsSync(`${there}-wal.foreign-2026-01-01T12-00-00Z`)).toBe(false);
  });

  it('survives any number of kills', () => {
    const first = open();
    add(first, 5);
    let there = killed();
    for (let round = 0; round < 5; round += 1) {
      const again = open(there);
      add(again, 5);
      const next = join(folder, `killed-${round}.db`);
      for (const suffix of ['', '-wal']) copyFileSync(there + suffix, next + suffix);
      there = next;
    }
    expect(count(open(there))).toBe(30);
  });
});

it.each([
  [7, [8], false],
  [8, [8], false],
  [8, [8, 9], false],
  [6, [8], true],
  [9, [8], true],
  [0, [8], true],
  [0, [0], false],
  [0x7fff_ffff, [1], false],
  [undefined, [8], false],
  [7, [], false],
])('a database with number %s and a log with %j are of different houses: %s', (id, logged, expected) => {
  expect(isForeignWal(id, logged)).toBe(expected);
});
