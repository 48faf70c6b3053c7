import { RE2JS } from 're2js';
import type { BlocklistKind } from './blocklist-entry.ts';

/** How numbers are read in the house's country; undefined: it is none. */
export type ReadNumbers = {
  /** A whole number as E.164. */
  readonly number: (text: string) => string | undefined;
  /** The digits a number begins with, with the plus. */
  readonly prefix: (text: string) => string | undefined;
};

export type PatternReading =
  | { readonly kind: 'read'; readonly pattern: string }
  | { readonly kind: 'refused'; readonly problem: string };

const maxPatternLength = 200;
/** What matches all of these blocks everybody. */
const numbersOfAllKinds = ['+12125550123', '+442079460123', '+4930901820', '+819012345678', '+5511987654321', '+61491570156'];

/** The pattern as it is kept, or why it is refused, in the words of the one who wrote it. Pure. */
export function readPattern(kind: BlocklistKind, text: string, read: ReadNumbers): PatternReading {
  const written = text.trim();
  switch (kind) {
    case 'exact':
      return orRefuse(read.number(written), 'is not a phone number: write it like +14165550123 or as you would dial it');
    case 'prefix':
      return orRefuse(read.prefix(written.replace(/\*$/, '')), 'must be the first digits of numbers, like +49900 or 0900');
    case 'regex':
      return readRegex(written);
  }
}

function readRegex(pattern: string): PatternReading {
  if (pattern === '') return { kind: 'refused', problem: 'must not be empty' };
  if (pattern.length > maxPatternLength)
    return { kind: 'refused', problem: `must be at most ${maxPatternLength} characters long` };
  const compiled = compile(pattern);
  if (typeof compiled === 'string') return { kind: 'refused', problem: compiled };
  const blocksAll = numbersOfAllKinds.every((number) => compiled.test(number));
  return blocksAll ? { kind: 'refused', problem: 'would block every caller' } : { kind: 'read', pattern };
}

/** Linear in the length of the number, whatever the pattern is (RE2). A text is why it is not one. */
export function compile(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return error instanceof Error ? error.message : 'is not a regular expression';
  }
}

function orRefuse(pattern: string | undefined, problem: string): PatternReading {
  return pattern === undefined ? { kind: 'refused', problem } : { kind: 'read', pattern };
}
