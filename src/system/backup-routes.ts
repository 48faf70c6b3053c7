import {
  applyRestore,
  createBackup,
  discardRestore,
  getRestore,
  undoRestore,
  unlockBackup,
  uploadBackup,
} from '#contract/backup.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import type { Backup } from './backup.ts';
import type { Restore } from './restore.ts';

export function backupRoutes({ backup, restore }: { readonly backup: Backup; readonly restore: Restore }): Route[] {
  return [
    handle(createBackup, ({ body }) => backup.create(body.passphrase)),
    handle(getRestore, () => restore.state()),
    handle(uploadBackup, ({ body }) => restore.upload(body)),
    handle(unlockBackup, ({ body }) => restore.unlock(body.passphrase)),
    handle(applyRestore, () => restore.apply()),
    handle(undoRestore, () => restore.undo()),
    handle(discardRestore, () => restore.discard()),
  ];
}
