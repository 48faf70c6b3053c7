import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { seededRandom } from '#testing/harness/seeded-random.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// The real process is killed at random moments while phones register by UDP, devices are made by the API and calls come in. After each
// kill it starts again, and everything it had acknowledged must be there, before any phone registers again.
const rounds = 26;
const phonesAtWork = 8;
const random = seededRandom(20_261_121);
const folder = mkdtempSync(join(tmpdir(), 'gosip-app-kill-'));
const dataDirectory = join(folder, 'data');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Worker = {
  readonly login: DeviceLogin;
  readonly phone: SimulatedPhone;
  /** What the house acknowledged last; undefined while something was under way when the kill came. */
  isRegistered: boolean | undefined;
};

type Made = { name: string; isDeleted: boolean; isUnsure: boolean };

type DeviceReply = { readonly id: string; readonly name: string; readonly isRegistered: boolean };
type Page<Item> = { readonly items: readonly Item[]; readonly total: number };

const workers: Worker[] = [];
const made = new Map<string, Made>();
let callsAnswered = 0;
let acknowledged = 0;

/** Runs one life until the process is gone: whatever fails because of the kill is no failure, anything else is. */
async function until(house: Round, life: () => Promise<void>): Promise<void> {
  while (!house.isKilled) {
    try {
      await Promise.race([life(), house.gone]);
    } catch (error) {
      if (!house.isKilled) throw error;
    }
  }
}

/** One run of the process. */
class Round {
  readonly house: House;
  readonly gone: Promise<unknown>;
  readonly #most: number;
  #count = 0;
  isKilled = false;

  constructor(house: House, acknowledgements: number) {
    this.house = house;
    this.#most = acknowledgements;
    this.gone = house.program.ended;
  }

  /** Counts one acknowledgement; the last one kills. False where the process was killed already: then nobody was told. */
  heard(): boolean {
    if (this.isKilled) return false;
    acknowledged += 1;
    this.#count += 1;
    if (this.#count > this.#most) {
      this.isKilled = true;
      process.kill(this.house.program.pid, 'SIGKILL');
    }
    return true;
  }
}

async function registerOnce(round: Round, worker: Worker): Promise<void> {
  const isLeaving = random(4) === 0;
  const before = worker.isRegistered;
  worker.isRegistered = undefined;
  const status = await worker.phone.register(isLeaving ? 0 : 3600);
  if (round.isKilled) return;
  expect({ status, isLeaving, before }).toMatchObject({ status: 200 });
  worker.isRegistered = !isLeaving;
  round.heard();
}

async function changeDevices(round: Round): Promise<void> {
  const { house } = round;
  const made1 = await house.api<DeviceReply>('POST', '/devices', { name: 'new' });
  const device: Made = { name: 'new', isDeleted: false, isUnsure: false };
  made.set(made1.id, device);
  if (!round.heard()) return;
  device.isUnsure = true;
  const name = `named ${random(1_000_000)}`;
  await house.api('PATCH', `/devices/${made1.id}`, { name });
  Object.assign(device, { name, isUnsure: false });
  if (!round.heard() || random(3) > 0) return;
  device.isUnsure = true;
  await house.api('DELETE', `/devices/${made1.id}`);
  Object.assign(device, { isDeleted: true, isUnsure: false });
  round.heard();
}

/** A call to an extension nobody has: its record is kept when the caller is told. */
async function callNobody(round: Round, caller: SimulatedPhone): Promise<void> {
  const call = caller.call('99');
  await call.reached('ended', 60);
  if (round.isKilled) return;
  expect(call.status).toBe(404);
  callsAnswered += 1;
  round.heard();
}

async function verify(house: House): Promise<void> {
  const devices = new Map<string, DeviceReply>();
  for (let page = 1; ; page += 1) {
    const { items, total } = await house.api<Page<DeviceReply>>('GET', `/devices?per_page=100&page=${page}`);
    for (const device of items) devices.set(device.id, device);
    if (page * 100 >= total) break;
  }
  const lost: string[] = [];
  for (const { login, isRegistered } of workers) {
    const found = devices.get(login.id)?.isRegistered;
    if (isRegistered !== undefined && found !== isRegistered)
      lost.push(`phone ${login.extension}: ${String(found)}, told ${isRegistered}`);
  }
  for (const [id, device] of made) {
    const found = devices.get(id);
    if (device.isUnsure) continue;
    if (device.isDeleted !== (found === undefined)) lost.push(`device ${id}: ${device.isDeleted ? 'back' : 'gone'}`);
    else if (found !== undefined && found.name !== device.name) lost.push(`device ${id}: ${found.name}, told ${device.name}`);
  }
  const { total } = await house.api<Page<unknown>>('GET', '/cdrs?per_page=1');
  if (total < callsAnswered) lost.push(`calls: ${total} of ${callsAnswered}`);
  expect(lost).toEqual([]);
  // What was under way is decided now.
  for (const worker of workers) worker.isRegistered = devices.get(worker.login.id)?.isRegistered === true;
  for (const [id, device] of made) {
    const found = devices.get(id);
    Object.assign(device, { isUnsure: false, isDeleted: found === undefined, name: found?.name ?? device.name });
  }
}

/** A phone that registered with a former process rings in this one. */
async function ring(caller: SimulatedPhone): Promise<void> {
  const ready = workers.filter(({ isRegistered }) => isRegistered === true);
  const called = ready[random(Math.max(1, ready.length))];
  if (called === undefined) return;
  const call = caller.call(called.login.extension);
  await Promise.all([called.phone.incomingCall(), call.reached('answered')]);
  await caller.hangup(call);
  callsAnswered += 1;
}

/** Looks into a copy, so that the next process recovers the log by itself. */
function checkFile(): void {
  const copy = join(folder, 'copy.db');
  rmSync(`${copy}-wal`, { force: true });
  for (const suffix of ['', '-wal']) {
    const from = join(dataDirectory, `gosip.db${suffix}`);
    if (existsSync(from)) copyFileSync(from, copy + suffix);
  }
  const db = new SqliteDatabase(copy);
  const verdict = { integrity: db.pragma('integrity_check', { simple: true }), foreignKeys: db.pragma('foreign_key_check') };
  db.close();
  expect(verdict).toEqual({ integrity: 'ok', foreignKeys: [] });
}

async function phoneFor(house: House, extension: string): Promise<[DeviceLogin, SimulatedPhone]> {
  const login = await house.addDevice(extension);
  const { address, registrar } = house;
  // No retransmission: a phone that was cut off by the kill must not register with the next process by itself.
  return [
    login,
    await SimulatedPhone.start({ address, username: login.username, password: login.password, registrar, retryMs: 10 ** 8 }),
  ];
}

test(`everything acknowledged is there after each of ${rounds} kills of the real process`, async () => {
  let house = await House.start({ dataDirectory });
  const { sipPort, token } = house;
  const [, caller] = await phoneFor(house, '11');
  for (let index = 0; index < phonesAtWork; index += 1) {
    const [login, phone] = await phoneFor(house, String(20 + index));
    workers.push({ login, phone, isRegistered: false });
  }
  for (let number = 1; number <= rounds; number += 1) {
    const round = new Round(house, random(number % 5 === 0 ? 5 : 300));
    const lives = [
      ...workers.map((worker) => () => registerOnce(round, worker)),
      () => changeDevices(round),
      () => changeDevices(round),
      () => callNobody(round, caller),
    ];
    await Promise.all(lives.map((life) => until(round, life)));
    await round.gone;
    checkFile();
    house = await House.start({ dataDirectory, sipPort, token });
    await verify(house);
    await ring(caller);
  }
  await house.program.stop();
  await Promise.all([caller, ...workers.map(({ phone }) => phone)].map((phone) => phone[Symbol.asyncDispose]()));
  expect(acknowledged).toBeGreaterThan(rounds * 50);
  expect(callsAnswered).toBeGreaterThan(rounds);
}, 600_000);
