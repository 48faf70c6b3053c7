import { z } from 'zod';
import { normalizeDigits } from './normalize-digits.ts';

/** Shorter digits are an extension or a service number, which have no plus. */
const plusAsSpace = /^ (?=[\d ().-]{7,}$)/;

/** A number to look for in a query, where a `+` that was not escaped arrives as a space. */
export const numberFilter = z.string().overwrite(asStored).min(1).max(64);

/** Part of a number or a name to look for in a query: what is kept of a number has no separators, and begins with `+`. */
export const nameOrNumberFilter = z
  .string()
  .overwrite((text) => (/\p{L}/u.test(text) ? text.trim() : normalizeDigits(text.replace(/^ (?=\d)/, '+'))))
  .min(1)
  .max(64);

/** Numbers are kept in E.164; what a phone dialled is kept as it was. */
function asStored(text: string): string {
  const number = text.replace(plusAsSpace, '+').trim();
  const plain = normalizeDigits(number);
  return /^\+\d+$/.test(plain) ? plain : number;
}
