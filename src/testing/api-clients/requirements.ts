import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where script/test puts the generators. */
export const apiClientsFolder = join(import.meta.dirname, '../../../tmp/api-clients');

/** Why clients of the API cannot be tested on this machine, or nothing. Elsewhere than in CI their tests are left out, loudly. */
export function missingApiClients(): string | undefined {
  if (existsSync(join(apiClientsFolder, '.installed-for'))) return undefined;
  const text = 'CLIENTS OF THE API ARE NOT TESTED HERE: there are no generators of them. Run script/test: it installs them.';
  // oxlint-disable-next-line node/no-process-env -- CI says so by this alone
  if (process.env['CI'] !== undefined) throw new Error(text);
  process.stderr.write(`\n${text}\n`);
  return text;
}
