/**
 * All rows in the order of their ids (keyset pagination), some hundred at a time: memory stays small, and rows may come and go meanwhile.
 * `after` gives so many of those whose id is greater.
 */
export function* readByKeyset<Row extends { readonly id: string }>(
  after: (id: string, limit: number) => readonly Row[],
  perRead = 500,
): Generator<Row> {
  for (let last = ''; ;) {
    const part = after(last, perRead);
    yield* part;
    const end = part.at(-1);
    if (end === undefined || part.length < perRead) return;
    last = end.id;
  }
}
