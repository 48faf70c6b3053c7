/** The wire spelling of a lower-case long header name (2.3 of the specification). */
export function wireName(key: string): string {
  return key.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
