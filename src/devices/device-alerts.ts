import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';
import { describeGuessing, guessingAdvice } from './password-health.ts';
import type { GuessedPhone } from './password-health.ts';

export const passwordGuessing = alert({
  alertId: 'password-guessing',
  title: 'The password of a phone is guessed from many addresses',
});

/** `guessed`: those whose passwords are guessed now. */
export function deviceAlerts(guessed: () => readonly (GuessedPhone & { readonly username: string })[]): readonly Alert[] {
  const active = () =>
    guessed().map((phone) => ({
      about: phone.username,
      message: `${describeGuessing(phone)}. ${guessingAdvice}`,
      values: { name: phone.name, tries: phone.tries },
    }));
  return [bindAlert(passwordGuessing, { active, changedBy: ['device.brute-forced'] })];
}
