// Owns the way of a backup back into the house: uploaded, unlocked, checked, then put in place by the next start.
// Called by backup-routes.ts; data-swap.ts does the exchange at the start.
// Must stay true: the state is what lies in the restore folder, so that it outlives a kill; the data in use is not touched while the house runs.
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { backupManifest } from '#contract/backup.ts';
import type { BackupManifest, RestoreState } from '#contract/backup.ts';
import type { StreamUpload } from '#contract/file.ts';
import { leaveFreeBytes } from '#storage/backups.ts';
import { emptyRestoreFolder, requestedSwap, requestSwap, restorePath, swappableNames, syncPath } from '#storage/data-swap.ts';
import { makeFolder } from '#storage/folder.ts';
import type { Migration } from '#storage/migrate.ts';
import { isSealed, sealedMagicBytes, unsealStream } from '#storage/sealed-stream.ts';
import { manifestName } from './backup.ts';
import { unpackBackup } from './unpack-backup.ts';

export type RestoreDeps = {
  readonly dataDirectory: string;
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
  readonly log: Log;
  readonly callsInProgress: () => number;
  /** Ends the process and begins it anew; undefined where nobody can. */
  readonly restart: (() => void) | undefined;
};

export const stagedFolder = 'staged';
export const previousFolder = 'previous';
const undoneFolder = 'undone';
const unpackingFolder = 'unpacking';
const uploadName = 'upload';
/** So that the answer is out before the listener closes. */
const restartDelayMs = 1_000;

export class Restore {
  readonly #deps: RestoreDeps;
  #isBusy = false;

  constructor(deps: RestoreDeps) {
    this.#deps = deps;
  }

  /** Deletes what a kill left half done. */
  async start(): Promise<void> {
    for (const name of [`${uploadName}.unfinished`, unpackingFolder])
      await rm(this.#path(name), { recursive: true, force: true });
  }

  state(): RestoreState {
    const manifest = this.#stagedManifest();
    const backup = manifest === undefined ? null : contentOf(manifest);
    const undoableSince = this.#undoableSince();
    if (requestedSwap(this.#deps.dataDirectory) !== undefined) {
      return { state: 'requested', backup, undoableSince, message: this.#restartMessage() };
    }
    if (backup !== null) {
      const message = `The backup of ${backup.createdAt} is whole. POST /api/system/restore/apply puts it in place of the present data.`;
      return { state: 'ready', backup, undoableSince, message };
    }
    if (existsSync(this.#path(uploadName))) {
      const message = 'The backup is sealed: POST its passphrase to /api/system/restore/unlock.';
      return { state: 'locked', backup, undoableSince, message };
    }
    return { state: 'none', backup, undoableSince, message: 'No backup was uploaded.' };
  }

  /** Keeps the upload and checks it, unless it is sealed. Throws AppError with what is wrong with it; it is deleted then. */
  upload(body: StreamUpload): Promise<RestoreState> {
    return this.#alone(async () => {
      await rm(this.#path(uploadName), { force: true });
      await rm(this.#path(stagedFolder), { recursive: true, force: true });
      await this.#receive(body);
      if (!isSealed(await this.#headOfUpload())) await this.#check(undefined);
      return this.state();
    });
  }

  /** Throws `invalid` for a wrong passphrase, which may be tried again, and `not-found` where nothing waits for one. */
  unlock(passphrase: string): Promise<RestoreState> {
    return this.#alone(async () => {
      if (!existsSync(this.#path(uploadName))) throw new AppError('conflict', 'No sealed backup was uploaded');
      await this.#check(passphrase);
      return this.state();
    });
  }

  /** Throws `conflict` where there is nothing to put in place, and while calls are in progress. */
  apply(): Promise<RestoreState> {
    return this.#alone(async () => {
      if (this.#stagedManifest() === undefined)
        throw new AppError('conflict', 'There is no checked backup to restore: upload one first');
      return await Promise.resolve(this.#request(stagedFolder, previousFolder));
    });
  }

  /** Throws `conflict` where nothing was restored, and while calls are in progress. */
  undo(): Promise<RestoreState> {
    return this.#alone(async () => {
      if (this.#undoableSince() === null) throw new AppError('conflict', 'There is no restore to undo');
      return await Promise.resolve(this.#request(previousFolder, undoneFolder));
    });
  }

  /** Throws `conflict` once the next start was asked to restore. */
  discard(): Promise<void> {
    return this.#alone(async () => {
      const unusable = [stagedFolder, previousFolder].map((name) => `${name}.unusable`);
      for (const name of [uploadName, stagedFolder, previousFolder, undoneFolder, ...unusable])
        await rm(this.#path(name), { recursive: true, force: true });
    });
  }

  #request(take: string, put: string): RestoreState {
    const { dataDirectory, clock, log, callsInProgress, restart } = this.#deps;
    const calls = callsInProgress();
    if (calls > 0)
      throw new AppError(
        'conflict',
        `${calls === 1 ? 'A call is' : `${calls} calls are`} in progress: restarting would cut them off`,
      );
    const names = swappableNames(dataDirectory, take);
    refuseOtherDisks(dataDirectory, names);
    requestSwap(dataDirectory, { take, put, names, at: clock.now() });
    log.warn({ take }, 'The data of the house will be exchanged by a restart');
    if (restart !== undefined) clock.after(restartDelayMs, restart);
    return this.state();
  }

  async #alone<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#isBusy) throw new AppError('conflict', 'A restore is under way already: wait until it is done');
    if (requestedSwap(this.#deps.dataDirectory) !== undefined) throw new AppError('conflict', this.#restartMessage());
    this.#isBusy = true;
    try {
      return await run();
    } finally {
      this.#isBusy = false;
    }
  }

  async #receive({ expectedBytes = 0, read }: StreamUpload): Promise<void> {
    makeFolder(this.#path());
    // Once as it comes, once laid out.
    const free = (await this.#freeBytes()) / 2;
    if (expectedBytes > free) throw noRoom();
    const unfinished = this.#path(`${uploadName}.unfinished`);
    const file = await open(unfinished, 'w', 0o600);
    let bytes = 0;
    try {
      for await (const chunk of read()) {
        bytes += chunk.length;
        if (bytes > free) throw noRoom();
        await file.writeFile(chunk);
      }
      await file.sync();
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    if (bytes === 0) {
      await rm(unfinished, { force: true });
      throw new AppError('invalid', 'The body is empty: send the file of the backup');
    }
    renameSync(unfinished, this.#path(uploadName));
  }

  async #headOfUpload(): Promise<Buffer> {
    const file = await open(this.#path(uploadName), 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(sealedMagicBytes));
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** An upload that was checked is laid out, and needed no more; one that cannot be restored is deleted. */
  async #check(passphrase: string | undefined): Promise<void> {
    const { dataDirectory, migrations, log } = this.#deps;
    const folder = emptyRestoreFolder(dataDirectory, unpackingFolder);
    const bytes = createReadStream(this.#path(uploadName));
    try {
      const chunks = passphrase === undefined ? bytes : unsealStream(bytes, passphrase);
      const manifest = await unpackBackup({ chunks, folder, freeBytes: await this.#freeBytes(), migrations });
      writeFileSync(this.#path(unpackingFolder, manifestName), JSON.stringify(manifest), { mode: 0o600, flag: 'wx' });
      syncPath(this.#path(unpackingFolder, manifestName));
      syncPath(folder);
      renameSync(folder, this.#path(stagedFolder));
      await rm(this.#path(uploadName), { force: true });
      log.info({ createdAt: manifest.createdAt, files: manifest.members.length }, 'Uploaded backup verified');
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      if (passphrase === undefined) await rm(this.#path(uploadName), { force: true });
      throw error;
    } finally {
      bytes.destroy();
    }
  }

  async #freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#deps.dataDirectory);
    return Math.max(0, bavail * bsize - leaveFreeBytes);
  }

  #stagedManifest(): BackupManifest | undefined {
    try {
      return backupManifest.parse(JSON.parse(readFileSync(this.#path(stagedFolder, manifestName), 'utf8')));
    } catch {
      return undefined;
    }
  }

  #undoableSince(): string | null {
    const { dataDirectory } = this.#deps;
    if (!swappableNames(dataDirectory, previousFolder).includes('gosip.db')) return null;
    return isoTime(statSync(this.#path(previousFolder)).mtimeMs);
  }

  #restartMessage(): string {
    return this.#deps.restart === undefined
      ? 'The data is exchanged at the next start: restart GoSIP now. Sign in afterwards with what was valid in that data.'
      : 'GoSIP restarts now and exchanges the data. Sign in afterwards with what was valid in that data.';
  }

  #path(...inside: readonly string[]): string {
    return restorePath(this.#deps.dataDirectory, ...inside);
  }
}

function contentOf({ version, schema, createdAt, members }: BackupManifest): NonNullable<RestoreState['backup']> {
  const bytes = members.reduce((sum, member) => sum + member.bytes, 0);
  return { version, schema, createdAt, files: members.length, bytes };
}

/** Files are exchanged by their names: that works on one disk alone. */
function refuseOtherDisks(dataDirectory: string, names: readonly string[]): void {
  const disk = statSync(dataDirectory).dev;
  const other = names.find((name) => (statSync(`${dataDirectory}/${name}`, { throwIfNoEntry: false })?.dev ?? disk) !== disk);
  if (other !== undefined)
    throw new AppError('conflict', `${other} of the data folder lies on another disk: it cannot be exchanged`);
}

function noRoom(): AppError {
  return new AppError('unavailable', 'There is no room on the disk for the backup, and for what it holds beside it');
}
