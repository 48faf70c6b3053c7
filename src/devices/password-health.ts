import type { PartHealth } from '#contract/system.ts';

/** A phone whose password is guessed: its name, wrong tries and households they came from within the hour. */
export type GuessedPhone = { readonly name: string; readonly tries: number; readonly sources: number };

export const guessingAdvice =
  'A password made here is too long to be guessed; if no phone registers from outside, close the SIP port at the router';

export function describeGuessing({ name, tries, sources }: GuessedPhone): string {
  return `${name} (${tries} tries from ${sources} addresses)`;
}

export function passwordHealth(guessed: readonly GuessedPhone[]): PartHealth {
  if (guessed.length === 0) return { status: 'ok', message: 'No password of a phone is being guessed' };
  const named = guessed.map(describeGuessing).join(', ');
  return { status: 'degraded', message: `Passwords are guessed within this hour: ${named}. ${guessingAdvice}` };
}
