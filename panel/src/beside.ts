/** Right-to-left letters, and the characters that set a direction (UAX 9 sections 2 and 3.2). */
const turns =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
/** One that is not closed, or closes what it did not open, would reach beyond any isolation. */
const controls = /[\u202A-\u202E\u2066-\u2069]/g;

/** What somebody else wrote, for a place beside other words: whatever its direction, it turns nothing but itself around. */
export function isolated(text: string): string {
  return turns.test(text) ? `\u2068${text.replaceAll(controls, '')}\u2069` : text;
}

/** Words that stand beside each other with a dot between; those that are empty are left out. */
export function beside(...texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .map(isolated)
    .join(' · ');
}
