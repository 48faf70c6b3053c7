import { AsYouType, isSupportedCountry } from 'libphonenumber-js/max';
import { readWritten } from './written-number.ts';

/** An E.164 number has fifteen digits at most. */
const prefix = /^\+[1-9][0-9]{0,14}$/;

/**
 * The first digits of phone numbers as a person writes them, with the plus and the country code: `0900` in Germany is `+49900`. Undefined where
 * they are none.
 */
export function toE164Prefix(text: string, country: string): string | undefined {
  const digits = readWritten(text)?.digits ?? '';
  const code = country.toUpperCase();
  if (!/^\+?[0-9]{1,20}$/.test(digits)) return undefined;
  const full = digits.startsWith('+') || !isSupportedCountry(code) ? digits : numberSoFar(digits, new AsYouType(code));
  return full !== undefined && prefix.test(full) ? full : undefined;
}

function numberSoFar(digits: string, typed: AsYouType): string | undefined {
  typed.input(digits);
  return typed.getNumberValue();
}
