// How a person of the house writes numbers of others: in address books, lists and fields.
// Called by the compose functions of the rooms that keep such numbers.
// Must stay true: all of them read a number alike, so that a caller is found in each.
import { normalizeDigits } from '#contract/normalize-digits.ts';
import { toE164 } from '#numbers/e164.ts';

/** E.164; digits that our tables do not know stay as they came, since callers have such numbers too. Undefined where it is none. */
export function numberReader(country: string): (text: string) => string | undefined {
  return (text) => toE164(text, country) ?? /^\+?[0-9]{3,15}$/.exec(normalizeDigits(text))?.[0];
}
