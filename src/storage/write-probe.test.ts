import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { WriteBatch } from './write-batch.ts';
import { WriteProbe } from './write-probe.ts';

const log = createLog({ level: 'silent' });
let folder = '';
let db: Database;
let clock: FakeClock;
let writes: WriteBatch;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-probe-'));
  clock = new FakeClock();
  ({ db } = openDatabase({ path: join(folder, 'gosip.db'), log, clock }));
  writes = new WriteBatch({ db, log });
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const probe = (freeBytes = 1e9) => new WriteProbe({ db, writes, clock, freeBytes: () => freeBytes });
const written = () => db.prepare("SELECT at FROM house_times WHERE name = 'written'").pluck().get();

test('a database that takes a write has no problem, and has taken one', async () => {
  const one = probe();
  expect([await one.problem(), written()]).toEqual([undefined, clock.now()]);
  const before = clock.now();
  clock.advance(4_999);
  expect([await one.problem(), written()]).toEqual([undefined, before]);
  clock.advance(1);
  expect([await one.problem(), written()]).toEqual([undefined, clock.now()]);
});

test('a database that may only be read, one that cannot grow and one that another program holds are told apart', async () => {
  db.pragma('query_only = ON');
  expect(await probe().problem()).toMatch(/read-only for GoSIP/);
  db.pragma('query_only = OFF');
  expect(await probe().problem()).toBeUndefined();
  expect(await probe(1000).problem()).toMatch(/the disk is full/);
  const other = new SqliteDatabase(db.name);
  other.exec('BEGIN IMMEDIATE');
  expect(await probe().problem()).toMatch(/is in use by another program/);
  other.close();
  expect(await probe().problem()).toBeUndefined();
});

test('a write that waits for ever is said, and so is that it came', async () => {
  const goOn = writes.pause();
  const one = probe();
  const waiting = one.problem();
  clock.advance(5_000);
  expect(await waiting).toBe('The database has taken no write for 5 seconds. Calls go on.');
  goOn();
  expect(await one.problem()).toBeUndefined();
});

test('while another program has the database locked the house does not stand still for each write', async () => {
  const other = new SqliteDatabase(db.name);
  other.exec('BEGIN IMMEDIATE');
  const refused = () => writes.write(() => db.exec("INSERT INTO house_times VALUES ('x', 1)")).catch(() => 'refused');
  expect(await refused()).toBe('refused');
  expect(db.pragma('busy_timeout', { simple: true })).toBe(20);
  other.close();
  expect(await refused()).not.toBe('refused');
  expect(db.pragma('busy_timeout', { simple: true })).toBe(1_000);
});
