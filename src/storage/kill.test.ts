import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { compileCacheEnvironment } from '#testing/kill/compile-cache.ts';
import type { JournalEntry } from '#testing/kill/kill-writer.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { systemClock } from '#base/clock.ts';
import type { DeviceId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { makeHa1 } from '#devices/digest.ts';
import { loadKeys } from '#devices/key-file.ts';
import { unseal } from '#base/sealing.ts';
import { openDeviceHarness, testRealm } from '#testing/harness/device-harness.ts';

const rounds = 30;
const seed = 20_261_120;
const folder = mkdtempSync(join(tmpdir(), 'gosip-kill-'));
const writer = join(import.meta.dirname, '../testing/kill/kill-writer.ts');
const random = seededRandom(seed);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What was acknowledged last about one thing, over all rounds. */
const devices = new Map<string, { username: string; secret: string; version: number; isDeleted: boolean }>();
const contacts = new Map<string, { deviceId: DeviceId; contact: string; version: number; isThere: boolean }>();
const calls = new Map<string, number>();

/** Removals that were begun and not acknowledged when the kill came: stored or not, both are right. */
const underWay = new Set<string>();

function keyOf(deviceId: string, contact = ''): string {
  return `${deviceId} ${contact}`;
}

/** Starts the writer, kills it after so many acknowledgements, and takes note of all it had acknowledged until it died. */
async function runAndKill(round: number, acknowledgements: number): Promise<number> {
  const journal = join(folder, `journal-${round}`);
  const child = spawn(process.execPath, [writer, folder, String(round), journal], {
    env: compileCacheEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let heard = 0;
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.stdout.on('data', (dots: Buffer) => {
    heard += dots.length;
    if (heard > acknowledgements) child.kill('SIGKILL');
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`The writer ended by itself with ${String(code)}: ${complaint}`);
  // The last piece is empty, or a line that the kill cut: then nothing was acknowledged.
  const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  for (const line of lines) note(JSON.parse(line) as JournalEntry);
  return lines.length;
}

function note(line: JournalEntry): void {
  switch (line.what) {
    case 'opening':
      return;
    case 'removing':
      underWay.add(keyOf(line.id, line.contact));
      return;
    case 'device':
      devices.set(line.id, { ...line, isDeleted: false });
      return;
    case 'renamed':
    case 'deleted': {
      const device = devices.get(line.id);
      if (device === undefined) throw new Error(`${line.what} before it was made`);
      if (line.what === 'renamed') device.version = line.version;
      else device.isDeleted = true;
      if (line.what === 'deleted') underWay.delete(keyOf(line.id));
      return;
    }
    case 'registered':
    case 'unregistered': {
      const { id: deviceId, contact, version } = line;
      if (line.what === 'unregistered') underWay.delete(keyOf(deviceId, contact));
      contacts.set(keyOf(deviceId, contact), { deviceId, contact, version, isThere: line.what === 'registered' });
      return;
    }
    case 'call':
      calls.set(line.id, line.version);
  }
}

type DeviceRow = { id: string; name: string; ha1_md5: string; sealed_secret: Buffer };
type ContactRow = { device_id: string; contact_uri: string; user_agent: string };

/** Everything that is missing, older than acknowledged, or back from the dead. */
function findLosses(db: SqliteDatabase.Database): string[] {
  const key = loadKeys(join(folder, 'gosip.key'), createLog({ level: 'silent' })).seal;
  const deviceRows = new Map((db.prepare('SELECT * FROM devices').all() as DeviceRow[]).map((row) => [row.id, row]));
  const contactRows = new Map(
    (db.prepare('SELECT * FROM registrations').all() as ContactRow[]).map((row) => [keyOf(row.device_id, row.contact_uri), row]),
  );
  const callRows = new Map(
    (db.prepare('SELECT id, disposition FROM cdrs').all() as { id: string; disposition: string | null }[]).map((row) => [
      row.id,
      row,
    ]),
  );
  const lost: string[] = [];
  for (const [id, { username, secret, version, isDeleted }] of devices) {
    const row = deviceRows.get(id);
    if (isDeleted !== (row === undefined)) lost.push(`device ${id}: ${isDeleted ? 'still there' : 'gone'}`);
    if (row === undefined) continue;
    if (Number(row.name.slice(1)) < version) lost.push(`device ${id}: ${row.name} is older than v${version}`);
    if (row.ha1_md5 !== makeHa1(username, testRealm, secret).md5) lost.push(`device ${id}: another password`);
    if (unseal(row.sealed_secret, key, id) !== secret) lost.push(`device ${id}: the sealed password does not open`);
  }
  for (const [name, { deviceId, version, isThere }] of contacts) {
    const row = contactRows.get(name);
    if (!deviceRows.has(deviceId)) continue;
    const found = row === undefined ? undefined : Number(row.user_agent.slice(1));
    if (isThere && found === undefined) lost.push(`${name}: gone`);
    if (found !== undefined && found < version) lost.push(`${name}: v${found} is older than v${version}`);
    if (!isThere && found !== undefined && found <= version) lost.push(`${name}: back`);
  }
  for (const [id, version] of calls) {
    const row = callRows.get(id);
    if (row === undefined) lost.push(`call ${id}: gone`);
    else if (version === 1 && row.disposition !== 'answered') lost.push(`call ${id}: its end is gone`);
  }
  return lost;
}

/** What was under way is decided now: gone is gone, and what stayed was never promised to go. */
function settle(db: SqliteDatabase.Database): void {
  const hasDevice = db.prepare('SELECT 1 FROM devices WHERE id = ?').pluck();
  const hasContact = db.prepare('SELECT 1 FROM registrations WHERE device_id = ? AND contact_uri = ?').pluck();
  for (const [id, device] of devices) {
    if (underWay.has(keyOf(id)) && hasDevice.get(id) === undefined) device.isDeleted = true;
  }
  for (const [key, { deviceId, contact, version }] of contacts) {
    if (underWay.has(key) && hasContact.get(deviceId, contact) === undefined)
      contacts.set(key, { deviceId, contact, version, isThere: false });
  }
  underWay.clear();
}

test(`everything acknowledged is there after each of ${rounds} kills`, async () => {
  let total = 0;
  for (let round = 1; round <= rounds; round += 1) {
    // Some die while they open, some in their first writes, most in full work.
    const acknowledgements = round % 6 === 0 ? random(3) : random(600);
    total += await runAndKill(round, acknowledgements);
    const db = new SqliteDatabase(join(folder, 'gosip.db'));
    const verdicts = { integrity: db.pragma('integrity_check', { simple: true }), foreignKeys: db.pragma('foreign_key_check') };
    // Killed before the first migration there is nothing to look into yet.
    const isEmpty = db.pragma('user_version', { simple: true }) === 0;
    if (!isEmpty) settle(db);
    const losses = isEmpty ? [] : findLosses(db);
    db.close();
    expect({ round, ...verdicts, losses }).toEqual({ round, integrity: 'ok', foreignKeys: [], losses: [] });
    await findLive(round);
  }
  expect(total).toBeGreaterThan(rounds * 50);
  expect([devices.size, contacts.size, calls.size].every((size) => size > rounds)).toBe(true);
}, 300_000);

/** A restart rings every registered phone before it registers again. */
async function findLive(round: number): Promise<void> {
  const keys = loadKeys(join(folder, 'gosip.key'), createLog({ level: 'silent' }));
  const harness = await openDeviceHarness({ clock: systemClock, path: join(folder, 'gosip.db'), keys });
  const silent = [...contacts.values()]
    .filter(({ deviceId, isThere }) => isThere && harness.devices.byId(deviceId) !== undefined)
    .filter(({ deviceId, contact }) => !harness.registrations.of(deviceId).some(({ contactUri }) => contactUri === contact));
  harness.close();
  expect({ round, silent }).toEqual({ round, silent: [] });
}
