import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { DatabaseBackups, restoreAdvice, isBackupDue, listBackups } from './backups.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';

const hour = 3_600_000;
const migrations = [
  { number: 1, name: 'first', sql: 'CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;' },
];
let folder = '';
let path = '';
let clock: FakeClock;
let db: Database;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-copies-'));
  path = join(folder, 'gosip.db');
  clock = new FakeClock();
  said = [];
  ({ db } = openDatabase({ path, log: createLog({ level: 'silent' }), clock, migrations }));
});

afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

function copies(change: { isQuiet?: () => boolean; isOurs?: () => boolean } = {}): DatabaseBackups {
  const log = createLog({ level: 'info', destination: { write: (line: string) => void said.push(line) } });
  const always = { isQuiet: () => true, isOurs: () => true };
  return new DatabaseBackups({ path, keyFingerprint: '0badf00d', timeZone: 'Europe/Berlin', clock, log, ...always, ...change });
}

function names(): readonly string[] {
  return readdirSync(folder).filter((name) => name.includes('.copy-'));
}

describe('the copy of the night', () => {
  it('holds what is committed, also in the log, while the house goes on writing; the last two are kept', async () => {
    const insert = db.prepare('INSERT INTO things (name) VALUES (?)');
    const taken = copies();
    for (let night = 0; night < 4; night += 1) {
      insert.run(`night ${night}`);
      const looking = taken.check();
      const writing = setInterval(() => insert.run('meanwhile'), 1);
      await looking;
      clearInterval(writing);
      clock.advance(40 * hour);
    }
    expect(names()).toEqual([
      'gosip.db.copy-2026-01-04T20-00-00Z.key-0badf00d',
      'gosip.db.copy-2026-01-06T12-00-00Z.key-0badf00d',
    ]);
    const [newest, older] = listBackups(path);
    expect([newest?.at, older?.at]).toEqual([Date.UTC(2026, 0, 6, 12), Date.UTC(2026, 0, 4, 20)]);
    const copy = new SqliteDatabase(newest?.path ?? '', { readonly: true });
    expect(copy.prepare("SELECT count(*) FROM things WHERE name LIKE 'night%'").pluck().get()).toBe(4);
    copy.close();
    expect(restoreAdvice(path)).toContain(`cp gosip.db.copy-2026-01-06T12-00-00Z.key-0badf00d gosip.db`);
  });

  it('is not taken twice, not of a file that is not ours, and leaves nothing unfinished', async () => {
    writeFileSync(join(folder, 'gosip.db.copy-2026-01-01T11-00-00Z.key-0badf00d'), '');
    await copies().check();
    await copies({ isOurs: () => false }).check();
    expect(names()).toHaveLength(1);
  });

  it('has no name where it is not whole', async () => {
    // A page of the table is overwritten behind the back of the connection.
    db.transaction(() => {
      for (let index = 0; index < 2000; index += 1) db.prepare('INSERT INTO things (name) VALUES (?)').run('x'.repeat(100));
    })();
    db.close();
    const { writeSync, openSync, closeSync } = await import('node:fs');
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 4096 * 20);
    closeSync(file);
    utimesSync(path, 0, 0);
    await copies().check();
    expect(names()).toEqual([]);
    expect(said.join('')).toContain('the database may be damaged');
  });
});

it.each([
  ['there is none', Infinity, 12, false, true],
  ['it is night and quiet', 21 * hour, 3, true, true],
  ['a call is in progress at night', 21 * hour, 3, false, false],
  ['it is day', 21 * hour, 12, true, false],
  ['a night was missed and it is quiet', 26 * hour, 12, true, true],
  ['a night was missed and a call is in progress', 26 * hour, 12, false, false],
  ['it was never quiet', 37 * hour, 12, false, true],
  ['the last is of today', 5 * hour, 3, true, false],
  ['the last is of a time to come', -5 * hour, 12, true, true],
])('whether a copy is due where %s', (_, age, localHour, isQuiet, expected) => {
  expect(isBackupDue({ age, localHour, isQuiet })).toBe(expected);
});
