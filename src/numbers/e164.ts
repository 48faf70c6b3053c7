import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { CountryCode, PhoneNumber } from 'libphonenumber-js/max';
import { readWritten } from './written-number.ts';
import type { WrittenNumber } from './written-number.ts';

/** E.164 with the country it belongs to, where it is one country's. */
export type FullNumber = { readonly number: string; readonly country: string | undefined };

/** Longest text of digits that is tried as a number. */
const maxNumberLength = 40;

/**
 * The E.164 form of a number as a trunk, an address book or a person writes it, or undefined. Digits without `+` that begin with the house's
 * country code are international where that makes a valid number: trunks leave the plus out, and a national number is never written so.
 */
export function toE164(text: string, country: string): string | undefined {
  const written = readNumber(text);
  if (written === undefined) return undefined;
  const { context, own, national, international } = readings(written, country);
  const best = context ?? valid(own) ?? valid(national) ?? valid(international) ?? whole(national, written) ?? own;
  return best?.number;
}

/** The number of a caller whose trunk leaves the plus out of every number, as its other numbers show: as above, but international first. */
export function withoutPlusToE164(text: string, country: string): string | undefined {
  const written = readNumber(text);
  const international = written === undefined ? undefined : valid(readings(written, country).international);
  return international?.number ?? toE164(text, country);
}

/** What digits mean that a phone of the house dials. A national number is read as one where the country has no prefix for it. */
export function readFullNumber(written: WrittenNumber, country: string): FullNumber | undefined {
  if (!isNumber(written.digits)) return undefined;
  const { context, own, national, international } = readings(written, country);
  const isDiallable = national !== undefined && national.isValid() && !lacksPrefix(national, written.digits);
  const best =
    (isDiallable ? national : undefined) ??
    context ??
    valid(own) ??
    valid(national) ??
    valid(international) ??
    whole(national, written) ??
    own;
  return best === undefined ? undefined : { number: best.number, country: best.country };
}

/** One way to read the number that a trunk calls. */
export type CalledReading = {
  /** As E.164, whether there is such a number or not: it is looked for among ours. */
  readonly number: string;
  /** Whether it was written in full, but without the plus. */
  readonly isWithoutPlus: boolean;
};

/** Every number that a trunk may mean by this, in full, national, and with the prefix of calls abroad. One that is ours is the one meant. */
export function calledReadings(text: string, country: string): readonly CalledReading[] {
  const written = readNumber(text);
  if (written === undefined) return [];
  const { context, own, national, international, abroad } = readings(written, country);
  const { digits } = written;
  const plain = digits.startsWith('+') ? digits : `+${digits}`;
  const nationals = [context?.number, abroad, national?.number, behindCode(digits, country)];
  const full = new Set([plain, own?.number, international?.number].flatMap(spellings));
  const isShown = digits.startsWith('+');
  const rest = new Set(nationals.flatMap(spellings));
  return [
    ...[...rest].map((number) => ({ number, isWithoutPlus: false })),
    ...[...full].filter((number) => !rest.has(number)).map((number) => ({ number, isWithoutPlus: !isShown })),
  ];
}

type Readings = {
  /** Completed by the context that came with it. */
  readonly context: PhoneNumber | undefined;
  /** In full, where it begins with the house's country code. */
  readonly own: PhoneNumber | undefined;
  readonly national: PhoneNumber | undefined;
  readonly international: PhoneNumber | undefined;
  /** Behind 00 or 011, whatever the prefix of this country is. */
  readonly abroad: string | undefined;
};

function readings({ digits, context }: WrittenNumber, country: string): Readings {
  const international = parse(digits.startsWith('+') ? digits : `+${digits}`, country);
  if (digits.startsWith('+')) {
    return { context: undefined, own: international, national: undefined, international, abroad: undefined };
  }
  const national = parse(digits, country);
  const behind = /^(?:00|011)([1-9]\d+)$/.exec(digits)?.[1];
  const abroad = behind === undefined ? undefined : valid(parse(`+${behind}`, country));
  return {
    context: context === undefined ? undefined : parse(`${context}${digits}`, country),
    own: international?.countryCallingCode === codeOf(country) ? international : undefined,
    national: valid(national) ?? abroad ?? national,
    international,
    abroad: abroad?.number,
  };
}

function readNumber(text: string): WrittenNumber | undefined {
  const written = readWritten(text);
  return written !== undefined && isNumber(written.digits) ? written : undefined;
}

/** A number that exists in one country only, as it is dialled there: phones that write every number in full put plus and country code before it. */
export function domesticForms(digits: string, country: string): readonly string[] {
  if (!digits.startsWith('+')) return [digits];
  const code = codeOf(country);
  const isOwn = code !== undefined && digits.startsWith(code, 1);
  return isOwn ? [digits.slice(1), digits.slice(1 + code.length)] : [digits.slice(1)];
}

export function isNumber(digits: string): boolean {
  return digits.length <= maxNumberLength && /^\+?[0-9]+$/.test(digits);
}

/** Possible by its length; never throws. */
function parse(digits: string, country: string): PhoneNumber | undefined {
  const parsed = parsePhoneNumberFromString(withoutMobileOne(digits), { ...defaultCountry(country), extract: false });
  return parsed?.isPossible() === true ? parsed : undefined;
}

/** Mexico dropped the 1 of its mobile numbers in 2019; address books and some trunks keep it. */
function withoutMobileOne(digits: string): string {
  return digits.replace(/^\+521(?=\d{10}$)/, '+52');
}

function valid(number: PhoneNumber | undefined): PhoneNumber | undefined {
  return number?.isValid() === true ? number : undefined;
}

/** A range that our tables do not know yet is taken where the number was written whole: without its area code it does not exist. */
function whole(national: PhoneNumber | undefined, { digits }: WrittenNumber): PhoneNumber | undefined {
  return national === undefined || lacksPrefix(national, digits) ? undefined : national;
}

/** Whether the prefix is missing with which this country dials from one area to another; so where it is not known how it would be written. */
function lacksPrefix(number: PhoneNumber, digits: string): boolean {
  const national = number.nationalNumber;
  const written = number.formatNational();
  return digits === national && (written === national || written.replaceAll(/\D/g, '') !== national);
}

function behindCode(digits: string, country: string): string | undefined {
  const code = codeOf(country);
  return code === undefined || digits.startsWith('+') ? undefined : `+${code}${digits}`;
}

/** A Mexican number of ours may be kept with or without the 1 that its mobile numbers once had. */
function spellings(number: string | undefined): readonly string[] {
  if (number === undefined) return [];
  const mexican = /^\+521?(\d{10})$/.exec(number)?.[1];
  return mexican === undefined ? [number] : [`+52${mexican}`, `+521${mexican}`];
}

function codeOf(country: string): string | undefined {
  const code = country.toUpperCase();
  return isSupportedCountry(code) ? getCountryCallingCode(code) : undefined;
}

function defaultCountry(country: string): { readonly defaultCountry?: CountryCode } {
  const code = country.toUpperCase();
  return isSupportedCountry(code) ? { defaultCountry: code } : {};
}
