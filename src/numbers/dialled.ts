import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';
import { emergencyNumbers } from './emergency-numbers.ts';

export type DialledPlan = {
  /** The house's country, two letters. */
  readonly country: string;
  /** Whether these digits are the extension of one of our devices. */
  readonly isExtension: (digits: string) => boolean;
};

/** What dialled digits mean. Numbers of `external` are E.164, those of `short` and `emergency` go out as dialled. */
export type Dialled =
  | { readonly kind: 'emergency'; readonly number: string }
  | { readonly kind: 'extension'; readonly extension: string }
  | { readonly kind: 'external'; readonly number: string; readonly country: string | undefined }
  /** Numbers that exist inside one country only, such as the harmonised 116 numbers of Europe. */
  | { readonly kind: 'short'; readonly number: string }
  /** A code such as `*97`. */
  | { readonly kind: 'service'; readonly code: string }
  | { readonly kind: 'invalid'; readonly reason: 'empty' | 'not-digits' | 'too-long' | 'no-such-number' };

const separators = new Set([' ', '-', '.', '(', ')', '/', '\u00a0']);
const longestDialled = 40;

/** Social and medical lines of the European numbering plans (Decision 2007/116/EC): six digits that begin with 116. */
const harmonisedLength = 6;

/**
 * Reads what a person dialled. Emergency numbers come first, so that no extension and no rule can hide them.
 * Pure; linear in the length of the input.
 */
export function readDialled(dialled: string, plan: DialledPlan): Dialled {
  if (dialled.length > longestDialled) return { kind: 'invalid', reason: 'too-long' };
  const digits = withoutSeparators(dialled);
  if (digits === '') return { kind: 'invalid', reason: 'empty' };
  if (emergencyNumbers(plan.country).has(digits)) return { kind: 'emergency', number: digits };
  if (plan.isExtension(digits)) return { kind: 'extension', extension: digits };
  if (digits.startsWith('*') || digits.startsWith('#')) {
    return isServiceCode(digits) ? { kind: 'service', code: digits } : { kind: 'invalid', reason: 'not-digits' };
  }
  if (!isNumber(digits)) return { kind: 'invalid', reason: 'not-digits' };
  return readNumber(digits, plan.country);
}

/** The E.164 form of a number as a trunk or a person writes it, or undefined. Digits without `+` may lack it by the trunk's habit. */
export function toE164(text: string, country: string): string | undefined {
  if (text.length > longestDialled) return undefined;
  const digits = withoutSeparators(text);
  if (!isNumber(digits)) return undefined;
  return parse(digits, country)?.number ?? parse(`+${digits.replace(/^\+/, '')}`, country)?.number;
}

function readNumber(digits: string, country: string): Dialled {
  if (digits.length === harmonisedLength && digits.startsWith('116') && hasHarmonisedNumbers(country)) {
    return { kind: 'short', number: digits };
  }
  const parsed = parse(digits, country);
  if (parsed === undefined) return { kind: 'invalid', reason: 'no-such-number' };
  return { kind: 'external', number: parsed.number, country: parsed.country };
}

function parse(digits: string, country: string): { readonly number: string; readonly country: string | undefined } | undefined {
  const parsed = parsePhoneNumberFromString(digits, { ...defaultCountry(country), extract: false });
  if (parsed === undefined || !parsed.isPossible()) return undefined;
  return { number: parsed.number, country: parsed.country };
}

function defaultCountry(country: string): { readonly defaultCountry?: CountryCode } {
  const code = country.toUpperCase();
  return isSupportedCountry(code) ? { defaultCountry: code } : {};
}

function withoutSeparators(text: string): string {
  let digits = '';
  for (const character of text) if (!separators.has(character)) digits += character;
  return digits;
}

function isNumber(text: string): boolean {
  return /^\+?[0-9]+$/.test(text);
}

function isServiceCode(text: string): boolean {
  return /^[*#][0-9*#]*$/.test(text);
}

/** The countries that took the range over: the European Economic Area, Switzerland, and neighbours that joined. */
const harmonised = new Set(
  'AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV ME MK MT NL NO PL PT RO RS SE SI SK TR UA'.split(' '),
);

function hasHarmonisedNumbers(country: string): boolean {
  return harmonised.has(country.toUpperCase());
}
