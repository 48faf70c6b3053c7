import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RestoreState } from '#contract/backup.ts';
import { tarEnd, tarHeader, tarPadding } from '#storage/tar.ts';
import { House } from '#testing/harness/house.ts';

let dataDirectory = '';
const passphrase = 'several words of the house';

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-app-backup-'));
});

afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }));

type Device = { readonly id: string; readonly name: string };
type Health = { readonly startedAt: string };

async function names(house: House): Promise<readonly string[]> {
  const { items } = await house.api<{ items: Device[] }>('GET', '/devices?sort=name&order=asc');
  return items.map(({ name }) => name);
}

async function backUp(house: House, body: object = {}): Promise<Buffer> {
  const response = await request(house, 'POST', '/system/backup', JSON.stringify(body), 'application/json');
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

function request(house: House, method: string, path: string, body: string | Buffer, contentType: string): Promise<Response> {
  return fetch(`http://${house.address}:${house.httpPort}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${house.token}`, 'content-type': contentType },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

async function upload(house: House, file: Buffer): Promise<{ readonly status: number; readonly text: string }> {
  const response = await request(house, 'POST', '/system/restore', file, 'application/octet-stream');
  return { status: response.status, text: await response.text() };
}

/** Asks for the exchange and waits for the process to be there again. */
async function exchange(house: House, path: '/system/restore/apply' | '/system/restore/undo'): Promise<void> {
  const { startedAt } = await house.api<Health>('GET', '/system/health');
  expect((await house.api<RestoreState>('POST', path)).message).toContain('restarts now');
  await expect.poll(() => startOf(house), { timeout: 60_000, interval: 200 }).not.toBe(startedAt);
}

async function startOf(house: House): Promise<string> {
  const before = await house.api<Health>('GET', '/system/health').catch(() => undefined);
  // A process that is ending is not there.
  if (before === undefined) await new Promise((resolve) => setTimeout(resolve, 300));
  return (
    (before ?? (await house.api<Health>('GET', '/system/health').catch(() => undefined)))?.startedAt ?? (await startOf(house))
  );
}

function tar(members: Readonly<Record<string, string | Buffer>>): Buffer {
  const parts = Object.entries(members).flatMap(([name, content]) => {
    const bytes = Buffer.from(content as string);
    return [tarHeader({ name, bytes: bytes.length }, 0), bytes, tarPadding(bytes.length)];
  });
  return Buffer.concat([...parts, tarEnd]);
}

function manifestOf(members: Readonly<Record<string, string | Buffer>>, changes: object = {}): string {
  const list = Object.entries(members).map(([name, content]) => {
    const bytes = Buffer.from(content as string);
    return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  return JSON.stringify({ format: 1, version: '0.1.0', schema: 1, createdAt: '2026-01-01T00:00:00Z', members: list, ...changes });
}

function withManifest(members: Readonly<Record<string, string | Buffer>>, changes: object = {}): Buffer {
  return tar({ ...members, 'manifest.json': manifestOf(members, changes) });
}

/** A database file of a stranger, or of another version. */
function databaseWith(change: (db: SqliteDatabase.Database) => void, from?: Buffer): Buffer {
  const path = join(dataDirectory, 'made.db');
  if (from !== undefined) writeFileSync(path, from);
  const db = new SqliteDatabase(path);
  db.pragma('journal_mode = DELETE');
  change(db);
  db.close();
  const bytes = readFileSync(path);
  rmSync(path);
  return bytes;
}

test('a backup taken while the house is written to brings phones, key and voicemails back, and the restore can be undone', async () => {
  await using house = await House.start({ dataDirectory });
  const { pid } = house.program;
  await house.addDevice('21', { name: 'Hall' });
  mkdirSync(join(dataDirectory, 'greetings'), { recursive: true });
  writeFileSync(join(dataDirectory, 'greetings', 'left-alone'), 'audio');
  const key = readFileSync(join(dataDirectory, 'gosip.key'), 'utf8');
  let isOver = false;
  const writing = (async () => {
    for (let extension = 300; !isOver; extension += 1) await house.addDevice(String(extension), { name: `While ${extension}` });
  })();
  const file = await backUp(house);
  isOver = true;
  await writing;
  await house.addDevice('22', { name: 'Attic, added later' });
  const after = await names(house);

  expect(await upload(house, file)).toMatchObject({ status: 200, text: expect.stringContaining('"state":"ready"') });
  expect(await names(house)).toEqual(after);
  await exchange(house, '/system/restore/apply');
  expect(house.program.pid).toBe(pid);
  const restored = await names(house);
  expect(restored).toContain('Hall');
  expect(restored).not.toContain('Attic, added later');
  expect(readFileSync(join(dataDirectory, 'gosip.key'), 'utf8')).toBe(key);
  expect(house.program.output()).toMatch(/A backup was restored\. The data of before lies in .*previous/);
  expect(await house.api('GET', '/system/restore')).toMatchObject({ state: 'none', undoableSince: expect.any(String) });

  await exchange(house, '/system/restore/undo');
  expect(await names(house)).toEqual(after);
  await house.api('DELETE', '/system/restore');
  expect(readdirSync(join(dataDirectory, 'restore'))).toEqual([]);
}, 180_000);

test('a sealed backup opens with its passphrase alone, which may be tried again', async () => {
  await using house = await House.start({ dataDirectory });
  await house.addDevice('21', { name: 'Secret hall' });
  const file = await backUp(house, { passphrase });
  expect(file.includes('Secret hall')).toBe(false);
  expect(await upload(house, file)).toMatchObject({ status: 200, text: expect.stringContaining('"state":"locked"') });
  const wrong = await request(house, 'POST', '/system/restore/unlock', '{"passphrase":"no such words"}', 'application/json');
  expect([wrong.status, await wrong.text()]).toEqual([
    400,
    expect.stringContaining('The passphrase is wrong, or the file is damaged'),
  ]);
  const state = await house.api<RestoreState>('POST', '/system/restore/unlock', { passphrase });
  expect(state).toMatchObject({ state: 'ready', backup: { files: 2 } });
  expect(house.program.output()).not.toContain(passphrase);
}, 120_000);

test('what is damaged, foreign, newer or hostile is refused with the reason, and changes nothing', async () => {
  await using house = await House.start({ dataDirectory });
  await house.addDevice('21', { name: 'Hall' });
  const good = await backUp(house);
  const database = good.subarray(512, 512 + Number.parseInt(good.toString('latin1', 124, 135), 8));
  const flipped = Buffer.from(good);
  flipped[600] = (flipped[600] ?? 0) ^ 1;
  const link = tarHeader({ name: 'gosip.db', bytes: 0 }, 0);
  link.write('2', 156);
  const stranger = databaseWith((db) => db.exec('CREATE TABLE other (a); PRAGMA user_version = 3'));
  const newer = databaseWith((db) => db.pragma('user_version = 9999'), database);
  const broken = Buffer.from(database);
  broken.fill(0x55, 8192, 12_288);
  const refusals: readonly (readonly [string, Buffer, RegExp])[] = [
    ['a picture', Buffer.from('\x89PNG not a backup at all'.padEnd(2000)), /no backup of GoSIP/],
    ['nothing', Buffer.alloc(0), /body is empty/],
    ['the first half', good.subarray(0, good.length / 2), /ends too early/],
    ['without its end', good.subarray(0, good.length - 1024), /ends too early/],
    ['a flipped bit', flipped, /gosip\.db in it is damaged/],
    ['a link', Buffer.concat([link, tarEnd]), /damaged|plain files/],
    ['a way out of the folder', withManifest({ '../gosip.db': 'x' }), /none of GoSIP's/],
    ['an absolute path', withManifest({ '/etc/passwd': 'x' }), /none of GoSIP's/],
    ['a way out of a folder of media', withManifest({ 'messages/../../x': 'x' }), /none of GoSIP's/],
    [
      'the same file twice',
      Buffer.concat([tar({ 'gosip.key': 'a' }).subarray(0, 1024), withManifest({ 'gosip.key': 'b' })]),
      /twice/,
    ],
    ['no manifest', tar({ 'gosip.db': database }), /no manifest/],
    [
      'a file that is not in the manifest',
      tar({ 'gosip.db': database, 'gosip.key': 'x', 'manifest.json': manifestOf({ 'gosip.db': database }) }),
      /does not name/,
    ],
    [
      'a file that is missing',
      tar({ 'gosip.db': database, 'manifest.json': manifestOf({ 'gosip.db': database, 'gosip.key': 'x' }) }),
      /gosip\.key is missing/,
    ],
    ['no database', withManifest({ 'gosip.key': 'x' }), /holds no database/],
    ['a database that is none', withManifest({ 'gosip.db': 'not a database at all' }), /database is damaged/],
    ['a damaged database', withManifest({ 'gosip.db': broken }), /database is damaged/],
    ['the database of another program', withManifest({ 'gosip.db': stranger }), /not of GoSIP/],
    ['the database of a newer version', withManifest({ 'gosip.db': newer }), /newer version/],
    ['the format of a newer version', withManifest({ 'gosip.db': database }, { format: 2 }), /newer version/],
  ];
  for (const [what, file, reason] of refusals) {
    const { status, text } = await upload(house, file);
    expect([what, status, text]).toEqual([what, 400, expect.stringMatching(reason)]);
  }
  expect(await house.api('GET', '/system/restore')).toMatchObject({ state: 'none', backup: null });
  expect(readdirSync(join(dataDirectory, 'restore'))).toEqual([]);
  expect(existsSync('/etc/passwd')).toBe(true);
  const apply = await request(house, 'POST', '/system/restore/apply', '', 'application/json');
  expect([apply.status, await names(house)]).toEqual([409, ['Hall']]);
  expect(await upload(house, good)).toMatchObject({ status: 200 });
}, 180_000);

test('killed in the middle of a backup, an upload and an exchange, the house loses nothing and goes on', async () => {
  const first = await House.start({ dataDirectory });
  const { token } = first;
  await first.addDevice('21', { name: 'Hall' });
  const file = await backUp(first);
  await first.addDevice('22', { name: 'Attic' });
  // A backup and an upload, neither read nor sent to its end.
  const sending = connect(first.httpPort, first.address);
  sending.on('error', () => {});
  const head = `POST /api/system/restore HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/x-tar`;
  sending.write(`${head}\r\nContent-Length: ${file.length}\r\n\r\n`);
  sending.write(file.subarray(0, 2048));
  await expect.poll(() => readdirSync(join(dataDirectory, 'restore')), { timeout: 20_000 }).toContain('upload.unfinished');
  const copying = backUp(first).catch(() => undefined);
  await first.program.stop('SIGKILL');
  await copying;

  const second = await House.start({ dataDirectory, token });
  expect([await names(second), readdirSync(join(dataDirectory, 'restore'))]).toEqual([['Attic', 'Hall'], []]);
  await upload(second, file);
  await second.api('POST', '/system/restore/apply');
  // It was asked for and is on the disk.
  await second.program.stop('SIGKILL');

  await using third = await House.start({ dataDirectory, token });
  expect(await names(third)).toEqual(['Hall']);
  await exchange(third, '/system/restore/undo');
  expect(await names(third)).toEqual(['Attic', 'Hall']);
}, 240_000);
