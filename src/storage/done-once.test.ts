import type { Database } from 'better-sqlite3';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PersonId } from '#base/ids.ts';
import { DoneOnce } from './done-once.ts';
import { migrate } from './migrate.ts';

let db: Database;
let once: DoneOnce;
beforeEach(() => {
  db = new SqliteDatabase(':memory:');
  migrate(db);
  db.pragma('foreign_keys = ON');
  once = new DoneOnce(db, 3);
});
afterEach(() => void db.close());

const one = (key: string, until = 100) => ({ key, asked: 'a', personId: undefined, until });

it('is begun once, has its reply from when it is done, and is forgotten where it was refused', () => {
  expect(once.begin(one('x'), 0)).toBe(true);
  expect(once.begin(one('x'), 1)).toBe(false);
  expect(once.find('x', 1)).toEqual({ asked: 'a', reply: undefined });
  once.end('x', '{}');
  expect(once.find('x', 1)).toEqual({ asked: 'a', reply: '{}' });
  once.forget('x');
  expect(once.find('x', 1)).toBeUndefined();
  expect(once.begin(one('x'), 1)).toBe(true);
});

it('ends at its time, which follows the clock of the machine, and leaves nothing behind', () => {
  once.begin(one('x'), 0);
  once.shiftDueTimes(1000);
  expect(once.find('x', 1099)).toBeDefined();
  expect(once.find('x', 1100)).toBeUndefined();
  once.begin(one('y', 2000), 1100);
  expect(db.prepare('SELECT key FROM done_once').pluck().all()).toEqual(['y']);
});

it('is no more than fit: what ends first goes first', () => {
  for (const [at, key] of ['a', 'b', 'c', 'd', 'e'].entries()) once.begin(one(key, 100 - at), 0);
  expect(db.prepare('SELECT key FROM done_once ORDER BY key').pluck().all()).toEqual(['a', 'b', 'c']);
});

it('goes with the person whose it is', () => {
  const personId = 'person_1' as PersonId;
  db.exec(`INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES ('person_1', 'a', 'A', 'user', 0, 0)`);
  once.begin({ ...one('x'), personId }, 0);
  db.exec('DELETE FROM users');
  expect(once.find('x', 1)).toBeUndefined();
});
