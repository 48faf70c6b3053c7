import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** A number in full as people read it, such as `+49 30 1234567`; anything else as it is. */
export function spacedNumber(number: string): string {
  return /^\+[1-9]\d{3,14}$/.test(number) ? (parsePhoneNumberFromString(number)?.formatInternational() ?? number) : number;
}
