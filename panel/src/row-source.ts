// Where an endless list gets its rows from, one page after another.
export type RowPage<Item> = {
  readonly items: readonly Item[];
  /** Of the page after this one; undefined where this is the last. */
  readonly next: string | undefined;
  /** How many rows there are in all, where the house tells. */
  readonly total?: number;
};

export type RowSource<Item> = {
  /** The page at a cursor; without one the first, with the newest. */
  readonly load: (cursor: string | undefined) => Promise<RowPage<Item>>;
  /** The page that a row is in. Where it is given, and `total` as well, somebody may scroll anywhere at once, and not only to what is read. */
  readonly pageAt?: (index: number) => { readonly cursor: string; readonly first: number };
};

const perPage = 100;

type Asked = { readonly page: number; readonly per_page: number };

/** From an endpoint whose lists have pages with numbers: `pagesOf((asked) => call(listThings, { query: { ...asked, text } }))`. */
export function pagesOf<Item>(
  read: (asked: Asked) => Promise<{ readonly items: readonly Item[]; readonly total: number }>,
): RowSource<Item> {
  return {
    load: async (cursor = '1') => {
      const page = Number(cursor);
      const { items, total } = await read({ page, per_page: perPage });
      return { items, total, next: page * perPage < total ? String(page + 1) : undefined };
    },
    pageAt: (index) => {
      const page = Math.floor(index / perPage);
      return { cursor: String(page + 1), first: page * perPage };
    },
  };
}
