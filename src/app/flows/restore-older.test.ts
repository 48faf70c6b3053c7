import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { createLog } from '#base/log.ts';
import { parseOptions } from '#options/options.ts';
import { migrate, readMigrations } from '#storage/migrate.ts';
import { tarEnd, tarHeader, tarPadding } from '#storage/tar.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { makeHouseAtSchema, tablesOf } from '#testing/harness/house-at-schema.ts';

// A backup of every schema there ever was, restored through the API: the house of today holds all that was in it, and nothing foreign.
const log = createLog({ level: 'silent' });
const schemas = readMigrations().map(({ number }) => number);
const newest = schemas.at(-1) ?? 0;
let folder = '';
let app: App;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-older-'));
  app = await start();
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function start(): Promise<App> {
  const read = parseOptions({
    data_directory: join(folder, 'data'),
    sip_listen: ['udp:127.0.0.1:0'],
    http_host: '127.0.0.1',
    http_port: 0,
    media: 'direct',
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('; '));
  const clock = new FakeClock();
  return createApp(read.options, { log, clock, isReplyStrict: true, wantsNewAdminToken: true, restart: () => {} });
}

async function ask(method: string, path: string, body?: Buffer): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${app.http.port}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${app.adminToken}`, 'content-type': 'application/x-tar' },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** As `POST /api/system/backup` makes it. */
function backupOf(database: Buffer, schema: number): Buffer {
  const sha256 = createHash('sha256').update(database).digest('hex');
  const members = [{ name: 'gosip.db', bytes: database.length, sha256 }];
  const manifest = { format: 1, version: '0.0.9', schema, createdAt: '2026-01-01T00:00:00Z', members };
  const parts = Object.entries({ 'gosip.db': database, 'manifest.json': Buffer.from(JSON.stringify(manifest)) });
  return Buffer.concat([
    ...parts.flatMap(([name, bytes]) => [tarHeader({ name, bytes: bytes.length }, 0), bytes, tarPadding(bytes.length)]),
    tarEnd,
  ]);
}

function databaseAt(schema: number, change: (db: SqliteDatabase.Database) => void = () => {}): Buffer {
  const path = join(folder, 'old.db');
  rmSync(path, { force: true });
  makeHouseAtSchema(path, schema);
  const db = new SqliteDatabase(path);
  change(db);
  db.close();
  return readFileSync(path);
}

/** What was restored before is put aside by it. */
async function restore(backup: Buffer): Promise<void> {
  expect(await ask('POST', '/system/restore', backup)).toMatchObject({ status: 200 });
  expect(await ask('POST', '/system/restore/apply')).toMatchObject({ status: 202 });
  await app[Symbol.asyncDispose]();
  app = await start();
  expect(app.warnings.filter((one) => !/A backup was restored|key lost/.test(one))).toEqual([]);
}

type Row = Readonly<Record<string, unknown>>;
const rowsOf = (db: SqliteDatabase.Database, table: string) => db.prepare<[], Row>(`SELECT * FROM ${table}`).all();
const schemaOf = (db: SqliteDatabase.Database) =>
  db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all();

/** What is shown, by where; since when it can be restored, and some of its words. */
const shown: readonly (readonly [number, string, string])[] = [
  [1, '/devices', '"extension":"21"'],
  [2, '/users', '"username":"sara"'],
  [3, '/dids', '+14165550100'],
  [3, '/cdrs?text=randmoth', 'call_old'],
  [5, '/voicemails?text=plums', 'vm_old'],
  [7, '/messages?text=cooked', 'msg_old'],
  [11, '/routes', 'route_old'],
  [11, '/ring-groups', 'group_old'],
  [12, '/blocklist', 'Sells windows'],
  [12, '/spam-lists', 'spam_old'],
  [13, '/contacts', 'contact_old'],
  [15, '/external', 'hook_old'],
];

test.each(schemas)('a backup made when the schema had the number %i is restored with everything in it', async (schema) => {
  const old = databaseAt(schema);
  copyFileSync(join(folder, 'old.db'), join(folder, 'kept.db'));
  await restore(backupOf(old, schema));
  for (const [since, path, words] of shown.filter(([first]) => first <= schema)) {
    const { status, text } = await ask('GET', path);
    expect([since, path, status, text]).toEqual([since, path, 200, expect.stringContaining(words)]);
  }
  const paths = [join(folder, 'kept.db'), join(folder, 'data', 'gosip.db')] as const;
  const [before, after] = [new SqliteDatabase(paths[0]), new SqliteDatabase(paths[1], { readonly: true })];
  const ours = new SqliteDatabase(':memory:');
  migrate(ours);
  expect(schemaOf(after)).toEqual(schemaOf(ours));
  for (const table of tablesOf(before)) {
    const rows = rowsOf(before, table);
    expect([table, rows.length > 0]).toEqual([table, true]);
    expect([table, rowsOf(after, table)]).toEqual([
      table,
      expect.arrayContaining(rows.map((row) => expect.objectContaining(row) as Row)),
    ]);
  }
  for (const db of [before, after, ours]) db.close();
});

test('the house at the newest schema has something in every table, so that a restore that loses a table is seen', () => {
  databaseAt(newest);
  const db = new SqliteDatabase(join(folder, 'old.db'));
  expect(tablesOf(db).filter((table) => rowsOf(db, table).length === 0)).toEqual([]);
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
});

const rewrite = (db: SqliteDatabase.Database, sql: string) => {
  db.unsafeMode(true);
  db.pragma('writable_schema = ON');
  db.exec(sql);
};

test.each<readonly [string, (db: SqliteDatabase.Database) => void, RegExp]>([
  [
    'a trigger',
    (db) => db.exec('CREATE TRIGGER spy AFTER INSERT ON cdrs BEGIN DELETE FROM devices; END'),
    /a trigger .*none of GoSIP's: \\"spy\\"/,
  ],
  [
    'a trigger with the name of a table',
    (db) => db.exec('CREATE TRIGGER cdrs AFTER INSERT ON cdrs BEGIN DELETE FROM devices; END'),
    /a trigger .*none of GoSIP's: \\"cdrs\\"/,
  ],
  [
    'a trigger with a name of SQLite',
    (db) => {
      db.exec('CREATE TRIGGER spy AFTER INSERT ON cdrs BEGIN DELETE FROM devices; END');
      rewrite(db, "UPDATE sqlite_schema SET name = 'sqlite_spy', sql = replace(sql, 'spy', 'sqlite_spy') WHERE name = 'spy'");
    },
    /a trigger .*none of GoSIP's: \\"sqlite_spy\\"/,
  ],
  ['a view', (db) => db.exec('CREATE VIEW spy AS SELECT * FROM users'), /a view .*none of GoSIP's: \\"spy\\"/],
  ['a table', (db) => db.exec('CREATE TABLE spy (a)'), /a table .*none of GoSIP's: \\"spy\\"/],
  ['an index', (db) => db.exec('CREATE INDEX spy ON users (name)'), /a index .*none of GoSIP's: \\"spy\\"/],
  [
    'a trigger of ours that does something else',
    (db) =>
      db.exec(
        'DROP TRIGGER messages_delete_search; CREATE TRIGGER messages_delete_search AFTER DELETE ON messages BEGIN DELETE FROM users; END',
      ),
    /the trigger messages_delete_search of its database is not as GoSIP makes it/,
  ],
  [
    'a table of ours with a column more',
    (db) => db.exec('ALTER TABLE devices ADD COLUMN spy TEXT'),
    /the table devices of its database is not as/,
  ],
  ['a table of ours missing', (db) => db.exec('DROP TABLE call_legs'), /it lacks the (?:table|index) call_legs/],
  [
    'a newer version',
    (db) => db.pragma(`user_version = ${newest + 1}`),
    /written by a newer version of GoSIP: install that one first/,
  ],
  ['a version that there never was', (db) => db.pragma('user_version = 0'), /not of GoSIP/],
])('a database with %s is refused in words, and nothing changes', async (_what, change, reason) => {
  const before = await ask('GET', '/devices');
  const { status, text } = await ask('POST', '/system/restore', backupOf(databaseAt(newest, change), newest));
  expect([status, text]).toEqual([400, expect.stringMatching(reason)]);
  expect(text).toContain('Nothing was changed');
  expect(JSON.parse((await ask('GET', '/system/restore')).text)).toMatchObject({ state: 'none', backup: null });
  expect(await ask('GET', '/devices')).toEqual(before);
});
