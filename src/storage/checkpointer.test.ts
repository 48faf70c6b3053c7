import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { Checkpointer } from './checkpointer.ts';
import type { CheckpointerOptions } from './checkpointer.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { WriteBatch } from './write-batch.ts';

const log = createLog({ level: 'silent' });
const megabyte = 2 ** 20;
const clock = new FakeClock();
let folder = '';
let path = '';
let db: Database;
let writes: WriteBatch;
let checkpointer: Checkpointer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-checkpoint-'));
  path = join(folder, 'gosip.db');
  ({ db } = openDatabase({ path, log, clock }));
  db.exec('CREATE TABLE ballast (id INTEGER PRIMARY KEY, filling BLOB)');
  writes = new WriteBatch({ db, log });
});

afterEach(async () => {
  await checkpointer.stop();
  if (db.open) db.close();
  rmSync(folder, { recursive: true, force: true });
});

function begin(options: Partial<CheckpointerOptions> = {}): void {
  checkpointer = new Checkpointer({ db, writes, clock, log, worthBytes: megabyte, ...options });
  checkpointer.start();
}

function walBytes(): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

function fill(megabytes: number): void {
  const replace = db.prepare('REPLACE INTO ballast VALUES (?, randomblob(100000))');
  for (let index = 0; index < megabytes * 10; index += 1) replace.run(index % 20);
}

test('a short log is left alone, without a thread', async () => {
  begin();
  await checkpointer.check();
  expect(checkpointer.hasThread).toBe(false);
});

test('a log that has grown goes into the file, and begins anew with the next write', async () => {
  begin();
  fill(5);
  const before = walBytes();
  expect(before).toBeGreaterThan(5 * megabyte);
  await checkpointer.check();
  fill(0.1);
  expect(walBytes()).toBeLessThan(megabyte);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
});

test('by the clock, once for the same log; the thread ends when there is nothing to do for a minute', async () => {
  begin();
  fill(5);
  clock.advance(1_000);
  await checkpointer.check();
  expect(checkpointer.hasThread).toBe(true);
  for (let second = 0; second < 60; second += 1) await checkpointer.check();
  expect(checkpointer.hasThread).toBe(false);
});

test('writes wait while a log that is too long begins anew', async () => {
  begin({ maxBytes: 2 * megabyte });
  fill(5);
  let isChecking = true;
  let written = 0;
  // Never a gap: a write follows each write, so that the log never is in the file as a whole.
  const replace = db.prepare('REPLACE INTO ballast VALUES (1, randomblob(100))');
  const keepWriting = async (): Promise<void> => {
    while (isChecking) {
      await writes.write(() => replace.run());
      written += 1;
    }
  };
  const writing = keepWriting();
  let looks = 0;
  for (; looks < 200 && walBytes() > 4 * megabyte; looks += 1) await checkpointer.check();
  isChecking = false;
  await writing;
  expect(walBytes()).toBeLessThan(4 * megabyte);
  expect(written).toBeGreaterThan(0);
});

test('without its thread SQLite does it by itself', async () => {
  begin();
  fill(2);
  rmSync(path);
  await checkpointer.check();
  expect(db.pragma('wal_autocheckpoint', { simple: true })).toBe(1000);
});

test('nothing to do for a database in memory, nor after the end', async () => {
  const memory = openDatabase({ path: ':memory:', log, clock });
  checkpointer = new Checkpointer({ db: memory.db, writes, clock, log });
  checkpointer.start();
  memory.db.close();
  await checkpointer.check();
  expect(checkpointer.hasThread).toBe(false);
});
