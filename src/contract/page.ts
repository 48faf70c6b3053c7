import { z } from 'zod';

const number = (min: number, max: number, fallback: number) => z.coerce.number().int().min(min).max(max).default(fallback);

/**
 * Query of every list. `extra` adds filters; `sort` names the columns that can be sorted by, the first is the default.
 * An undeclared parameter is refused: a misspelt filter would silently show everything.
 */
export function listQuery<const Sort extends readonly [string, ...string[]], Extra extends z.ZodRawShape>(
  sort: Sort,
  extra: Extra,
) {
  return z.strictObject({
    page: number(1, 1_000_000, 1),
    per_page: number(1, 100, 20),
    sort: z.enum(sort).default(sort[0] as never),
    order: z.enum(['asc', 'desc']).default('desc'),
    ...extra,
  });
}

type ListQuery = { readonly page: number; readonly per_page: number; readonly sort: string; readonly order: 'asc' | 'desc' };

/** What a room is asked for: so many items after so many, in this order. Pages are for the API alone. */
export type ListRequest<Query extends ListQuery = ListQuery> = {
  readonly limit: number;
  readonly offset: number;
  readonly sort: Query['sort'];
  readonly order: Query['order'];
};

/** What a room answers: the items asked for, and how many there are in all. */
export type Listed<Item> = { readonly items: readonly Item[]; readonly total: number };

export function listRequest<Query extends ListQuery>({ page, per_page: perPage, sort, order }: Query): ListRequest<Query> {
  return { limit: perPage, offset: (page - 1) * perPage, sort, order };
}

/** The reply of a list endpoint. */
export function answerPage<Query extends ListQuery, Item, Reply>(
  query: Query,
  find: (request: ListRequest<Query>) => Listed<Item>,
  toReply: (item: Item) => Reply,
): { items: Reply[]; page: number; perPage: number; total: number } {
  const { items, total } = find(listRequest(query));
  return { items: items.map((item) => toReply(item)), page: query.page, perPage: query.per_page, total };
}

/** The reply of a list that is whole in memory. `ascending`: its items by the sort that was asked for, first to last. */
export function answerInMemory<Query extends ListQuery, Item, Reply>(
  query: Query,
  ascending: readonly Item[],
  toReply: (item: Item) => Reply,
): { items: Reply[]; page: number; perPage: number; total: number } {
  const ordered = query.order === 'asc' ? ascending : ascending.toReversed();
  const find = ({ limit, offset }: ListRequest) => ({ items: ordered.slice(offset, offset + limit), total: ordered.length });
  return answerPage(query, find, toReply);
}

/** Reply of every list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), page: z.number().int(), perPage: z.number().int(), total: z.number().int() });
}
