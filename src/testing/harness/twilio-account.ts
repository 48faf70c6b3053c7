import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { loadKeys } from '#devices/key-file.ts';
import { openDatabase } from '#storage/database.ts';
import { TwilioSettingsStore } from '#twilio/setup/settings-store.ts';

const log = createLog({ level: 'silent' });

/** Leaves in the folder of a house that does not run what its setup at Twilio would have left: settings, and secrets sealed with its key. */
export function plantTwilioAccount(
  folder: string,
  { settings, secrets, clock }: { readonly settings: object; readonly secrets: object; readonly clock: Clock },
): void {
  const { db } = openDatabase({ path: join(folder, 'gosip.db'), log, clock });
  const sealingKey = loadKeys(join(folder, 'gosip.key'), log).seal;
  new TwilioSettingsStore({ db, sealingKey, clock }).save(settings, secrets);
  db.close();
}
