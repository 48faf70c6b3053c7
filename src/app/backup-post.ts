// Removes the copy that backup-pre.ts wrote, once the backup has it: `backup_post` of the app.
import { join } from 'node:path';
import { readOptions } from '#options/options.ts';
import { removeBackupCopies } from '#storage/backup-copy.ts';

const read = readOptions();
// Options that cannot be read are the next start's to report: the backup is made.
if (read.kind === 'options') removeBackupCopies(join(read.options.dataDirectory, 'gosip.db'));
