// Owns what became of the last backup of the whole house, whoever made it: a file beside the data, since the app's is made by a process of its own.
// Called by backup.ts, app/backup-pre.ts and the alert.
// Must stay true: it is gone with the next backup that succeeds; a disk that takes no file is told of by others.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fileName = 'backup-failed';
const maxLength = 500;

/** `problem`: in the user's words; undefined: it succeeded. Never throws. */
export function noteBackup(dataDirectory: string, problem: string | undefined): void {
  const path = join(dataDirectory, fileName);
  try {
    if (problem === undefined) rmSync(path, { force: true });
    else writeFileSync(path, problem.slice(0, maxLength), { mode: 0o600 });
  } catch {
    // Of a folder that takes nothing the storage speaks.
  }
}

/** Why the last one failed; undefined where it did not. */
export function failedBackup(dataDirectory: string): string | undefined {
  try {
    return readFileSync(join(dataDirectory, fileName), 'utf8').slice(0, maxLength);
  } catch {
    return undefined;
  }
}
