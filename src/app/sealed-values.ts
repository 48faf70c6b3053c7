// Looks at the start, and whenever health is asked, whether the house's key opens what it sealed; says what is lost where it does not.
// Called by app.ts, once phones and the settings of Twilio are read.
// Must stay true: it names each value and what to do; it changes nothing.
import type { Keys } from '#devices/key-file.ts';
import type { PartHealth } from '#system/health.ts';
import type { AppContext } from './context.ts';

type SealedValuesDeps = Pick<AppContext, 'health' | 'warnings' | 'log'> & {
  readonly keys: Keys;
  readonly path: string;
  /** Names of the phones whose passwords it does not open. */
  readonly lockedPhones: () => readonly string[];
  /** Whether it does not open the credentials of Twilio. */
  readonly isTwilioLocked: () => boolean;
};

const maxNames = 5;

/** Returns why the way out through Twilio is closed; undefined where it is not. */
export function watchSealedValues({
  keys,
  path,
  lockedPhones,
  isTwilioLocked,
  health,
  warnings,
  log,
}: SealedValuesDeps): () => string | undefined {
  const problem = () => sealedProblem({ origin: keys.origin, path, phones: lockedPhones(), isTwilioLocked: isTwilioLocked() });
  const atStart = problem();
  if (atStart !== undefined) {
    log.error({ path, phones: lockedPhones().length, twilio: isTwilioLocked() }, 'The key does not open what it should');
    warnings.push(atStart.message);
  }
  health.watch('key', () => problem() ?? { status: 'ok', message: 'It opens everything that is sealed' });
  return () => (isTwilioLocked() ? problem()?.message : undefined);
}

type SealedValuesFacts = {
  readonly origin: Keys['origin'];
  readonly path: string;
  readonly phones: readonly string[];
  readonly isTwilioLocked: boolean;
};

/** What the key does not open, and what to do about it, in the user's words. */
export function sealedProblem({ origin, path, phones, isTwilioLocked }: SealedValuesFacts): PartHealth | undefined {
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
