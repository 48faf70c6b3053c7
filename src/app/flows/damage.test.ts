import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

let dataDirectory = '';
let path = '';

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-app-damage-'));
  path = join(dataDirectory, 'gosip.db');
});

afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }));

function phoneOf(house: House, { username, password }: DeviceLogin): Promise<SimulatedPhone> {
  const { address, registrar } = house;
  return SimulatedPhone.start({ address, username, password, registrar });
}

/** Overwrites the page in which this index begins. */
function damage(index: string): Buffer {
  const db = new SqliteDatabase(path);
  const page = Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(index));
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  const bytes = readFileSync(path);
  bytes.fill(0xa5, (page - 1) * size, page * size);
  writeFileSync(path, bytes);
  return bytes;
}

test('with a damaged database registered phones ring, others register, and the start and health say so', async () => {
  const before = await House.start({ dataDirectory });
  const { sipPort, token } = before;
  const [hall, kitchen] = [await before.addDevice('21'), await before.addDevice('22')];
  await using hallPhone = await phoneOf(before, hall);
  await using kitchenPhone = await phoneOf(before, kitchen);
  expect(await hallPhone.register()).toBe(200);
  await before.program.stop();
  const damaged = damage('cdrs_by_start');

  await using house = await House.start({ dataDirectory, sipPort, token });
  expect(house.program.output()).toMatch(/database .* is damaged\. Phones keep registering/);
  const health = await house.api<{ parts: { name: string; status: string }[] }>('GET', '/system/health');
  expect(health.parts).toContainEqual(expect.objectContaining({ name: 'storage', status: 'degraded' }));
  expect(await kitchenPhone.register()).toBe(200);
  const call = kitchenPhone.call('21');
  await Promise.all([hallPhone.incomingCall(), call.reached('answered')]);
  await kitchenPhone.hangup(call);
  expect(readFileSync(path).equals(damaged)).toBe(true);
});

type Part = { readonly name: string; readonly status: string; readonly message: string };

async function storageOf(house: House): Promise<Part | undefined> {
  const { parts } = await house.api<{ parts: Part[] }>('GET', '/system/health');
  return parts.find(({ name }) => name === 'storage');
}

/** Names in the data folder that begin so. */
function files(prefix: string): readonly string[] {
  return readdirSync(dataDirectory).filter((name) => name.startsWith(prefix) && !name.includes('.unfinished'));
}

test('with the first page destroyed the copy of the night is named, and the command that is shown brings the phones back', async () => {
  const before = await House.start({ dataDirectory });
  const { sipPort, token } = before;
  const hall = await before.addDevice('21');
  await expect.poll(() => files('gosip.db.copy-').length, { timeout: 60_000 }).toBe(1);
  const [copy = ''] = files('gosip.db.copy-');
  expect(copy).toMatch(/^gosip\.db\.copy-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.key-[0-9a-f]{8}$/);
  expect(statSync(join(dataDirectory, copy)).mode & 0o777).toBe(0o600);
  await before.program.stop();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xa5, 0, 4096));

  let command = '';
  {
    await using house = await House.start({ dataDirectory, sipPort, token: 'void' });
    [, command = ''] =
      /ATTENTION .*is damaged.*A whole copy of .* lies beside it\. Stop GoSIP, run: (.*) and start GoSIP again\./.exec(
        house.program.output(),
      ) ?? [];
    expect(command).toContain(copy);
  }
  expect(spawnSync('/bin/sh', ['-c', command]).status).toBe(0);
  await using house = await House.start({ dataDirectory, sipPort, token });
  expect(house.program.output()).not.toContain('ATTENTION');
  await using phone = await phoneOf(house, hall);
  expect(await phone.register()).toBe(200);
});

test('with a table gone the house starts from memory, says which, and phones ring', async () => {
  const before = await House.start({ dataDirectory });
  const { sipPort, token } = before;
  const [hall, kitchen] = [await before.addDevice('21'), await before.addDevice('22')];
  await before.program.stop();
  const db = new SqliteDatabase(path);
  db.exec('DROP TABLE call_legs');
  db.close();
  await using house = await House.start({ dataDirectory, sipPort, token });
  expect(house.program.output()).toMatch(/ATTENTION .*is damaged: it lacks call_legs\. Phones keep registering/);
  expect(await storageOf(house)).toMatchObject({ status: 'degraded' });
  await using hallPhone = await phoneOf(house, hall);
  await using kitchenPhone = await phoneOf(house, kitchen);
  expect([await hallPhone.register(), await kitchenPhone.register()]).toEqual([200, 200]);
  const call = kitchenPhone.call('21');
  hallPhone.answer(await hallPhone.incomingCall());
  await call.reached('answered');
  await kitchenPhone.hangup(call);
});

test('a database removed under the running house is said, and nothing of it is lost', async () => {
  const before = await House.start({ dataDirectory });
  const { sipPort, token } = before;
  await before.addDevice('21');
  for (const name of files('gosip.db')) rmSync(join(dataDirectory, name));
  await expect
    .poll(() => storageOf(before), { timeout: 30_000 })
    .toMatchObject({
      status: 'down',
      message: expect.stringMatching(/gosip\.db was removed while GoSIP runs.*was written to .*gosip\.db\.rescued-/),
    });
  const late = await before.addDevice('22');
  await before.program.stop();
  const [rescued = ''] = files('gosip.db.rescued-');
  renameSync(join(dataDirectory, rescued), path);
  await using house = await House.start({ dataDirectory, sipPort, token });
  await using phone = await phoneOf(house, late);
  expect(await phone.register()).toBe(200);
});

test('a database that is missing beside its key is no new house, and that is said', async () => {
  const before = await House.start({ dataDirectory });
  await before.program.stop();
  for (const name of files('gosip.db')) rmSync(join(dataDirectory, name));
  await using house = await House.start({ dataDirectory });
  expect(house.program.output()).toMatch(/ATTENTION +There was a gosip\.key in .* but no database: GoSIP began an empty one/);
  expect(await storageOf(house)).toMatchObject({ status: 'degraded', message: expect.stringContaining('no database') });
});

test('a second house on the same folder is refused in one sentence, and the call of the first goes on', async () => {
  await using house = await House.start({ dataDirectory });
  const [hall, kitchen] = [await house.addDevice('21'), await house.addDevice('22')];
  await using hallPhone = await phoneOf(house, hall);
  await using kitchenPhone = await phoneOf(house, kitchen);
  expect([await hallPhone.register(), await kitchenPhone.register()]).toEqual([200, 200]);
  const call = kitchenPhone.call('21');
  hallPhone.answer(await hallPhone.incomingCall());
  await call.reached('answered');
  await expect(House.start({ dataDirectory })).rejects.toThrow(
    /GoSIP cannot start: another GoSIP runs on the data folder .*: stop that one first, or give this one a folder of its own/,
  );
  const { items } = await house.api<{ items: { disposition: string | null }[] }>('GET', '/cdrs');
  expect(items.map(({ disposition }) => disposition)).toEqual([null]);
  await kitchenPhone.hangup(call);
  // What is killed holds nothing.
  await house.program.stop('SIGKILL');
  await using again = await House.start({ dataDirectory, token: house.token });
  expect((await again.api<{ items: unknown[] }>('GET', '/devices')).items).toHaveLength(2);
});

test('a backup put back over a house that was killed is what the house goes on with, and that is said', async () => {
  const first = await House.start({ dataDirectory });
  const { sipPort, token } = first;
  for (const extension of ['21', '22', '23', '24', '25']) await first.addDevice(extension);
  await first.program.stop();
  const backup = join(dataDirectory, 'backup');
  copyFileSync(path, backup);
  const second = await House.start({ dataDirectory, sipPort, token });
  for (let extension = 30; extension < 60; extension += 1) await second.addDevice(String(extension));
  await second.program.stop('SIGKILL');
  expect(existsSync(`${path}-wal`)).toBe(true);
  copyFileSync(backup, path);
  await using house = await House.start({ dataDirectory, sipPort, token });
  expect((await house.api<{ total: number }>('GET', '/devices')).total).toBe(5);
  const words =
    /gosip\.db-wal was of another database .*\(a backup was put back\): it was put aside as .*gosip\.db-wal\.foreign-/;
  expect(house.program.output()).toMatch(words);
  expect(await storageOf(house)).toMatchObject({ status: 'degraded', message: expect.stringMatching(words) });
});
