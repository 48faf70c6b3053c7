import { z } from 'zod';
import { endpoint, noContent } from './endpoint.ts';
import { streamReply, streamUpload } from './file.ts';
import { isoDateTime } from './date-time.ts';

export const backupFormat = 1;
export const backupTypes = ['application/x-tar', 'application/octet-stream'] as const;

/** The last member of a backup: what it is, and what every other member has to be. */
export const backupManifest = z.object({
  format: z.literal(backupFormat),
  /** Of GoSIP, such as `0.1.0`. */
  version: z.string().max(64),
  /** The number of the database's last migration. */
  schema: z.number().int().min(1),
  createdAt: isoDateTime,
  members: z.array(
    z.object({
      name: z.string().max(100),
      bytes: z.number().int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

export type BackupManifest = z.output<typeof backupManifest>;

/** Some words of a sentence, rather than a word: whoever has the file can try as many as they like. */
const passphrase = z.string().min(12).max(1024);

export const createBackup = endpoint({
  id: 'createBackup',
  method: 'POST',
  path: '/system/backup',
  access: 'admin',
  summary:
    'The whole house in one file (a tar archive): database, key, voicemails, recordings, pictures. Without a passphrase it is readable for whoever gets it',
  body: z.strictObject({ passphrase: passphrase.optional() }),
  reply: streamReply,
  replyTypes: [...backupTypes],
});

/** What a backup holds. */
const backupContent = z
  .object({
    version: z.string(),
    schema: z.number().int(),
    createdAt: isoDateTime,
    files: z.number().int(),
    bytes: z.number().int(),
  })
  .meta({ id: 'BackupContent' });

const restoreStep = z.enum(['none', 'locked', 'ready', 'requested']).meta({ id: 'RestoreStep' });

export const restoreState = z
  .object({
    /** `locked`: the uploaded backup waits for its passphrase. `ready`: it was checked. `requested`: the next start puts it in place. */
    state: restoreStep,
    /** What was uploaded and checked. */
    backup: backupContent.nullable(),
    /** When the data was put aside that `undo` brings back. */
    undoableSince: isoDateTime.nullable(),
    /** What comes next, in plain words. */
    message: z.string(),
  })
  .meta({ id: 'Restore' });

export type RestoreState = z.output<typeof restoreState>;

export const getRestore = endpoint({
  id: 'getRestore',
  method: 'GET',
  path: '/system/restore',
  access: 'admin',
  summary: 'How far a restore has come, and whether one can be undone',
  reply: restoreState,
});

export const uploadBackup = endpoint({
  id: 'uploadBackup',
  method: 'POST',
  path: '/system/restore',
  access: 'admin',
  summary: 'Upload a backup and have it checked; nothing of the house changes yet',
  body: streamUpload,
  upload: { types: [...backupTypes], maxBytes: 64 * 1024 ** 3 },
  reply: restoreState,
});

export const unlockBackup = endpoint({
  id: 'unlockBackup',
  method: 'POST',
  path: '/system/restore/unlock',
  access: 'admin',
  summary: 'The passphrase of the uploaded backup, which is checked then',
  body: z.strictObject({ passphrase: z.string().min(1).max(1024) }),
  reply: restoreState,
});

export const applyRestore = endpoint({
  id: 'applyRestore',
  method: 'POST',
  path: '/system/restore/apply',
  access: 'admin',
  summary: 'Put the checked backup in the place of the present data, by a restart; refused while calls are in progress',
  status: 202,
  reply: restoreState,
});

export const undoRestore = endpoint({
  id: 'undoRestore',
  method: 'POST',
  path: '/system/restore/undo',
  access: 'admin',
  summary: 'Bring the data from before the last restore back, by a restart; refused while calls are in progress',
  status: 202,
  reply: restoreState,
});

export const discardRestore = endpoint({
  id: 'discardRestore',
  method: 'DELETE',
  path: '/system/restore',
  access: 'admin',
  summary: 'Delete what was uploaded, and the data from before the last restore',
  status: 204,
  reply: noContent,
});
