/** Address books of several programs write one group in several cases. */
export function isSameGroup(one: string, other: string): boolean {
  return one.localeCompare(other, 'en', { sensitivity: 'accent' }) === 0;
}
