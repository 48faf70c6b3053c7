/** The list with one of it at another place; places are from 0 on, and cut to those there are. */
export function movedTo<Item>(items: readonly Item[], item: Item, place: number): readonly Item[] {
  const others = items.filter((one) => one !== item);
  const at = Math.max(0, Math.min(others.length, place));
  return others.toSpliced(at, 0, item);
}

/** Where something lands that is let go at `y`, among rows of which each other one has this middle. */
export function placeAt(y: number, middles: readonly number[]): number {
  return middles.filter((middle) => middle < y).length;
}

/** The items in the order of their ids; those that it does not name come last, as they were. */
export function inOrder<Item extends { readonly id: string }>(items: readonly Item[], ids: readonly string[]): readonly Item[] {
  const place = (id: string) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
  return items.toSorted((a, b) => place(a.id) - place(b.id));
}
