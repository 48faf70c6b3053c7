// A failure in the reader's language. What the house says of a thing that only it knows is shown as it is.
import type { FieldProblem, Problem } from './problem.ts';
import type { StringKey } from './strings/en.ts';
import { t } from './words.ts';

const byCode: Partial<Record<Problem['code'], StringKey>> = {
  AWAY: 'problem.away',
  REFUSED: 'problem.refused',
  AUTHENTICATION_ERROR: 'problem.signedOut',
  AUTHORIZATION_ERROR: 'problem.forbidden',
  NOT_FOUND: 'problem.gone',
  RATE_LIMITED: 'problem.wait',
  INTERNAL_ERROR: 'problem.internal',
};

export function problemText(problem: Problem): string {
  const key = byCode[problem.code];
  if (key !== undefined) return t(key);
  return problem.message === '' ? t('problem.internal') : problem.message;
}

const byField: readonly (readonly [RegExp, RegExp, StringKey])[] = [
  [/^extension$/, /digits/, 'field.extension.wrong'],
  [/^(?:extension|username)$/, /taken/, 'field.taken'],
  [/^username$/, /letters/, 'field.username.wrong'],
  [/^name$/, /expected string to have >=1|too small|required/i, 'field.missing'],
  [/^(?:name|username|password|token|currentPassword)$/, /^$/, 'field.missing'],
  [/^currentPassword$/, /not your/, 'password.wrong'],
  [/^(?:name|groups\.\d+|numbers\.\d+\.label)$/, /on one line|be seen/, 'field.unshowable'],
  [/^numbers/, /phone number/, 'field.number.wrong'],
  [/^numbers/, /small|>=1|required/i, 'field.missing'],
  [/[pP]assword$/, /least|short/i, 'field.password.short'],
  [/[pP]assword$/, /guess|known|common|often|easy/i, 'field.password.easy'],
];

export function fieldText({ field, message }: FieldProblem): string {
  const found = byField.find(([name, text]) => name.test(field) && text.test(message));
  return found === undefined ? message : t(found[2]);
}
