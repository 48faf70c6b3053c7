import { listFormat, nameFormat, numberFormat } from '../intl.ts';
import type { Locale } from '../locale.ts';
import type { Values } from '../phrase.ts';
import type { StringKey } from '../strings/en.ts';

/** How to say something to the reader: the words of their language, and what Intl needs. */
export type Speech = Pick<Locale, 'tag' | 'hour12'> & {
  readonly t: (key: StringKey, values?: Values) => string;
};

/** `A, B and C`. */
export function and(texts: readonly string[], { tag }: Speech): string {
  return listFormat(tag).format(texts);
}

/** `A, B or C`. */
export function or(texts: readonly string[], { tag }: Speech): string {
  return listFormat(tag, 'disjunction').format(texts);
}

/** `30 seconds`, `2 minutes`. */
export function span(seconds: number, { tag }: Speech): string {
  const [value, unit] = seconds >= 60 && seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
  return numberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** `Canada` for `CA`; the code itself where nobody knows it. */
export function countryName(code: string, { tag }: Speech): string {
  return named(code, 'region', tag);
}

/** `English` for `en-CA`; the tag itself where nobody knows it. */
export function languageName(code: string, { tag }: Speech): string {
  return named(code, 'language', tag);
}

function named(code: string, type: 'region' | 'language', tag: string): string {
  try {
    return nameFormat(tag, type).of(code) ?? code;
  } catch {
    return code;
  }
}
