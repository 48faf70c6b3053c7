import ranges from './short-numbers.json' with { type: 'json' };

/** What a call to it costs, as far as the numbering plan says. */
export type ShortCost = 'free' | 'standard' | 'premium' | 'unknown';

type Range = {
  readonly short?: string;
  readonly emergency?: string;
  readonly sms?: string;
  readonly free?: string;
  readonly standard?: string;
  readonly premium?: string;
};

/** Longer numbers of the tables belong to one carrier. */
const maxLength = 8;

/**
 * What the ranges lack or take for text messages only, though people call it: the test number of 911 (CA), ambulance transport and poison
 * control (DE), crisis, health, child protection and police lines, municipalities (NL), five-digit numbers (NO), enquiries.
 */
const added: Readonly<Record<string, string>> = {
  AT: '118\\d{2,3}',
  BR: '188',
  CA: '933',
  CY: '14[46]0',
  DE: '19222|19240',
  EE: '118\\d',
  GR: '1016|10306|118\\d\\d|1535|197',
  ID: '129',
  IE: '118\\d\\d',
  IL: '10[4-8]|118|144',
  IN: '139|1909|1930|14416|14567',
  JP: '11[3-7]|136|17[17]|188',
  KR: '109',
  NL: '113|144|140\\d{2,3}',
  NO: '0[2-9]\\d{3}',
  NZ: '018|105|1737',
  PH: '1343|1553|8888',
  RU: '122',
  TH: '1300',
  TR: '183',
  UA: '15(?:00|45|47)|7333',
  VN: '1022|1080|111',
};

/** What the ranges hold though it works inside one mobile carrier only: as often as not a mistyped extension. */
const excluded: Readonly<Record<string, string>> = { US: '[2-9]\\d{3}' };

/** Social and medical lines of the European numbering plans (Decision 2007/116/EC), in the countries that took the range over. */
const harmonised = /^116\d{3}$/;
const withHarmonised = new Set(
  'AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV ME MK MT NL NO PL PT RO RS SE SI SK TR UA'.split(' '),
);

const tables = new Map<string, Range>(
  Object.entries(ranges).flatMap(([key, range]) => (typeof range === 'string' ? [] : [[key, range]])),
);

/** Whether a short number of this country is called, and at what cost; undefined for everything else, and for those of text messages only. */
export function shortCost(digits: string, country: string): ShortCost | undefined {
  if (digits.length > maxLength) return undefined;
  const code = country.toUpperCase();
  if (harmonised.test(digits) && withHarmonised.has(code)) return 'free';
  const range = tables.get(code) ?? {};
  const isAdded = matches(added[code], digits);
  if (!isAdded && !isCalled(range, digits, excluded[code])) return undefined;
  if (matches(range.premium, digits)) return 'premium';
  if (matches(range.standard, digits)) return 'standard';
  return matches(range.free, digits) ? 'free' : 'unknown';
}

/** Whether the numbering plan has this for an emergency number. */
export function isPlannedEmergency(digits: string, country: string): boolean {
  return digits.length <= maxLength && matches(tables.get(country.toUpperCase())?.emergency, digits);
}

function isCalled({ short, sms }: Range, digits: string, unreachable: string | undefined): boolean {
  return matches(short, digits) && !matches(sms, digits) && !matches(unreachable, digits);
}

const compiled = new Map<string, RegExp>();

function matches(pattern: string | undefined, digits: string): boolean {
  if (pattern === undefined) return false;
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(`^(?:${pattern})$`);
    compiled.set(pattern, expression);
  }
  return expression.test(digits);
}
