/** Twilio writes a withheld number as the word for it on a keypad: anonymous, restricted, blocked, unknown, unavailable. */
const withheld = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253']);

/** Whether somebody can be written to under this text: E.164, and neither a short code nor a word for "withheld". */
export function isWritable(number: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(number) && !withheld.has(number);
}
