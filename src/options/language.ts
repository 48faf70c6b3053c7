import { houseLanguages } from '#contract/languages.ts';
import type { HouseLanguage } from '#contract/languages.ts';

/** Where most people speak one of them; all others get English. */
const byCountry: Readonly<Record<HouseLanguage, readonly string[]>> = {
  en: [],
  de: ['DE', 'AT', 'CH', 'LI'],
  fr: ['FR', 'MC', 'LU'],
  es: ['ES', 'MX', 'AR', 'BO', 'CL', 'CO', 'CR', 'CU', 'DO', 'EC', 'GT', 'HN', 'NI', 'PA', 'PE', 'PY', 'SV', 'UY', 'VE'],
  nl: ['NL', 'BE', 'SR'],
};

/** Of a country (two letters), where the house names no language. */
export function languageOf(country: string): HouseLanguage {
  return houseLanguages.find((language) => byCountry[language].includes(country)) ?? 'en';
}
