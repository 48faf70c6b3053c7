import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { House } from '#testing/house.ts';
import type { DeviceLogin } from '#testing/house.ts';
import { SimulatedPhone } from '#testing/simulated-phone.ts';

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

test('with a damaged database registered phones ring, others register, and everybody is told', async () => {
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
  await Promise.all([hallPhone.called(), call.reached('answered')]);
  await kitchenPhone.hangup(call);
  expect(readFileSync(path).equals(damaged)).toBe(true);
});
