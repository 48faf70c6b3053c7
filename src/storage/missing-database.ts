import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { restoreAdvice } from './backups.ts';
import type { OpenedDatabase } from './database.ts';

type MissingDatabaseDeps = Pick<OpenedDatabase, 'isNew' | 'db'> & { readonly dataDirectory: string };

/** A key without its database is no new house, but one that has lost what it knew. */
export function missingDatabaseNotice({ isNew, db, dataDirectory }: MissingDatabaseDeps): readonly string[] {
  if (!isNew || db.memory || !existsSync(join(dataDirectory, 'gosip.key'))) return [];
  const advice =
    restoreAdvice(db.name) ?? 'If that is not what you meant, stop GoSIP, put a backup of gosip.db there and start again.';
  return [`There was a gosip.key in ${dataDirectory} but no database: GoSIP began an empty one, without phones. ${advice}`];
}
