import { isPlannedEmergency } from './short-numbers.ts';

/**
 * The numbers for police, fire brigade and ambulance of each country we can state with certainty, by ISO 3166 code.
 * Where a country lists rescue at sea, in the mountains or for children beside them, those are in it too.
 * What the numbering plans of short-numbers.json have beside them is added.
 */
const table: Readonly<Record<string, string>> = {
  AD: '110 112 116 118',
  AE: '112 996 997 998 999',
  AL: '112 127 128 129',
  AM: '101 102 103 112 911',
  AR: '100 101 107 911',
  AT: '112 122 128 133 140 141 144',
  AU: '000 106 112',
  AX: '112',
  AZ: '101 102 103 112',
  BA: '112 122 123 124',
  BB: '211 311 511',
  BD: '999',
  BE: '100 101 112',
  BG: '112 150 160 166',
  BH: '999',
  BM: '911',
  BO: '110 118 119 911',
  BR: '190 191 192 193 197 198 199',
  BS: '911 919',
  BY: '101 102 103 104 112',
  BZ: '911',
  CA: '911',
  CH: '112 117 118 144 1414',
  CL: '131 132 133',
  CN: '110 119 120 122',
  CO: '112 119 123 125',
  CR: '911',
  CU: '104 105 106',
  CY: '112 199',
  CZ: '112 150 155 156 158',
  DE: '110 112',
  DK: '112',
  DO: '911',
  DZ: '14 17',
  EC: '911',
  EE: '112',
  EG: '122 123 180',
  ES: '061 062 080 085 088 091 092 112',
  FI: '112',
  FO: '112',
  FR: '112 114 115 119 15 17 18 191 196 197',
  GB: '112 999',
  GE: '112',
  GG: '112 999',
  GH: '112 191 192 193',
  GI: '112 190 199 999',
  GL: '112',
  GP: '112 15 17 18',
  GR: '100 108 112 166 199',
  GT: '110 120 122 123',
  GU: '911',
  GY: '911 912 913',
  HK: '112 992 999',
  HN: '911',
  HR: '112 192 193 194 195',
  HU: '104 105 107 112',
  ID: '110 112 113 118 119',
  IE: '112 999',
  IL: '100 101 102 112',
  IM: '112 999',
  IN: '100 101 102 108 112',
  IQ: '104 115 122',
  IR: '110 115 125',
  IS: '112',
  IT: '112 113 115 118 1530',
  JE: '112 999',
  JM: '110 119',
  JO: '911',
  JP: '110 118 119',
  KE: '112 911 999',
  KR: '112 119',
  KW: '112',
  KY: '911',
  KZ: '101 102 103 104 112',
  LB: '112 125 140 175',
  LI: '112 117 118 144',
  LK: '110 118 119',
  LT: '112',
  LU: '112 113',
  LV: '110 112 113',
  MA: '15 177 19',
  MC: '112 15 17 18',
  MD: '112',
  ME: '112 122 123 124',
  MK: '112 192 193 194',
  MO: '110 112 999',
  MQ: '112 15 17 18',
  MT: '112',
  MV: '102 118 119',
  MX: '911',
  MY: '112 999',
  NC: '112 15 17 18',
  NG: '112 199',
  NI: '115 118 128 911',
  NL: '112',
  NO: '110 112 113',
  NP: '100 101 102',
  NZ: '111',
  OM: '9999',
  PA: '103 104 911',
  PE: '105 106 116',
  PF: '112 15 17 18',
  PH: '911',
  PK: '1122 115 15 16',
  PL: '112 984 985 986 991 992 994 997 998 999',
  PR: '911',
  PT: '112',
  PY: '911',
  QA: '999',
  RE: '112 15 17 18',
  RO: '112',
  RS: '112 192 193 194',
  RU: '101 102 103 104 112',
  SA: '911 997 998 999',
  SE: '112',
  SG: '995 999',
  SI: '112 113',
  SK: '112 150 155 158 159',
  SM: '112 113 115 118',
  SV: '911',
  TH: '1155 1669 191 199',
  TN: '190 193 197 198',
  TR: '110 112 155 156 158 177',
  TT: '811 990 999',
  TW: '110 112 118 119',
  UA: '101 102 103 104 112',
  US: '911',
  UY: '911',
  VA: '112 113 115 118',
  VE: '171 911',
  VI: '911',
  VN: '112 113 114 115',
  XK: '112 192 193 194',
  ZA: '10111 10177 112',
};

/** The emergency numbers of visitors and mobile phones, wherever they are. */
const universalNumbers = new Set(['112', '911']);

/** Where neither the table nor a numbering plan says: the emergency numbers of most of the world. */
const fallbackNumbers: readonly string[] = ['112', '911', '999'];

/** In this order, the number that stands for one of another country. */
const general = ['000', '111', '112', '911', '999'];

const numbers = new Map(Object.entries(table).map(([country, text]) => [country, new Set(text.split(' '))]));

/** The emergency number to send for these digits in this country; undefined where they are none. */
export function emergencyNumber(digits: string, country: string): string | undefined {
  const home = homeNumbers(country);
  if (home.has(digits)) return digits;
  if (universalNumbers.has(digits)) return general.find((number) => home.has(number)) ?? digits;
  return isPlannedEmergency(digits, country) ? digits : undefined;
}

/** Whether these digits are an emergency call in this country, be it with another country's number. */
export function isEmergencyNumber(digits: string, country: string): boolean {
  return emergencyNumber(digits, country) !== undefined;
}

/** The emergency numbers that people and visitors dial in this country, without rare ones that only its numbering plan has. */
export function usualEmergencyNumbers(country: string): readonly string[] {
  return [...new Set([...homeNumbers(country), ...universalNumbers])];
}

function homeNumbers(country: string): ReadonlySet<string> {
  const known = numbers.get(country.toUpperCase());
  if (known !== undefined) return known;
  const planned = general.filter((number) => isPlannedEmergency(number, country));
  return new Set(planned.length === 0 ? fallbackNumbers : planned);
}
