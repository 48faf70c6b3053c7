import type { RowPage, RowSource } from './row-source.ts';

type Place = { readonly cursor: string | undefined; readonly first: number };

/** The rows of an endless list that were read, each at its place; between them may be some that were not. */
export class KnownRows<Item> {
  readonly #source: RowSource<Item>;
  readonly #keyOf: (item: Item) => string;
  /** With holes. */
  #items: (Item | undefined)[] = [];
  #total: number | undefined;
  #next: string | undefined;
  #isRead = false;

  constructor(source: RowSource<Item>, keyOf: (item: Item) => string) {
    this.#source = source;
    this.#keyOf = keyOf;
  }

  /** Whether the newest were read. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Rows that can be scrolled to; the last of them may stand for those to come. */
  get length(): number {
    if (this.#isAnywhere) return this.#total ?? 0;
    return this.#items.length + (this.#next === undefined ? 0 : 1);
  }

  /** All there are; undefined where nobody knows. */
  get total(): number | undefined {
    return this.#total ?? (this.#next === undefined ? this.#items.length : undefined);
  }

  get #isAnywhere(): boolean {
    return this.#source.pageAt !== undefined && this.#total !== undefined;
  }

  at(index: number): Item | undefined {
    return this.#items[index];
  }

  keyAt(index: number): string | undefined {
    const item = this.#items[index];
    return item === undefined ? undefined : this.#keyOf(item);
  }

  /** Where a row is now; `near` is looked at first. */
  indexOf(key: string, near: number): number | undefined {
    if (this.keyAt(near) === key) return near;
    const index = this.#items.findIndex((item) => item !== undefined && this.#keyOf(item) === key);
    return index === -1 ? undefined : index;
  }

  /** The page to be read for the first row of these that was not. */
  missing(start: number, end: number): Place | undefined {
    for (let index = start; index < Math.min(end, this.length); index += 1)
      if (this.#items[index] === undefined) return this.#pageOf(index);
    return undefined;
  }

  /** The pages of these rows, but for the first of all. */
  pagesOf(start: number, end: number): readonly Place[] {
    const pageAt = this.#source.pageAt;
    if (pageAt === undefined) return [];
    const places = new Map<number, Place>();
    for (let index = start; index < Math.min(end, this.length); index += 1) {
      const place = pageAt(index);
      if (place.first > 0) places.set(place.first, place);
    }
    return [...places.values()];
  }

  #pageOf(index: number): Place {
    const page = this.#isAnywhere ? this.#source.pageAt?.(index) : undefined;
    return page ?? { cursor: this.#next, first: this.#items.length };
  }

  /** Takes a page in. A row that moved while it was read is at its new place alone. */
  add({ first }: Place, page: RowPage<Item>): void {
    if (this.#isAnywhere) {
      this.#forget(new Set(page.items.map((item) => this.#keyOf(item))));
      this.#put(first, page.items);
      // What was to be there is gone, though nobody told.
      this.#total = page.items.length === 0 ? Math.min(page.total ?? first, first) : (page.total ?? this.#total);
    } else {
      const known = new Set(this.#items.map((item) => (item === undefined ? '' : this.#keyOf(item))));
      this.#put(
        this.#items.length,
        page.items.filter((item) => !known.has(this.#keyOf(item))),
      );
      this.#next = page.next;
      this.#total = page.total;
    }
    this.#cut();
  }

  /** Takes the newest in as they were read again. Returns by how much the others moved down; undefined where none of them is known any more. */
  renew(page: RowPage<Item>): number | undefined {
    const moved = this.#isRead ? this.#movedBy(page.items) : undefined;
    this.#isRead = true;
    if (moved === undefined) {
      this.#items = [];
      this.#next = page.next;
    } else if (moved < 0) this.#items.splice(0, -moved);
    else this.#items = [...Array.from<undefined>({ length: moved }), ...this.#items];
    this.#total = page.total;
    // What was read so far is no more than this page.
    if (this.#items.length <= page.items.length) this.#next = page.next;
    const newest = new Set(page.items.map((item) => this.#keyOf(item)));
    const others = this.#items
      .slice(page.items.length)
      .map((item) => (item !== undefined && newest.has(this.#keyOf(item)) ? undefined : item));
    this.#items = [...page.items, ...(this.#isAnywhere ? others : others.filter((item) => item !== undefined))];
    if (page.next === undefined) {
      this.#items.length = page.items.length;
      this.#next = undefined;
    }
    this.#cut();
    return moved;
  }

  #movedBy(newest: readonly Item[]): number | undefined {
    const places = new Map(
      this.#items.flatMap((item, index) => (item === undefined ? [] : [[this.#keyOf(item), index] as const])),
    );
    const at = newest.findLastIndex((item) => places.has(this.#keyOf(item)));
    const last = newest[at];
    return last === undefined ? undefined : at - (places.get(this.#keyOf(last)) ?? 0);
  }

  #put(first: number, items: readonly Item[]): void {
    for (const [offset, item] of items.entries()) this.#items[first + offset] = item;
  }

  #forget(keys: ReadonlySet<string>): void {
    for (const [index, item] of this.#items.entries())
      if (item !== undefined && keys.has(this.#keyOf(item))) this.#items[index] = undefined;
  }

  #cut(): void {
    if (this.#isAnywhere) this.#items.length = Math.min(this.#items.length, this.#total ?? 0);
  }
}
