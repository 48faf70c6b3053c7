// Opens the database and everything that writes to it.
// Called by app.ts.
// Must stay true: what was written is on the disk before the database closes.
import { join } from 'node:path';
import { AppError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Keys } from '#devices/key-file.ts';
import { Checkpointer } from '#storage/checkpointer.ts';
import { takeBackupCopy } from '#storage/backup-copy.ts';
import { DatabaseBackups } from '#storage/backups.ts';
import { openDatabase } from '#storage/database.ts';
import { FileWatch } from '#storage/file-watch.ts';
import { lockFolder } from '#storage/folder-lock.ts';
import { missingDatabaseNotice } from '#storage/missing-database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { WriteProbe } from '#storage/write-probe.ts';
import { storageHealth } from '#storage/storage-health.ts';
import { storageAlerts } from '#system/storage-alerts.ts';
import type { Storage, AppContext } from './context.ts';
import { openExchangedData } from './exchanged-data.ts';
import { faceOf } from './face.ts';

/** Throws `conflict` where another GoSIP has the folder. What cannot be opened is served from memory, and `warnings` says so. */
export function composeStorage({ options, clock, log: root, events, stack, warnings }: AppContext): Storage {
  const log = root.child({ room: 'storage' });
  const path = join(options.dataDirectory, 'gosip.db');
  lockDataDirectory({ options, log, stack });
  const { dataDirectory } = options;
  const broughtBack = bringBack(path, clock.now(), log);
  const {
    opened,
    notices: exchanged,
    isRestored,
  } = openExchangedData({
    dataDirectory,
    log,
    open: () => openDatabase({ path, log, clock }),
  });
  stack.defer(() => void opened.db.close());
  const notices = [...opened.notices, ...missingDatabaseNotice({ ...opened, dataDirectory })];
  warnings.push(...broughtBack.notices, ...exchanged, ...notices, ...(opened.problem === undefined ? [] : [opened.problem]));
  const onProblem = (reason: string | undefined) => {
    if (reason === undefined) events.emit('storage.recovered', {});
    else events.emit('storage.failed', { reason });
  };
  const writes = new WriteBatch({ db: opened.db, log, onProblem });
  stack.defer(() => writes.flush());
  const file = new FileWatch({ db: opened.db, clock, log, onLost: onProblem });
  file.start();
  stack.defer(() => file.stop());
  const checkpointer = new Checkpointer({ db: opened.db, writes, clock, log, isOurs: () => file.isOurs() });
  checkpointer.start();
  stack.defer(() => checkpointer.stop());
  const failing = () => opened.problem ?? writes.problem;
  const probe = new WriteProbe({ db: opened.db, writes, clock });
  const face = faceOf({
    alerts: storageAlerts({ problem: () => file.problem ?? failing() }),
    probes: {
      storage: async () => storageHealth({ lost: file.problem, failing: opened.problem ?? (await probe.problem()), notices }),
    },
  });
  return { ...opened, writes, isOriginalFile: () => file.isOurs(), isRestored: isRestored || broughtBack.isRestored, face };
}

/** A database that cannot be put in its place is left where it is: the house starts with the one there. */
function bringBack(path: string, now: number, log: Log): { readonly notices: readonly string[]; readonly isRestored: boolean } {
  try {
    const notice = takeBackupCopy(path, now);
    if (notice !== undefined) log.warn({ path }, notice);
    return { notices: notice === undefined ? [] : [notice], isRestored: notice !== undefined };
  } catch (error) {
    log.error({ err: error }, 'The copy of the database in this backup cannot be taken');
    return { notices: [], isRestored: false };
  }
}

/** Two on one folder would close each other's calls as interrupted and know different phones. */
function lockDataDirectory({ options, log, stack }: Pick<AppContext, 'options' | 'log' | 'stack'>): void {
  const lock = lockFolder(options.dataDirectory, log);
  if (lock.kind === 'taken') {
    const instead = 'stop that one first, or give this one a folder of its own (option data_directory)';
    throw new AppError('conflict', `another GoSIP runs on the data folder ${options.dataDirectory}: ${instead}`);
  }
  if (lock.kind === 'held') stack.defer(lock.release);
}

type BackupDeps = AppContext & { readonly storage: Storage; readonly keys: Keys; readonly isQuiet: () => boolean };

/** A copy each night, once there is a key to name it by and it is known when no call goes on. */
export function composeBackups({ options, storage, keys, clock, log, stack, isQuiet }: BackupDeps): void {
  if (storage.mode === 'memory') return;
  const copies = new DatabaseBackups({
    path: storage.db.name,
    keyFingerprint: keys.fingerprint,
    timeZone: options.house.timeZone,
    clock,
    log: log.child({ room: 'storage' }),
    isQuiet,
    isOurs: () => storage.isOriginalFile(),
  });
  copies.start();
  stack.defer(() => copies.stop());
}
