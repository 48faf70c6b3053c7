import type { Json } from '#testing/twilio/base/records.ts';

export type RestReply = {
  readonly status: number;
  readonly json?: Json;
  /** Bytes instead of JSON. */
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
};

export type RestRequest = {
  readonly method: string;
  /** From the pattern of the route, `:sid` as `sid`. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  /** `json`, `wav`, `mp3`, … or empty. */
  readonly extension: string;
  /** Without host, with its extension. */
  readonly path: string;
  /** `https://trunking.twilio.com`, for the addresses in pages. */
  readonly origin: string;
  readonly authorization: string | undefined;
};

export const ok = (json: Json): RestReply => ({ status: 200, json });
export const created = (json: Json): RestReply => ({ status: 201, json });
export const gone = (): RestReply => ({ status: 204 });

/** An error as Twilio words it. */
export function refuse(status: number, code: number, message: string): RestReply {
  return { status, json: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
}

export function unknown(path: string): RestReply {
  return refuse(404, 20404, `The requested resource ${path} was not found`);
}

export function isReply(value: object): value is RestReply {
  return 'status' in value && typeof value.status === 'number' && !('sid' in value);
}

type Page<Item> = {
  readonly items: readonly Item[];
  readonly key: string;
  readonly sidOf: (item: Item) => string;
  readonly toJson: (item: Item) => Json;
  /** The list changed since the page before: what stood last there comes again. */
  readonly isShifted?: boolean;
};

type PageSlice<Item> = {
  readonly size: number;
  readonly page: number;
  readonly shown: readonly Item[];
  readonly nextToken: string | undefined;
};

/** A page as the 2010 API shapes it. */
export function page2010<Item>(request: RestRequest, page: Page<Item>): RestReply {
  const cut = cutPage(request, page);
  if (!('shown' in cut)) return cut;
  const uri = (number: number, token?: string): string => pageAddress(request, cut.size, number, token);
  const start = cut.page * cut.size;
  return ok({
    [page.key]: cut.shown.map((item) => page.toJson(item)),
    page: cut.page,
    page_size: cut.size,
    start,
    end: Math.max(start, start + cut.shown.length - 1),
    uri: uri(cut.page, request.query.get('PageToken') ?? undefined),
    first_page_uri: uri(0),
    previous_page_uri: cut.page === 0 ? null : uri(cut.page - 1, `PB${request.query.get('PageToken')?.slice(2) ?? ''}`),
    next_page_uri: cut.nextToken === undefined ? null : uri(cut.page + 1, cut.nextToken),
  });
}

/** A page as the newer APIs shape it. */
export function pageMeta<Item>(request: RestRequest, page: Page<Item>): RestReply {
  const cut = cutPage(request, page);
  if (!('shown' in cut)) return cut;
  const url = (number: number, token?: string): string => request.origin + pageAddress(request, cut.size, number, token);
  return ok({
    meta: {
      page: cut.page,
      page_size: cut.size,
      first_page_url: url(0),
      previous_page_url: cut.page === 0 ? null : url(cut.page - 1, `PB${request.query.get('PageToken')?.slice(2) ?? ''}`),
      url: url(cut.page, request.query.get('PageToken') ?? undefined),
      next_page_url: cut.nextToken === undefined ? null : url(cut.page + 1, cut.nextToken),
      key: page.key,
    },
    [page.key]: cut.shown.map((item) => page.toJson(item)),
  });
}

function cutPage<Item>(request: RestRequest, { items, sidOf, isShifted = false }: Page<Item>): PageSlice<Item> | RestReply {
  const size = Number(request.query.get('PageSize') ?? 50);
  const page = Number(request.query.get('Page') ?? 0);
  if (!Number.isInteger(size) || size < 1 || size > 1000) return refuse(400, 20007, 'Page size must be between 1 and 1000');
  if (!Number.isInteger(page) || page < 0) return refuse(400, 20001, 'Page number out of range');
  const start = startOf(items, sidOf, { token: request.query.get('PageToken'), page, size });
  const from = isShifted && start > 0 ? start - 1 : start;
  const shown = items.slice(from, from + size);
  const last = shown.at(-1);
  return { size, page, shown, nextToken: from + size < items.length && last !== undefined ? `PA${sidOf(last)}` : undefined };
}

function startOf<Item>(
  items: readonly Item[],
  sidOf: (item: Item) => string,
  { token, page, size }: { readonly token: string | null; readonly page: number; readonly size: number },
): number {
  const at = token === null ? -1 : items.findIndex((item) => sidOf(item) === token.slice(2));
  if (at === -1 || token === null) return page * size;
  // A `PB` token names where the page after the wanted one started.
  return token.startsWith('PB') ? Math.max(0, at + 1 - size) : at + 1;
}

function pageAddress({ path, query }: RestRequest, size: number, page: number, token: string | undefined): string {
  const next = new URLSearchParams([...query].filter(([name]) => !['PageSize', 'Page', 'PageToken'].includes(name)));
  next.set('PageSize', String(size));
  next.set('Page', String(page));
  if (token !== undefined) next.set('PageToken', token);
  return `${path}?${next.toString()}`;
}
