import { isWithheldWord } from '#contract/withheld-number.ts';

/** Whether messages can be sent to it: E.164, and neither a short code nor a placeholder for a withheld number. */
export function isTextable(number: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(number) && !isWithheldWord(number);
}
