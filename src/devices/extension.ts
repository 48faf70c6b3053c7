/** Numbers that call for help wherever a mobile phone works; a country's own are asked from the numbers room. */
const reservedEverywhere = new Set(['112', '911']);

/** Two to six digits; a leading 0 belongs to calls out of the house. */
const extensionPattern = /^[1-9][0-9]{1,5}$/;

/** What speaks against this extension, in the user's words; undefined where nothing does. */
export function extensionProblem(extension: string, isReserved: (extension: string) => boolean): string | undefined {
  if (!extensionPattern.test(extension)) return 'must be 2 to 6 digits and not begin with 0';
  if (reservedEverywhere.has(extension) || isReserved(extension)) return 'is an emergency or service number';
  return undefined;
}

const firstSuggested = 201;
const lastSuggested = 999_999;

/** The first extension from 201 on that nobody has. */
export function freeExtension(isFree: (extension: string) => boolean): string | undefined {
  for (let number = firstSuggested; number <= lastSuggested; number += 1) {
    if (isFree(String(number))) return String(number);
  }
  return undefined;
}
