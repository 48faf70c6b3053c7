import { gsm7Basic, gsm7Extension, smsSizes } from '#contract/sms-alphabet.ts';

/** How a text is encoded. `units`: septets of GSM-7 or UTF-16 code units; `remaining`: until the next segment begins. */
export type Segments = {
  readonly encoding: 'gsm-7' | 'ucs-2';
  readonly units: number;
  readonly segments: number;
  readonly remaining: number;
};

const basic = new Set(gsm7Basic);
const extension = new Set(gsm7Extension);

/** Counts the segments of a text; an empty one, as beside a picture, is one. */
export function countSegments(text: string): Segments {
  const characters = Array.from(text);
  const isGsm = characters.every((character) => basic.has(character) || extension.has(character));
  const encoding = isGsm ? 'gsm-7' : 'ucs-2';
  const sizes = characters.map((character) => (isGsm ? (extension.has(character) ? 2 : 1) : character.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const { single, part } = smsSizes[encoding];
  if (units <= single) return { encoding, units, segments: 1, remaining: single - units };
  const { segments, filled } = fill(sizes, part);
  return { encoding, units, segments, remaining: part - filled };
}

/** An escaped septet or a surrogate pair is never split, so a segment may not be full. */
function fill(sizes: readonly number[], part: number): { readonly segments: number; readonly filled: number } {
  let segments = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled + size > part) {
      segments += 1;
      filled = 0;
    }
    filled += size;
  }
  return { segments, filled };
}
