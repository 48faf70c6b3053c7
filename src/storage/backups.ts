// Owns the copies of the database beside it: one a night, whole or not at all, the last two kept.
// Called by app, which knows when no call is in progress; database.ts offers the newest where the file is damaged or gone.
// Must stay true: a copy has its name only once it was checked and is on the disk; taking it never makes a call wait.
import { readdirSync } from 'node:fs';
import { rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { isoTime } from '#base/clock.ts';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';

export type DatabaseBackup = { readonly path: string; readonly at: number };

export type DatabaseBackupsOptions = {
  /** The database file. */
  readonly path: string;
  /** Which key opens what is sealed in it; part of the name, for restoring it. */
  readonly keyFingerprint: string;
  readonly timeZone: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the file of this name is the open one. */
  readonly isOurs: () => boolean;
  /** No call is in progress. */
  readonly isQuiet: () => boolean;
};

/** Runs two statements. */
const resourceLimits = { maxYoungGenerationSizeMb: 3, maxOldGenerationSizeMb: 64 };
const maxBackups = 2;
const hourMs = 3_600_000;
const firstLookMs = 10_000;
const checkIntervalMs = 10 * 60_000;
/** Left to recordings and the log. */
export const leaveFreeBytes = 200_000_000;
const unfinishedSuffix = '.unfinished';

/** The newest first. */
export function listBackups(path: string): readonly DatabaseBackup[] {
  const prefix = `${basename(path)}.copy-`;
  return namesIn(dirname(path))
    .filter((name) => name.startsWith(prefix) && !name.endsWith(unfinishedSuffix))
    .flatMap((name) => {
      const [, date, hours, minutes, seconds] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z/.exec(name.slice(prefix.length)) ?? [];
      const at = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
      return Number.isNaN(at) ? [] : [{ path: join(dirname(path), name), at }];
    })
    .toSorted((a, b) => b.at - a.at);
}

/** How to put the newest copy back, as the end of a sentence about a database that cannot be used; undefined where there is none. */
export function restoreAdvice(path: string): string | undefined {
  const [newest] = listBackups(path);
  if (newest === undefined) return undefined;
  const [database, copy] = [basename(path), basename(newest.path)].map(quoted);
  const moved = `{ mv ${database} ${database}.damaged || true; }`;
  const command = `cd ${quoted(dirname(path))} && ${moved} && rm -f ${database}-wal ${database}-shm && cp ${copy} ${database}`;
  return `A whole copy of ${isoTime(newest.at)} lies beside it. Stop GoSIP, run: ${command} and start GoSIP again.`;
}

/** For the shell. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Whether a copy is due: at night while no call is in progress, and after a day and a half in any case. */
export function isBackupDue({
  age,
  localHour,
  isQuiet,
}: {
  readonly age: number;
  readonly localHour: number;
  readonly isQuiet: boolean;
}): boolean {
  // A copy from the future was made before the clock was set back.
  if (age > 36 * hourMs || age < 0) return true;
  if (age > 25 * hourMs) return isQuiet;
  return age > 20 * hourMs && localHour >= 2 && localHour < 5 && isQuiet;
}

export class DatabaseBackups {
  readonly #options: DatabaseBackupsOptions;
  #timers: Timer[] = [];
  #thread: Worker | undefined;
  #isRunning = false;

  constructor(options: DatabaseBackupsOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock } = this.#options;
    this.#timers = [clock.after(firstLookMs, () => void this.check()), clock.every(checkIntervalMs, () => void this.check())];
  }

  /** Deletes unfinished copies. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await this.#thread?.terminate();
  }

  /** Takes a copy if one is due; one at a time. Never rejects. */
  async check(): Promise<void> {
    const { path, clock, timeZone, isQuiet, isOurs, log } = this.#options;
    if (this.#isRunning || !isOurs()) return;
    const [newest] = listBackups(path);
    const age = newest === undefined ? Infinity : clock.now() - newest.at;
    const localHour = Number(
      new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(clock.now()),
    );
    if (!isBackupDue({ age, localHour, isQuiet: isQuiet() })) return;
    this.#isRunning = true;
    try {
      await this.#backUp();
    } catch (error) {
      log.warn({ err: error }, 'The database could not be copied');
    } finally {
      this.#isRunning = false;
    }
  }

  async #backUp(): Promise<void> {
    const { path, clock, keyFingerprint, log } = this.#options;
    const { bavail, bsize } = await statfs(dirname(path));
    const { size } = await stat(path);
    if (bavail * bsize < size + leaveFreeBytes) {
      log.warn({ size, free: bavail * bsize }, 'The database is not copied: the disk is nearly full');
      return;
    }
    const time = isoTime(clock.now()).replaceAll(':', '-').replace(/\.\d+/, '');
    const target = `${path}.copy-${time}.key-${keyFingerprint}`;
    const begin = clock.monotonic();
    const problem = await copyDatabase(path, target + unfinishedSuffix, (thread) => (this.#thread = thread));
    if (problem !== undefined) {
      await rm(target + unfinishedSuffix, { force: true });
      log.error({ problem }, 'A copy of the database was taken, and is not whole: the database may be damaged');
      return;
    }
    await rename(target + unfinishedSuffix, target);
    for (const old of listBackups(path).slice(maxBackups)) await rm(old.path, { force: true });
    log.info(
      { copy: target, seconds: Math.round((clock.monotonic() - begin) / 1000) },
      'The database was copied, and the copy is whole',
    );
  }
}

/** Copies the database as it is at one moment to `target`, on a thread, while it is written. Returns what is wrong with the copy. */
export function copyDatabase(
  path: string,
  target: string,
  onThread: (thread: Worker) => void = () => {},
): Promise<string | undefined> {
  const thread = new Worker(join(import.meta.dirname, 'backup-thread.mjs'), { workerData: { path, target }, resourceLimits });
  onThread(thread);
  // A copy under way must not keep the process alive.
  thread.unref();
  return new Promise((resolve) => {
    thread.once('message', ({ problem }: { readonly problem?: string }) => resolve(problem));
    thread.once('error', (error) => resolve(String(error)));
    thread.once('exit', () => resolve('The thread has ended'));
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
