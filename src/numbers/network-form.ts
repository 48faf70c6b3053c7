import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { numberForms } from '#contract/trunk-words.ts';

type NumberForm = (typeof numberForms)[number];

const inFull = /^\+[1-9]\d+$/;

/** Writes a number in E.164 as a network wants it; what is not written in full, such as an emergency number, stays as it is. */
export function networkForm(form: NumberForm, country: string): (number: string) => string {
  return (number) => {
    if (!inFull.test(number)) return number;
    switch (form) {
      case 'plus':
        return number;
      case 'digits':
        return number.slice(1);
      case 'double-zero':
        return `00${number.slice(1)}`;
      case 'national':
        return asDialledIn(number, country);
    }
  };
}

/** With the prefixes of the country; in full where it is not known how it is dialled there. */
function asDialledIn(number: string, country: string): string {
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined || !isSupportedCountry(country)) return number;
  const dialled = parsed.country === country ? parsed.formatNational() : parsed.format('IDD', { fromCountry: country });
  const digits = dialled.replaceAll(/\D/g, '');
  return digits === '' ? number : digits;
}
