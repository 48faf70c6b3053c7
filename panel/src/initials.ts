/** Of the first and the last word of a name, for a badge beside it. */
export function initials(name: string): string {
  const letters = name
    .split(/[\s,()]+/u)
    .map((word) => Array.from(word.replace(/^[^\p{L}\p{N}+]+/u, ''))[0] ?? '')
    .filter((letter) => letter !== '');
  return [letters[0] ?? '', letters.length > 1 ? (letters.at(-1) ?? '') : ''].join('').toUpperCase();
}
