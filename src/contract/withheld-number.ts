/** Words typed on a keypad that networks send in place of a hidden number: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE. */
const withheld: ReadonlySet<string> = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253']);

/** Whether a number in E.164 is a word for "withheld". Some begin like a country code, and cannot be called back. */
export function isWithheldWord(number: string): boolean {
  return withheld.has(number);
}
