import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { KeptCounts } from './kept-counts.ts';

type Database = SqliteDatabase.Database;

function open(path = ':memory:', sent: string[] = []): Database {
  const db = new SqliteDatabase(path, { verbose: (sql) => void sent.push(String(sql)) });
  onTestFinished(() => void db.close());
  db.exec(`CREATE TABLE IF NOT EXISTS things (sequence INTEGER PRIMARY KEY, kind INTEGER NOT NULL, is_open INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS things_by_kind ON things (kind);`);
  return db;
}

const settled = 'SELECT coalesce((SELECT min(sequence) - 1 FROM things WHERE is_open = 1), max(sequence), 0) FROM things';
const countsOf = (db: Database) =>
  new KeptCounts({ db, table: 'things', watched: { things: ['INSERT', 'UPDATE', 'DELETE'] }, settled });
const ofKind = (kind: number) => ({ from: 'things', where: 'kind = :kind', values: { kind } });
const counted = (db: Database, kind: number) =>
  db.prepare<[number], number>('SELECT count(*) FROM things WHERE kind = ?').pluck().get(kind);

test('whatever is added, changed, deleted and undone, a total is exact', () => {
  const db = open();
  const [counts, others] = [countsOf(db), countsOf(db)];
  const random = seededRandom(20_261_201);
  const run = (sql: string) => db.prepare(sql).run({ kind: random(3), open: random(2), row: random(60) });
  const changes = [
    'INSERT INTO things (kind, is_open) VALUES (:kind, :open)',
    'INSERT INTO things (kind, is_open) VALUES (:kind, 0)',
    'UPDATE things SET is_open = 0 WHERE sequence <= :row',
    'UPDATE things SET kind = :kind WHERE sequence = :row',
    'DELETE FROM things WHERE sequence = :row AND kind = :kind',
    'DELETE FROM things WHERE sequence = (SELECT max(sequence) FROM things)',
  ];
  for (let step = 0; step < 2000; step += 1) {
    const sql = changes[random(changes.length)] ?? '';
    if (random(10) > 0) run(sql);
    else {
      db.exec('BEGIN');
      run(sql);
      expect(counts.count(ofKind(1))).toBe(counted(db, 1));
      db.exec('ROLLBACK');
    }
    for (const kind of [0, 1, 2]) expect([step, kind, counts.count(ofKind(kind))]).toEqual([step, kind, counted(db, kind)]);
    if (step % 7 === 0) expect(others.count(ofKind(2))).toBe(counted(db, 2));
  }
});

test('a total that is counted in turns is exact, whatever is written in between', async () => {
  const db = open();
  const random = seededRandom(20_261_202);
  const numbers =
    'WITH RECURSIVE n AS (SELECT 1 AS value UNION ALL SELECT value + 1 FROM n LIMIT 9000) SELECT value % 3, 0 FROM n';
  db.exec(`INSERT INTO things (kind, is_open) ${numbers}`);
  const changes = [
    'INSERT INTO things (kind, is_open) VALUES (1, 1)',
    'UPDATE things SET is_open = 0 WHERE is_open = 1',
    'UPDATE things SET kind = 1 WHERE sequence = :row',
    'DELETE FROM things WHERE sequence = :row',
    'SELECT :row',
  ];
  for (let round = 0; round < 60; round += 1) {
    const counts = countsOf(db);
    const writing = setInterval(() => {
      const sql = changes[random(changes.length)] ?? '';
      if (!sql.startsWith('SELECT')) db.prepare(sql).run({ row: random(9000) });
    }, 0);
    const total = await counts.countInTurns(ofKind(1));
    clearInterval(writing);
    expect([round, total, counts.count(ofKind(1))]).toEqual([round, counted(db, 1), counted(db, 1)]);
  }
});

test('what another program writes into the file is counted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gosip-counts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [db, other] = [open(join(folder, 'counts.db')), open(join(folder, 'counts.db'))];
  const counts = countsOf(db);
  for (const sql of [
    'INSERT INTO things VALUES (1, 1, 0), (2, 1, 0)',
    'UPDATE things SET kind = 2 WHERE sequence = 1',
    'DELETE FROM things',
  ]) {
    other.exec(sql);
    expect([sql, counts.count(ofKind(1))]).toEqual([sql, counted(db, 1)]);
  }
});

test('a list that is asked for again while calls go on does not count the years again', () => {
  const sent: string[] = [];
  const db = open(':memory:', sent);
  db.exec(
    'INSERT INTO things (kind, is_open) WITH RECURSIVE n AS (SELECT 1 AS value UNION ALL SELECT value + 1 FROM n LIMIT 5000) SELECT value % 2, 0 FROM n',
  );
  const counts = countsOf(db);
  expect(counts.count(ofKind(1))).toBe(2500);
  db.exec('INSERT INTO things (kind, is_open) VALUES (1, 1), (1, 0)');
  sent.length = 0;
  expect(counts.count(ofKind(1))).toBe(2502);
  db.exec('UPDATE things SET is_open = 0 WHERE is_open = 1');
  expect(counts.count(ofKind(1))).toBe(2502);
  expect(sent.filter((sql) => sql.includes('count(*)') && !sql.includes('sequence >'))).toEqual([]);
});
