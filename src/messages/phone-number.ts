import { isWithheldWord } from '#contract/withheld-number.ts';

/** Whether somebody can be written to under this text: E.164, and neither a short code nor a word for "withheld". */
export function isTextable(number: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(number) && !isWithheldWord(number);
}
