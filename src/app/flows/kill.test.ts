import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// The real process is killed at random moments while phones register by UDP, devices are made by the API and calls come in. After each
// kill it starts again, and everything it had acknowledged must be there, before any phone registers again.
const rounds = 13;
const phonesAtWork = 8;

type Worker = {
  readonly login: DeviceLogin;
  readonly phone: SimulatedPhone;
  /** What the house acknowledged last; undefined while something was under way when the kill came. */
  isRegistered: boolean | undefined;
};

type Made = { name: string; isDeleted: boolean; isUnsure: boolean };

type DeviceReply = { readonly id: string; readonly name: string; readonly isRegistered: boolean };
type Page<Item> = { readonly items: readonly Item[]; readonly total: number };

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
  readonly #killAfter: number;
  acknowledged = 0;
  isKilled = false;

  constructor(house: House, killAfter: number) {
    this.house = house;
    this.#killAfter = killAfter;
    this.gone = house.program.ended;
  }

  /** Counts one acknowledgement; the last one kills. False where the process was killed already: then it reached no client. */
  heard(): boolean {
    if (this.isKilled) return false;
    this.acknowledged += 1;
    if (this.acknowledged > this.#killAfter) {
      this.isKilled = true;
      process.kill(this.house.program.pid, 'SIGKILL');
    }
    return true;
  }
}

/** A house with phones at work, and all that it acknowledged. */
class KilledHouse implements Disposable {
  readonly random: ReturnType<typeof seededRandom>;
  readonly folder = mkdtempSync(join(tmpdir(), 'gosip-app-kill-'));
  readonly dataDirectory = join(this.folder, 'data');
  readonly workers: Worker[] = [];
  readonly made = new Map<string, Made>();
  callsAnswered = 0;
  acknowledged = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  async run(): Promise<void> {
    let house = await House.start({ dataDirectory: this.dataDirectory });
    const { sipPort, token } = house;
    const [, caller] = await phoneFor(house, '11');
    for (let index = 0; index < phonesAtWork; index += 1) {
      const [login, phone] = await phoneFor(house, String(20 + index));
      this.workers.push({ login, phone, isRegistered: false });
    }
    for (let number = 1; number <= rounds; number += 1) {
      const round = new Round(house, this.random(number % 5 === 0 ? 5 : 300));
      const lives = [
        ...this.workers.map((worker) => () => this.registerOnce(round, worker)),
        () => this.changeDevices(round),
        () => this.changeDevices(round),
        () => this.callNobody(round, caller),
      ];
      await Promise.all(lives.map((life) => until(round, life)));
      await round.gone;
      this.acknowledged += round.acknowledged;
      this.checkFile();
      house = await House.start({ dataDirectory: this.dataDirectory, sipPort, token });
      await this.verify(house);
      await this.ring(caller);
    }
    await house.program.stop();
    await Promise.all([caller, ...this.workers.map(({ phone }) => phone)].map((phone) => phone[Symbol.asyncDispose]()));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async registerOnce(round: Round, worker: Worker): Promise<void> {
    const isLeaving = this.random(4) === 0;
    const before = worker.isRegistered;
    worker.isRegistered = undefined;
    const status = await worker.phone.register(isLeaving ? 0 : 3600);
    if (round.isKilled) return;
    expect({ status, isLeaving, before }).toMatchObject({ status: 200 });
    worker.isRegistered = !isLeaving;
    round.heard();
  }

  async changeDevices(round: Round): Promise<void> {
    const { house } = round;
    const made1 = await house.api<DeviceReply>('POST', '/devices', { name: 'new' });
    const device: Made = { name: 'new', isDeleted: false, isUnsure: false };
    this.made.set(made1.id, device);
    if (!round.heard()) return;
    device.isUnsure = true;
    const name = `named ${this.random(1_000_000)}`;
    await house.api('PATCH', `/devices/${made1.id}`, { name });
    Object.assign(device, { name, isUnsure: false });
    if (!round.heard() || this.random(3) > 0) return;
    device.isUnsure = true;
    await house.api('DELETE', `/devices/${made1.id}`);
    Object.assign(device, { isDeleted: true, isUnsure: false });
    round.heard();
  }

  /** A call to an unknown service code, refused without words: its record is kept when the caller gets the answer. */
  async callNobody(round: Round, caller: SimulatedPhone): Promise<void> {
    const call = caller.call('*99');
    await call.reached('ended', 60);
    if (round.isKilled) return;
    expect(call.status).toBe(404);
    this.callsAnswered += 1;
    round.heard();
  }

  async verify(house: House): Promise<void> {
    const devices = new Map<string, DeviceReply>();
    for (let page = 1; ; page += 1) {
      const { items, total } = await house.api<Page<DeviceReply>>('GET', `/devices?per_page=100&page=${page}`);
      for (const device of items) devices.set(device.id, device);
      if (page * 100 >= total) break;
    }
    const lost: string[] = [];
    for (const { login, isRegistered } of this.workers) {
      const found = devices.get(login.id)?.isRegistered;
      if (isRegistered !== undefined && found !== isRegistered)
        lost.push(`phone ${login.extension}: ${String(found)}, told ${isRegistered}`);
    }
    for (const [id, device] of this.made) {
      const found = devices.get(id);
      if (device.isUnsure) continue;
      if (device.isDeleted !== (found === undefined)) lost.push(`device ${id}: ${device.isDeleted ? 'back' : 'gone'}`);
      else if (found !== undefined && found.name !== device.name) lost.push(`device ${id}: ${found.name}, told ${device.name}`);
    }
    const { total } = await house.api<Page<unknown>>('GET', '/cdrs?per_page=1');
    if (total < this.callsAnswered) lost.push(`calls: ${total} of ${this.callsAnswered}`);
    expect(lost).toEqual([]);
    // What was under way is decided now.
    for (const worker of this.workers) worker.isRegistered = devices.get(worker.login.id)?.isRegistered === true;
    for (const [id, device] of this.made) {
      const found = devices.get(id);
      Object.assign(device, { isUnsure: false, isDeleted: found === undefined, name: found?.name ?? device.name });
    }
  }

  /** A phone that registered with a former process rings in this one. */
  async ring(caller: SimulatedPhone): Promise<void> {
    const ready = this.workers.filter(({ isRegistered }) => isRegistered === true);
    const called = ready[this.random(Math.max(1, ready.length))];
    if (called === undefined) return;
    const call = caller.call(called.login.extension);
    await Promise.all([called.phone.incomingCall(), call.reached('answered')]);
    await caller.hangup(call);
    this.callsAnswered += 1;
  }

  /** Looks into a copy, so that the next process recovers the log by itself. */
  checkFile(): void {
    const copy = join(this.folder, 'copy.db');
    rmSync(`${copy}-wal`, { force: true });
    for (const suffix of ['', '-wal']) {
      const from = join(this.dataDirectory, `gosip.db${suffix}`);
      if (existsSync(from)) copyFileSync(from, copy + suffix);
    }
    const db = new SqliteDatabase(copy);
    const verdict = { integrity: db.pragma('integrity_check', { simple: true }), foreignKeys: db.pragma('foreign_key_check') };
    db.close();
    expect(verdict).toEqual({ integrity: 'ok', foreignKeys: [] });
  }
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

// Two at once: each waits for the starts of its own process.
test.concurrent.each([20_261_121, 20_261_122])(
  `everything acknowledged is there after each of ${rounds} kills of the real process, seed %i`,
  async (seed) => {
    using killed = new KilledHouse(seed);
    await killed.run();
    expect(killed.acknowledged).toBeGreaterThan(rounds * 50);
    expect(killed.callsAnswered).toBeGreaterThan(rounds);
  },
  300_000,
);
