import { clock } from './clock.ts';
import type { SpamList } from './data.ts';
import { formatWhen } from './format.ts';
import type { StringKey } from './strings/en.ts';
import { locale, t, tn } from './words.ts';

const sentences: readonly (readonly [RegExp, StringKey])[] = [
  [/denied access/, 'spam.problem.access'],
  [/^The server answered 404/, 'spam.problem.missing'],
  [/^The server answered/, 'spam.problem.server'],
  [/timed out/, 'books.problem.slow'],
  [/not a public server/, 'spam.problem.private'],
  [/Too many redirects/, 'spam.problem.redirects'],
  [/larger than/, 'spam.problem.large'],
  [/no numbers?|without numbers/i, 'spam.problem.empty'],
  [/^Download failed/, 'books.problem.away'],
];

/** Why a list could not be read, in the reader's language. */
export function spamProblemText(problem: string): string {
  const found = sentences.find(([pattern]) => pattern.test(problem));
  return found === undefined ? problem : t(found[1]);
}

/** How many numbers it has, and how old they are. */
export function spamStateText({ numbers, importedAt }: SpamList): string {
  if (importedAt === null) return t('spam.none');
  return tn('spam.numbers', numbers, { when: formatWhen(Date.parse(importedAt), clock.now(), locale.value) });
}
