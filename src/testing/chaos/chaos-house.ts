import { execFileSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { House } from '#testing/harness/house.ts';
import type { HouseOptions } from '#testing/harness/house.ts';
import { FaketimeClock } from '#testing/harness/faketime-clock.ts';

/** Within so long the house has seen that its clock was set, and moved what is due. */
const clockDelayMs = 4000;
const diskMegabytes = 64;

export type HousePlan = { readonly address: string; readonly sipPort: number; readonly trunks: readonly object[] };

/** The real process on a small disk of its own and under a clock that can be moved, to be killed and started again. */
export class ChaosHouse implements AsyncDisposable {
  readonly address: string;
  readonly sipPort: number;
  /** `performance.now()` of the moment since which it can be called, or undefined while it is down. */
  upSince: number | undefined;
  house: House;
  isDiskFull = false;
  readonly #events = new EventEmitter<{ up: [] }>();
  readonly #folder: string;
  readonly #clock: FaketimeClock;
  readonly #options: HouseOptions;
  #clockTrueSince = 0;
  #isClockMoved = false;
  #isClockHeld = false;

  private constructor(house: House, { folder, clock, options }: { folder: string; clock: FaketimeClock; options: HouseOptions }) {
    this.house = house;
    this.address = house.address;
    this.sipPort = house.sipPort;
    this.#folder = folder;
    this.#clock = clock;
    this.#options = options;
  }

  static async start({ address, sipPort, trunks }: HousePlan): Promise<ChaosHouse> {
    const folder = await mkdtemp(join(tmpdir(), 'gosip-chaos-'));
    const disk = join(folder, 'disk');
    await mkdir(disk);
    if (process.getuid?.() !== 0) throw new Error('A disk of its own, to be filled, can be made by root only: run it as root');
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'tmpfs', disk]);
    const clock = new FaketimeClock(join(folder, 'clock'));
    const options = {
      address,
      dataDirectory: join(disk, 'data'),
      sipPort,
      nodeFlags: ['--import', join(import.meta.dirname, 'kill-engine.mjs')],
      environment: clock.environment,
      trunks,
    };
    const started = new ChaosHouse(await House.start(options), { folder, clock, options });
    // Each of the people waits for it.
    started.#events.setMaxListeners(0);
    process.once('exit', () => started.#clear());
    started.upSince = performance.now();
    return started;
  }

  get #disk(): string {
    return join(this.#folder, 'disk');
  }

  get pid(): number {
    return this.house.program.pid;
  }

  /** Its clock has been right for so long that it knows. */
  get isClockTrue(): boolean {
    return !this.#isClockMoved && performance.now() - this.#clockTrueSince > clockDelayMs;
  }

  /** Resolves at once while it is up. */
  async up(): Promise<void> {
    if (this.upSince === undefined) await once(this.#events, 'up');
  }

  /** Ends it as a power cut does, and starts it again; `verify` looks at it before anybody may use it. */
  async powerCut(verify: () => Promise<void>): Promise<void> {
    this.#isClockHeld = true;
    if (!this.isClockTrue) {
      // What is due on the disk follows the clock, and would be hours off where the clock is right again only after the cut.
      this.setClock(0);
      await sleep(clockDelayMs);
    }
    this.upSince = undefined;
    await this.house.program.stop('SIGKILL');
    this.house = await House.start({ ...this.#options, token: this.house.token });
    await verify();
    this.#isClockHeld = false;
    this.upSince = performance.now();
    this.#events.emit('up');
  }

  killEngine(): void {
    if (this.upSince !== undefined) signal(this.pid, 'SIGUSR2');
  }

  /** Kills rtpengine; false where none runs. */
  killRelay(): boolean {
    const children = childrenOf(this.pid).filter(({ name }) => name.startsWith('rtpengine'));
    for (const { pid } of children) signal(pid, 'SIGKILL');
    return children.length > 0;
  }

  async stall(milliseconds: number): Promise<void> {
    const { pid } = this;
    if (this.upSince === undefined) return;
    signal(pid, 'SIGSTOP');
    await sleep(milliseconds);
    if (this.pid === pid) signal(pid, 'SIGCONT');
  }

  /** Moves the wall clock by so many hours from the true time. */
  setClock(hours: number): void {
    if (this.#isClockHeld && hours !== 0) return;
    if (hours === 0 && this.#isClockMoved) this.#clockTrueSince = performance.now();
    this.#isClockMoved = hours !== 0;
    this.#clock.set(`${hours < 0 ? '-' : '+'}${Math.abs(hours)}h`);
  }

  /** Leaves no byte free on its disk. */
  async fillDisk(): Promise<void> {
    this.isDiskFull = true;
    const filler = join(this.#disk, 'filler');
    const chunk = Buffer.alloc(1 << 16);
    while (statfsSync(this.#disk).bavail > 0) {
      try {
        await appendFile(filler, chunk);
      } catch {
        return;
      }
    }
  }

  emptyDisk(): void {
    rmSync(join(this.#disk, 'filler'), { force: true });
    this.isDiskFull = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.house.program.stop('SIGKILL');
    this.#clear();
  }

  /** Also what is left to do where the test itself is ended. */
  #clear(): void {
    if (!existsSync(this.#folder)) return;
    signal(this.pid, 'SIGKILL');
    execFileSync('umount', ['--lazy', this.#disk]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The power is off.
  }
}

function childrenOf(pid: number): { pid: number; name: string }[] {
  try {
    const pids = execFileSync('sh', ['-c', 'cat /proc/$0/task/*/children', String(pid)], { encoding: 'utf8' });
    return pids
      .split(' ')
      .filter(Boolean)
      .map((child) => ({ pid: Number(child), name: readFileSync(`/proc/${child}/comm`, 'utf8') }));
  } catch {
    // It or its child has just ended.
    return [];
  }
}
