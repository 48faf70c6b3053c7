// Owns the dial plan: what dialled digits mean (emergency number, extension, service code, short number, full number), in this order.
// Called by calls for every dialled number.
// Must stay true: an emergency number wins over everything else.
import { emergencyNumber } from './emergency-numbers.ts';
import { domesticForms, isNumber, readFullNumber } from './e164.ts';
import { shortCost } from './short-numbers.ts';
import type { ShortCost } from './short-numbers.ts';
import { readWritten } from './written-number.ts';
import type { WrittenNumber } from './written-number.ts';

export type DialPlan = {
  /** The house's country, two letters. */
  readonly country: string;
  /** Whether these digits are the extension of one of our devices. */
  readonly isExtension: (digits: string) => boolean;
};

/** What dialled digits mean. Numbers of `external` are E.164, those of `short` go out as dialled. */
export type Dialled =
  /** `number` is what to send: the country's own where another country's was dialled. */
  | { readonly kind: 'emergency'; readonly number: string }
  | { readonly kind: 'extension'; readonly extension: string }
  | { readonly kind: 'external'; readonly number: string; readonly country: string | undefined }
  /** Numbers that exist inside one country only: crisis lines, enquiries, the harmonised 116 numbers of Europe. */
  | { readonly kind: 'short'; readonly number: string; readonly cost: ShortCost }
  /** A code such as `*97`. */
  | { readonly kind: 'service'; readonly code: string }
  | { readonly kind: 'invalid'; readonly reason: 'empty' | 'not-digits' | 'too-long' | 'no-such-number' };

const maxDialledLength = 40;

/**
 * Reads what a person dialled. Emergency numbers come first, so that no extension and no rule can hide them.
 * Of a number with pauses or an extension the base number is dialled. Pure; linear in the length of the input.
 */
export function readDialled(dialled: string, plan: DialPlan): Dialled {
  const written = readWritten(dialled);
  if (written === undefined || written.digits.length > maxDialledLength) return { kind: 'invalid', reason: 'too-long' };
  const { digits } = written;
  if (digits === '') return { kind: 'invalid', reason: 'empty' };
  const emergency = readEmergency(digits, plan.country);
  if (emergency !== undefined) return { kind: 'emergency', number: emergency };
  if (plan.isExtension(digits)) return { kind: 'extension', extension: digits };
  if (digits.startsWith('*') || digits.startsWith('#')) {
    return isServiceCode(digits) ? { kind: 'service', code: digits } : { kind: 'invalid', reason: 'not-digits' };
  }
  if (!isNumber(digits)) return { kind: 'invalid', reason: 'not-digits' };
  return readExternal(written, plan.country);
}

/** What hides or shows the caller's number for one call, in North America and on GSM: an emergency call is one all the same. */
const callerCode = /^(?:\*67|\*82|\*31#|#31#)(?=\d)/;

/** The emergency number to send, where that is what was dialled; for who must know before the call is read as a whole. */
export function readEmergency(dialled: string, country: string): string | undefined {
  const digits = (readWritten(dialled)?.digits ?? '').replace(callerCode, '');
  const [first = '', ...rest] = domesticForms(digits, country);
  // Behind the country code another country's emergency number may be the beginning of an ordinary one: +49 911 is Nuremberg.
  return emergencyNumber(first, country) ?? rest.find((form) => emergencyNumber(form, country) === form);
}

function readExternal(written: WrittenNumber, country: string): Dialled {
  for (const digits of domesticForms(written.digits, country)) {
    const cost = shortCost(digits, country);
    if (cost !== undefined) return { kind: 'short', number: digits, cost };
  }
  const full = readFullNumber(written, country);
  if (full === undefined) return { kind: 'invalid', reason: 'no-such-number' };
  return { kind: 'external', ...full };
}

function isServiceCode(text: string): boolean {
  return /^[*#][0-9*#]*$/.test(text);
}
