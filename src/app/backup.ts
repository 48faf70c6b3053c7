// Composes backup and restore of the whole house.
// Called by app.ts; storage.ts exchanges the data at the start.
// Must stay true: a restart is asked for only where the process knows how.
import { randomBytes } from 'node:crypto';
import { readMigrations } from '#storage/migrate.ts';
import { Backup } from '#system/backup.ts';
import { backupAlerts } from '#system/backup-alerts.ts';
import { failedBackup, noteBackup } from '#system/backup-outcome.ts';
import { backupRoutes } from '#system/backup-routes.ts';
import { Restore } from '#system/restore.ts';
import packageFile from '../../package.json' with { type: 'json' };
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';

type BackupDeps = AppContext & { readonly storage: Storage; readonly callsInProgress: () => number };

export async function composeBackupRoom(deps: BackupDeps): Promise<{ readonly face: RoomFace }> {
  const { options, overrides, clock, storage, callsInProgress } = deps;
  const { dataDirectory } = options;
  const log = deps.log.child({ room: 'system' });
  const migrations = readMigrations();
  const schema = migrations.at(-1)?.number ?? 0;
  const problem = () => storage.problem ?? (storage.isOriginalFile() ? undefined : 'The database was exchanged while GoSIP runs');
  const onOutcome = (why: string | undefined) => noteBackup(dataDirectory, why);
  const backup = new Backup({ dataDirectory, problem, version: packageFile.version, schema, clock, log, randomBytes, onOutcome });
  const restore = new Restore({ dataDirectory, migrations, clock, log, callsInProgress, restart: overrides.restart });
  await Promise.all([backup.start(), restore.start()]).catch((error: unknown) =>
    log.warn({ err: error }, 'Leftovers of a restore not deleted'),
  );
  return {
    face: faceOf({ routes: backupRoutes({ backup, restore }), alerts: backupAlerts(() => failedBackup(dataDirectory)) }),
  };
}
