import { z } from 'zod';

const number = (min: number, max: number, fallback: number) => z.coerce.number().int().min(min).max(max).default(fallback);

/**
 * Query of every list. `extra` adds filters; `sort` names the columns that can be sorted by, the first is the default.
 * A parameter nobody declared is refused: a misspelt filter would silently show everything.
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

/** Reply of every list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), page: z.number().int(), perPage: z.number().int(), total: z.number().int() });
}

export const isoDateTime = z.iso.datetime();
