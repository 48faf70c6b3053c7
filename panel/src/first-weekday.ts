const names = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Not in the types yet; Firefox does not have it. */
type WithWeek = { readonly getWeekInfo?: () => { readonly firstDay: number } };

/** The day that a week begins with, Monday is 1: `wanted` in Home Assistant, where `language` leaves it to the language `tag`. */
export function firstWeekday(tag: string, wanted = 'language'): number {
  const named = names.indexOf(wanted) + 1;
  if (named > 0) return named;
  const { getWeekInfo } = Intl.Locale.prototype as WithWeek;
  return getWeekInfo?.call(new Intl.Locale(tag)).firstDay ?? 1;
}

/** The seven days in the order in which they are shown. */
export function weekFrom(first: number): readonly number[] {
  return Array.from({ length: 7 }, (_none, index) => ((first - 1 + index) % 7) + 1);
}
