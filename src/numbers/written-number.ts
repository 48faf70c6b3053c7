import { normalizeDigits } from '#contract/normalize-digits.ts';

/** A written number without everything that is no part of it. */
export type WrittenNumber = {
  /** Digits, `*`, `#` and a leading `+`; other characters only where it is no number at all. */
  readonly digits: string;
  /** What a number of RFC 3966 is to be completed with, such as `+49`. */
  readonly context: string | undefined;
};

/** Longer text is no number, whatever stands around it. */
const maxTextLength = 160;
const scheme = /^(?:tel|callto|sips?):(?:\/\/)?/i;
const globalContext = /;phone-context=\+([\d\-.()]+)/i;

/** The base number before pauses and before an extension, whose digits are for the one who answers. */
const withMore = /^(\+?\d+)(?:,+[\d,pw*#]*|[pw]+\d[\d,pw*#]*|(?:x|extn?|extension)[.:]?\d{1,9}#?)$/i;

/**
 * Reads `tel:` and `sip:` URIs, parameters such as `;ext=`, `;isub=` and `;npdi`, pauses, extensions (`,,12`, `x12`, `ext. 12`) and the `#`
 * that many adapters send at the end. Undefined where the text is too long.
 */
export function readWritten(text: string): WrittenNumber | undefined {
  if (text.length > maxTextLength) return undefined;
  const [number = ''] = withoutScheme(text.trim()).split(';', 1);
  const written = normalizeDigits(number);
  const base = withMore.exec(written)?.[1] ?? written.replace(/^(\+?\d+)#$/, '$1');
  // No country code begins with 0: some trunks put the plus before the prefix it stands for.
  const digits = base.replace(/^\+00(?=[1-9])/, '+');
  const context = globalContext.exec(text)?.[1];
  return { digits, context: context === undefined || digits.startsWith('+') ? undefined : `+${normalizeDigits(context)}` };
}

function withoutScheme(text: string): string {
  const found = scheme.exec(text);
  if (found === null) return text;
  const rest = text.slice(found[0].length);
  return found[0].toLowerCase().startsWith('sip') ? (rest.split('@', 1)[0] ?? '') : rest;
}
