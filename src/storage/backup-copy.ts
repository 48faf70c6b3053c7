// Owns the whole copy of the database that lies beside it while somebody else copies the folder: the live file and its log, copied one after
// the other while they are written, do not fit each other.
// Called by app/backup-pre.ts and app/backup-post.ts, and by app/storage.ts at the start, before anything is open.
// Must stay true: in a folder that was brought back the copy takes the place of the live file, which is put aside; in the folder where it was
// made it never does. The copy bears the live file's inode and birth, which no copy of a folder keeps.
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '#base/errors.ts';
import { isoTime } from '#base/clock.ts';
import { copyDatabase, leaveFreeBytes } from './backups.ts';
import { syncPath } from './data-swap.ts';

const unfinishedSuffix = '.unfinished';
/** Longer than any backup takes. */
const maxAgeMs = 24 * 3_600_000;

/** Copies the database as it is at one moment, while it is written. Returns the copy's path; throws an AppError with one plain sentence. */
export async function makeBackupCopy(path: string): Promise<string> {
  const live = await stat(path).catch(() => undefined);
  if (live === undefined) throw new AppError('not-found', `There is no database at ${path}`);
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < live.size + leaveFreeBytes) {
    throw new AppError('unavailable', `The disk of ${dirname(path)} is nearly full: ${megabytes(bavail * bsize)} are free`);
  }
  removeBackupCopies(path);
  const target = `${prefixOf(path)}${identityOf(live)}`;
  const problem = await copyDatabase(path, target + unfinishedSuffix);
  if (problem !== undefined) {
    await rm(target + unfinishedSuffix, { force: true });
    throw new AppError('unavailable', `The database ${path} cannot be copied whole: ${problem}`);
  }
  await rename(target + unfinishedSuffix, target);
  syncPath(dirname(path));
  return target;
}

export function removeBackupCopies(path: string): void {
  for (const copy of copiesOf(path)) rmSync(join(dirname(path), copy), { force: true });
}

/** In a folder that was brought back. Returns what the user must know; undefined where nothing was done. Throws what the disk says. */
export function takeBackupCopy(path: string, now: number): string | undefined {
  const [name] = copiesOf(path).filter((one) => !one.endsWith(unfinishedSuffix));
  if (name === undefined) return undefined;
  const live = statSync(path, { throwIfNoEntry: false });
  const copy = join(dirname(path), name);
  const at = statSync(copy).mtimeMs;
  if (live !== undefined && name.endsWith(`-${identityOf(live)}`)) {
    // Left by a backup that was cut off: one day it would be brought back with a folder of another day.
    if (now - at > maxAgeMs) rmSync(copy, { force: true });
    return undefined;
  }
  const aside = `${path}.replaced-${isoTime(Math.round(at)).replaceAll(':', '-').replace(/\.\d+/, '')}`;
  for (const end of ['', '-wal', '-shm']) {
    if (statSync(path + end, { throwIfNoEntry: false }) !== undefined) renameSync(path + end, aside + end);
  }
  renameSync(copy, path);
  syncPath(dirname(path));
  const kept = live === undefined ? '' : ` What lay beside it was copied while it was written, and is put aside as ${aside}.`;
  return `This folder was brought back from a backup: the database is the one of ${isoTime(Math.round(at))}.${kept}`;
}

const prefixOf = (path: string) => `${path}.for-backup-`;

function copiesOf(path: string): readonly string[] {
  const prefix = basename(prefixOf(path));
  try {
    return readdirSync(dirname(path)).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

function identityOf({ ino, birthtimeMs }: { readonly ino: number; readonly birthtimeMs: number }): string {
  return `${ino}-${Math.round(birthtimeMs)}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
