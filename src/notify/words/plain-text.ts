// Owns what is left of a text from outside before it is put among our words: a caller's name, an SMS, a transcript.
// Must stay true: no control character, nothing that turns the order of a text around (Unicode TR 36 section 2.5), and an end.

/** Controls but line breaks and tabs, halves of characters, and what turns around or hides. */
const misleading = /(?![\n\t])\p{Cc}|[\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]|\p{Surrogate}/gu;
const breaks = /\r\n?|[\v\f\u2028\u2029]/g;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Each character of it is a grapheme. */
const simple = /^[\n\u0020-\u02FF]*$/;
/** A family of emoji has eleven. */
const maxUnitsOfGrapheme = 12;
const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** With its line breaks, of which never more than two follow each other. `max`: graphemes. */
export function manyLines(text: string, max: number): string {
  const clean = text.replaceAll(breaks, '\n').replaceAll(misleading, '').replaceAll('\t', ' ');
  return cutGraphemes(
    clean
      .replaceAll(/[^\S\n]+\n/g, '\n')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim(),
    max,
  );
}

export function oneLine(text: string, max: number): string {
  return cutGraphemes(manyLines(text, Number.POSITIVE_INFINITY).replaceAll(/\s+/g, ' '), max);
}

/** A name of at most `max` graphemes; where it is written from right to left it does not turn around what stands beside it. */
export function isolated(name: string, max: number): string {
  return rightToLeft.test(name) ? `\u2068${oneLine(name, max - 2)}\u2069` : oneLine(name, max);
}

/** What `say` makes of as much of the name as fits. */
export function fitted(say: (name: string) => string, name: string, max: number): string {
  return say(isolated(name, Math.max(8, max - lengthOf(say('')))));
}

export function lengthOf(text: string): number {
  return [...graphemes.segment(text)].length;
}

/** Of a text that is clean already. */
export function cutGraphemes(text: string, max: number): string {
  // One grapheme can be of any length: letters with a thousand accents.
  if (text.length <= max) return text;
  if (simple.test(text)) return `${text.slice(0, max - 1).trimEnd()}…`;
  const kept: string[] = [];
  let units = 0;
  for (const { segment } of graphemes.segment(text)) {
    units += segment.length;
    if (kept.length === max || units > max * maxUnitsOfGrapheme)
      return `${kept
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
    kept.push(segment);
  }
  return text;
}
