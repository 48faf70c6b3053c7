import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeBackupCopy, removeBackupCopies, takeBackupCopy } from './backup-copy.ts';

describe('the copy of the database for a backup of its folder', () => {
  let folder: string;
  let path: string;
  let db: SqliteDatabase.Database;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gosip-copy-'));
    path = join(folder, 'gosip.db');
    db = new SqliteDatabase(path);
    db.pragma('journal_mode = WAL');
    db.exec("CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('written')");
  });
  afterEach(() => {
    if (db.open) db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const names = () => readdirSync(folder).toSorted();
  const thingsIn = (at: string) => {
    const opened = new SqliteDatabase(at);
    const found = opened.prepare('SELECT name FROM things').pluck().all();
    opened.close();
    return found;
  };

  it('holds what only the write-ahead log has, and is nobody else’s to read', async () => {
    const copy = await makeBackupCopy(path);
    expect(thingsIn(copy)).toEqual(['written']);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
  });

  it('is one, and none after the backup', async () => {
    await makeBackupCopy(path);
    await makeBackupCopy(path);
    expect(names().filter((name) => name.includes('for-backup'))).toHaveLength(1);
    removeBackupCopies(path);
    expect(names().filter((name) => name.includes('for-backup'))).toEqual([]);
  });

  it('does not touch the database in the folder where it was made, however the house ended meanwhile', async () => {
    await makeBackupCopy(path);
    db.exec("INSERT INTO things VALUES ('later')");
    expect(takeBackupCopy(path, Date.now())).toBeUndefined();
    db.close();
    expect(takeBackupCopy(path, Date.now())).toBeUndefined();
    expect(thingsIn(path)).toEqual(['written', 'later']);
  });

  it('goes after a day where the backup was cut off', async () => {
    const copy = await makeBackupCopy(path);
    utimesSync(copy, new Date(), new Date(Date.now() - 25 * 3_600_000));
    expect(takeBackupCopy(path, Date.now())).toBeUndefined();
    expect(existsSync(copy)).toBe(false);
  });

  it.each([
    ['with the live files, copied while they were written', ['gosip.db', 'gosip.db-wal', 'gosip.db-shm']],
    ['with the live database alone', ['gosip.db']],
    ['without any live file', []],
  ])('takes the place of the database in a folder that was brought back %s', async (_how, live) => {
    const copy = await makeBackupCopy(path);
    const back = mkdtempSync(join(tmpdir(), 'gosip-back-'));
    const there = join(back, 'gosip.db');
    copyFileSync(copy, join(back, copy.slice(folder.length + 1)));
    for (const name of live) writeFileSync(join(back, name), 'torn');
    expect(takeBackupCopy(there, Date.now())).toMatch(
      /^This folder was brought back from a backup: the database is the one of 2/,
    );
    expect(thingsIn(there)).toEqual(['written']);
    const aside = readdirSync(back).filter((name) => name.includes('.replaced-'));
    expect(aside).toHaveLength(live.length);
    for (const name of aside) expect(readFileSync(join(back, name), 'utf8')).toBe('torn');
    expect(takeBackupCopy(there, Date.now())).toBeUndefined();
    rmSync(back, { recursive: true });
  });

  it('is not made of a database that is not there or not whole', async () => {
    await expect(makeBackupCopy(join(folder, 'none.db'))).rejects.toMatchObject({ code: 'not-found' });
    const broken = join(folder, 'broken.db');
    writeFileSync(broken, 'no database at all, but long enough to be looked at '.repeat(100));
    await expect(makeBackupCopy(broken)).rejects.toMatchObject({ message: expect.stringContaining('cannot be copied whole') });
    expect(names().filter((name) => name.startsWith('broken.db.'))).toEqual([]);
  });
});
