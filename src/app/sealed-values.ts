// Composes the check that the house's key opens what it sealed: at the start, and whenever health is queried.
// Called by app.ts, once phones and the settings of Twilio are read.
// Must stay true: it changes nothing.
import type { Keys } from '#devices/key-file.ts';
import { SealedSecrets } from '#storage/sealed-secrets.ts';
import { sealedProblem } from '#system/sealed-values.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';

type SealedValuesDeps = Pick<AppContext, 'warnings' | 'log'> & {
  readonly keys: Keys;
  readonly storage: Pick<Storage, 'db'>;
  readonly path: string;
  /** Names of the phones whose passwords it does not open. */
  readonly lockedPhones: () => readonly string[];
  /** Whether it does not open the credentials of Twilio. */
  readonly isTwilioLocked: () => boolean;
};

export type SealedValuesRoom = {
  readonly face: RoomFace;
  /** For the rooms that have them. */
  readonly secrets: Readonly<
    Record<'spamLists' | 'addressBooks' | 'destinations' | 'oldDestinations' | 'trunks' | 'channels' | 'targets', SealedSecrets>
  >;
  /** Why the trunk to Twilio cannot be used; undefined where it can. */
  readonly twilioTrunkProblem: () => string | undefined;
};

export function composeSealedValues({
  keys,
  storage: { db },
  path,
  lockedPhones,
  isTwilioLocked,
  warnings,
  log,
}: SealedValuesDeps): SealedValuesRoom {
  const secrets = {
    spamLists: new SealedSecrets(db, 'spam_lists', keys.seal),
    addressBooks: new SealedSecrets(db, 'address_books', keys.seal),
    destinations: new SealedSecrets(db, 'webhook_destinations', keys.seal),
    oldDestinations: new SealedSecrets(db, 'webhook_destinations.previous_secret', keys.seal),
    trunks: new SealedSecrets(db, 'trunks', keys.seal),
    channels: new SealedSecrets(db, 'notification_channels', keys.seal),
    targets: new SealedSecrets(db, 'notification_targets', keys.seal),
  };
  const problem = () =>
    sealedProblem({
      origin: keys.origin,
      path,
      phones: lockedPhones(),
      isTwilioLocked: isTwilioLocked(),
      spamLists: secrets.spamLists.locked(),
      addressBooks: secrets.addressBooks.locked(),
      destinations: secrets.destinations.locked(),
      trunks: secrets.trunks.locked(),
      channels: secrets.channels.locked(),
      targets: secrets.targets.locked(),
    });
  const atStart = problem();
  if (atStart !== undefined) {
    log.error({ path, phones: lockedPhones().length, twilio: isTwilioLocked() }, 'Key does not decrypt the stored secrets');
    warnings.push(atStart.message);
  }
  return {
    secrets,
    face: faceOf({ probes: { key: () => problem() ?? { status: 'ok', message: 'Decrypts all stored secrets' } } }),
    twilioTrunkProblem: () => (isTwilioLocked() ? problem()?.message : undefined),
  };
}
