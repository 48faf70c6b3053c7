// Notices that the open database file was removed or replaced: SQLite goes on writing into the unnamed file.
// Called by app/storage.ts.
// Must stay true: what the open file holds is written beside it, at once, now and then, and at the end.
import { statSync } from 'node:fs';
import { chmod, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Clock, Timer } from '#base/clock.ts';
import { isoTime } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Database } from './database.ts';

export type FileWatchOptions = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once. */
  readonly onLost: (problem: string) => void;
};

type FileIdentity = { readonly dev: number; readonly ino: number };

const checkIntervalMs = 5_000;
const rewriteIntervalMs = 10 * 60_000;

export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #path: string;
  readonly #own: FileIdentity | undefined;
  #timer: Timer | undefined;
  #lost: { readonly how: 'removed' | 'replaced'; readonly rescued: string } | undefined;
  #rescuedAt = 0;
  #rescue: Promise<void> | undefined;
  #isRescued = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#path = options.db.name;
    this.#own = options.db.memory ? undefined : fileIdentityOf(this.#path);
  }

  /** What happened to the file and what to do, for the user. */
  get problem(): string | undefined {
    if (this.#lost === undefined) return undefined;
    const { how, rescued } = this.#lost;
    const [file, copy] = [basename(this.#path), basename(rescued)];
    const happened = `The database ${this.#path} was ${how} while GoSIP runs: what happens now is not kept in it.`;
    if (!this.#isRescued) return `${happened} Calls go on. What it held is being written to ${rescued}.`;
    const back = `stop GoSIP, run: mv ${copy} ${file} (in its folder, without ${file}-wal and ${file}-shm)`;
    const advice =
      how === 'removed' ? `${back} and start it again` : `start GoSIP again to use the new file; to go back, ${back}`;
    return `${happened} Calls go on. What it held was written to ${rescued}: ${advice}.`;
  }

  /** Whether the file of this name is still the open one. */
  isOurs(): boolean {
    const found = fileIdentityOf(this.#path);
    return found?.ino === this.#own?.ino && found?.dev === this.#own?.dev;
  }

  start(): void {
    if (this.#own !== undefined) this.#timer = this.#options.clock.every(checkIntervalMs, () => this.check());
  }

  /** Writes what the unnamed file holds a last time. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#rescue;
    this.check();
    if (this.#lost !== undefined) await this.#write(this.#lost.rescued);
  }

  check(): void {
    const { clock, log, onLost } = this.#options;
    if (this.#own === undefined || this.isOurs()) return;
    if (this.#lost === undefined) {
      const time = isoTime(clock.now()).replaceAll(':', '-').replace(/\.\d+/, '');
      this.#lost = {
        how: fileIdentityOf(this.#path) === undefined ? 'removed' : 'replaced',
        rescued: `${this.#path}.rescued-${time}`,
      };
      log.error({ path: this.#path, ...this.#lost }, 'The database file was taken away under the running house');
      onLost(this.problem ?? '');
    } else if (clock.monotonic() - this.#rescuedAt < rewriteIntervalMs) return;
    this.#rescuedAt = clock.monotonic();
    const { rescued } = this.#lost;
    this.#rescue ??= this.#write(rescued).finally(() => (this.#rescue = undefined));
  }

  /** On the connection itself: a file without a name cannot be opened again. */
  async #write(target: string): Promise<void> {
    const unfinished = `${target}.unfinished`;
    try {
      await rm(unfinished, { force: true });
      await this.#options.db.backup(unfinished);
      const copy = new SqliteDatabase(unfinished);
      // No log was ever begun for it: see foreign-wal.ts.
      copy.pragma('application_id = 0');
      copy.close();
      await chmod(unfinished, 0o600);
      await rename(unfinished, target);
      this.#isRescued = true;
    } catch (error) {
      this.#options.log.error({ err: error, target }, 'What the database held could not be written beside it');
    }
  }
}

function fileIdentityOf(path: string): FileIdentity | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
