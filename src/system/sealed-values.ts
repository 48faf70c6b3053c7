import type { PartHealth } from '#contract/system.ts';

/** What the key file of the data folder was at the start; `found`: it was there and whole. */
type KeyOrigin = 'found' | 'missing' | 'damaged';

export type SealedValues = {
  readonly origin: KeyOrigin;
  /** Of the key file. */
  readonly path: string;
  /** Names of the phones whose passwords the key does not open. */
  readonly phones: readonly string[];
  /** Whether it does not open the credentials of Twilio. */
  readonly isTwilioLocked: boolean;
  /** Names of the spam lists, address books and webhook destinations whose secrets it does not open. */
  readonly spamLists: readonly string[];
  readonly addressBooks: readonly string[];
  readonly destinations: readonly string[];
  /** Names of the trunks that it leaves without a password. */
  readonly trunks: readonly string[];
  /** Names of the ways to reach people, and of where they are reached, whose secrets it does not open. */
  readonly channels: readonly string[];
  readonly targets: readonly string[];
};

const maxNames = 5;

/** What the key does not open, and what to do about it, in the user's words; undefined where it opens everything. */
export function sealedProblem({ origin, path, ...sealed }: SealedValues): PartHealth | undefined {
  const lost = lostOf(sealed);
  if (lost.length === 0) return undefined;
  const { isTwilioLocked } = sealed;
  const what = {
    found: `The key file ${path} is not the one that belongs to the database`,
    missing: `The key file ${path} was missing, and a new one was made`,
    damaged: `The key file ${path} was damaged, and a new one was made`,
  }[origin];
  const instead = isTwilioLocked
    ? 'without one, enter the credentials of Twilio anew'
    : 'without one, make or enter them anew where you need them';
  return {
    status: isTwilioLocked ? 'down' : 'degraded',
    message: `${what}: key lost. It does not open ${listOf(lost)}. Put the gosip.key that belongs to it back from a backup and start again; ${instead}.`,
  };
}

function listOf(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function lostOf(sealed: Omit<SealedValues, 'origin' | 'path'>): readonly string[] {
  const { phones, isTwilioLocked, spamLists, addressBooks, destinations, trunks, channels, targets } = sealed;
  return [
    ...(isTwilioLocked ? ['the credentials of Twilio (no call comes in or goes out by it)'] : []),
    ...(trunks.length === 0 ? [] : [`the passwords of the trunks ${namesOf(trunks)} (no call comes in or goes out by them)`]),
    ...(phones.length === 0 ? [] : [`the passwords of ${namesOf(phones)} (they go on ringing)`]),
    ...(addressBooks.length === 0 ? [] : [`the passwords of the address books ${namesOf(addressBooks)} (they are not read)`]),
    ...(spamLists.length === 0 ? [] : [`the tokens of the spam lists ${namesOf(spamLists)} (they are not fetched)`]),
    ...(channels.length === 0 ? [] : [`the secrets of ${namesOf(channels)} (no notification goes out by them)`]),
    ...(targets.length === 0 ? [] : [`where ${namesOf(targets)} are reached (nothing is told there)`]),
    ...(destinations.length === 0 ? [] : [`the secrets of the webhooks ${namesOf(destinations)}`]),
  ];
}

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, maxNames).join(', ');
  const more = names.length - maxNames;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
