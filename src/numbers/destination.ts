import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from 'libphonenumber-js/max';

/**
 * Where a call goes and what it may cost. `country` is undefined for numbers of no country: satellites and networks that span the world.
 * `shared`: dearer than others, within bounds that the law sets. `premium`: the one who is called sets the price, or gets part of it.
 */
export type CallDestination = {
  readonly country: string | undefined;
  readonly cost: 'usual' | 'free' | 'shared' | 'premium';
};

/** Where one numbering plan serves several countries and the tables do not say which: the one that has most of it. */
const mainCountries: Readonly<Record<string, string>> = {
  1: 'US',
  7: 'RU',
  39: 'IT',
  44: 'GB',
  47: 'NO',
  61: 'AU',
  212: 'MA',
  262: 'RE',
  290: 'SH',
  358: 'FI',
  590: 'GP',
  599: 'CW',
};

/** Where the tables call a range dear or shared that its country's law puts elsewhere; by the digits behind the plus. */
const ranges: readonly (readonly [digits: string, cost: CallDestination['cost']])[] = [
  // Business numbers with a service charge of some pence or cents a minute, which people have to call.
  ['4484', 'shared'],
  ['4487', 'shared'],
  ['3381', 'shared'],
  ['3382', 'shared'],
  // Mass calls at up to an euro each, and known for calls that lure one to call back.
  ['49137', 'premium'],
];

/** Digits that a number may have too many or too few of and still be connected, since networks look at its first ones. */
const maxExtraDigits = 4;

/** Reads a number in E.164. Pure. */
export function destinationOf(e164: string): CallDestination {
  const parsed = parsePhoneNumberFromString(e164);
  if (parsed === undefined) return { country: undefined, cost: 'premium' };
  return { country: countryOf(parsed), cost: costOf(parsed, e164) };
}

function countryOf({ country, countryCallingCode }: PhoneNumber): string | undefined {
  return country ?? mainCountries[countryCallingCode];
}

function costOf(parsed: PhoneNumber, e164: string): CallDestination['cost'] {
  const known = ranges.find(([digits]) => e164.startsWith(digits, 1));
  if (known !== undefined) return known[1];
  const own = costOfType(parsed);
  if (own !== undefined) return own;
  return lengths(e164).some((text) => costOfType(parsePhoneNumberFromString(text)) === 'premium') ? 'premium' : 'usual';
}

/** Undefined where the tables know no such number. */
function costOfType(parsed: PhoneNumber | undefined): CallDestination['cost'] | undefined {
  switch (parsed?.getType()) {
    case undefined:
      return undefined;
    case 'TOLL_FREE':
      return 'free';
    case 'SHARED_COST':
      return 'shared';
    case 'PREMIUM_RATE':
    // They ring wherever their owner is, at the caller's cost, and are rented out by the minute for a share of it.
    case 'PERSONAL_NUMBER':
    case 'PAGER':
      return 'premium';
    default:
      return 'usual';
  }
}

function lengths(e164: string): readonly string[] {
  const texts: string[] = [];
  for (let digits = 1; digits <= maxExtraDigits; digits += 1) {
    texts.push(`${e164}${'1'.repeat(digits)}`, e164.slice(0, -digits));
  }
  return texts;
}

/** Whose calls cost what those inside the country cost, of countries that share a numbering plan. */
const neighbours: Readonly<Record<string, readonly string[]>> = {
  US: ['CA', 'PR', 'VI'],
  CA: ['US', 'PR', 'VI'],
  PR: ['US', 'CA', 'VI'],
  VI: ['US', 'CA', 'PR'],
  GB: ['GG', 'JE', 'IM'],
  GG: ['GB', 'JE', 'IM'],
  JE: ['GB', 'GG', 'IM'],
  IM: ['GB', 'GG', 'JE'],
  IT: ['VA'],
  VA: ['IT'],
  NO: ['SJ'],
  SJ: ['NO'],
  FI: ['AX'],
  AX: ['FI'],
  AU: ['CX', 'CC'],
  CX: ['AU'],
  CC: ['AU'],
};

/** The countries that may be called without being allowed: the own one, and those its calls cost the same to. */
export function homeCountries(country: string): readonly string[] {
  const own = country.toUpperCase();
  return [own, ...(neighbours[own] ?? [])];
}

/** Whether there is a country of these two letters. */
export function isCountry(text: string): boolean {
  return isSupportedCountry(text);
}
