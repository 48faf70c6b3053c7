/** Turns the rest of the text around: what is read would not be what is seen. */
const bidiOverride = '\u202e';

/** Separators between the digits of a number as people, address books and print write it, and invisible characters. */
const separator = /[\s\p{Zs}\p{Pd}\p{Cf}\p{Default_Ignorable_Code_Point}.()/[\]~\u00b7\u2212\u30fc]/u;
const digit = /\p{Nd}/u;

/**
 * A number as it is written, in any script, with the separators and invisible characters left out and its digits as 0 to 9.
 * Other characters stay, so that what is no number is not taken for one. Linear.
 */
export function normalizeDigits(text: string): string {
  if (hasBidiOverride(text)) return text;
  let plain = '';
  for (const character of text) plain += plainCharacter(character);
  return plain;
}

/** Whether the eye sees another number than stands there. */
export function hasBidiOverride(text: unknown): boolean {
  return typeof text === 'string' && text.includes(bidiOverride);
}

function plainCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  // The full-width forms of East Asia are those of ASCII, moved.
  const plain = point > 0xff00 && point < 0xff5f ? String.fromCharCode(point - 0xfee0) : character;
  if (separator.test(plain)) return '';
  return digit.test(plain) ? String(digitValue(plain.codePointAt(0) ?? 0)) : plain;
}

/** Unicode lays decimal digits out in runs of ten that begin with zero (section 4.6). */
function digitValue(point: number): number {
  let before = 0;
  while (digit.test(String.fromCodePoint(point - before - 1))) before += 1;
  return before % 10;
}
