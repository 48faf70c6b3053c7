import type { StringKey } from './strings/en.ts';
import { t } from './words.ts';

const sentences: readonly (readonly [RegExp, StringKey])[] = [
  [/rejected the username or password|denied access/, 'books.problem.login'],
  [/no CardDAV server at this address/, 'books.problem.address'],
  [/timed out/, 'books.problem.slow'],
  [/cannot be decrypted/, 'books.problem.locked'],
  [/has no encryption/, 'books.problem.encryption'],
  [/sends more than/, 'books.problem.large'],
  [/^The server cannot be read/, 'books.problem.away'],
];

/** Why an address book could not be read, in the reader's language; what the server itself says of it is added where it may help. */
export function bookProblemText(problem: string): string {
  const found = sentences.find(([pattern]) => pattern.test(problem));
  if (found === undefined) return problem;
  const said = /^The server cannot be read: (.+)$/s.exec(problem)?.[1];
  return said === undefined || found[1] !== 'books.problem.away' ? t(found[1]) : `${t(found[1])} (${said})`;
}
