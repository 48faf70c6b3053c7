/** Emergency numbers in every country; the numbers room knows those of each. */
const reservedEverywhere = new Set(['112', '911']);

/** Two to six digits; a leading 0 begins an outbound call. */
const extensionPattern = /^[1-9][0-9]{1,5}$/;

/** What is wrong with this extension, for the user; undefined where nothing is. */
export function extensionProblem(extension: string, isReserved: (extension: string) => boolean): string | undefined {
  if (!extensionPattern.test(extension)) return 'must be 2 to 6 digits and not begin with 0';
  if (reservedEverywhere.has(extension) || isReserved(extension)) return 'is an emergency or service number';
  return undefined;
}

const firstSuggested = 201;
const lastSuggested = 999_999;

/** The first free extension from 201. */
export function freeExtension(isFree: (extension: string) => boolean): string | undefined {
  for (let number = firstSuggested; number <= lastSuggested; number += 1) {
    if (isFree(String(number))) return String(number);
  }
  return undefined;
}
