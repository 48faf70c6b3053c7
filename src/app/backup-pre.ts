// Writes a whole copy of the database beside it, before a backup of the data folder: `backup_pre` of the app, a short process of its own.
// Must stay true: it runs as the user that GoSIP runs as, needs nothing of GoSIP, and a backup that cannot be whole is none.
import { join } from 'node:path';
import { AppError } from '#base/errors.ts';
import { readOptions } from '#options/options.ts';
import { makeBackupCopy } from '#storage/backup-copy.ts';
import { noteBackup } from '#system/backup-outcome.ts';

async function run(): Promise<string> {
  const read = readOptions();
  if (read.kind === 'problems') throw new AppError('invalid', read.problems.join('; '));
  const { dataDirectory } = read.options;
  try {
    const copy = await makeBackupCopy(join(dataDirectory, 'gosip.db'));
    noteBackup(dataDirectory, undefined);
    return copy;
  } catch (error) {
    noteBackup(dataDirectory, error instanceof AppError ? error.message : String(error));
    throw error;
  }
}

try {
  process.stdout.write(`The database is copied for the backup: ${await run()}\n`);
} catch (error) {
  const why = error instanceof AppError ? error.message : String(error);
  process.stderr.write(`GoSIP cannot be backed up now: ${why}\n`);
  process.exitCode = 1;
}
