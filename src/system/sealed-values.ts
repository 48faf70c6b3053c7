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
};

const maxNames = 5;

/** What the key does not open, and what to do about it, in the user's words; undefined where it opens everything. */
export function sealedProblem({ origin, path, phones, isTwilioLocked }: SealedValues): PartHealth | undefined {
  if (phones.length === 0 && !isTwilioLocked) return undefined;
  const what = {
    found: `The key file ${path} is not the one that belongs to the database`,
    missing: `The key file ${path} was missing, and a new one was made`,
    damaged: `The key file ${path} was damaged, and a new one was made`,
  }[origin];
  const lost = [
    ...(isTwilioLocked ? ['the credentials of Twilio (no call comes in or goes out by it)'] : []),
    ...(phones.length === 0 ? [] : [`the passwords of ${namesOf(phones)} (they go on ringing)`]),
  ];
  const instead = isTwilioLocked
    ? 'without one, enter the credentials of Twilio anew'
    : 'without one, make new passwords where you need them';
  return {
    status: isTwilioLocked ? 'down' : 'degraded',
    message: `${what}: key lost. It does not open ${lost.join(' and ')}. Put the gosip.key that belongs to it back from a backup and start again; ${instead}.`,
  };
}

function namesOf(phones: readonly string[]): string {
  const shown = phones.slice(0, maxNames).join(', ');
  const more = phones.length - maxNames;
  return more > 0 ? `${shown} and ${more} more phones` : shown;
}
