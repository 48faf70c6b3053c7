import type { AnyEndpoint } from '#contract/endpoint.ts';

type Text = string | number | boolean;

export type RequestParts = {
  readonly params?: Readonly<Record<string, Text>>;
  readonly query?: Readonly<Record<string, Text | undefined>>;
  readonly body?: unknown;
  /** The request’s own name: sent again with it, it makes nothing twice. */
  readonly once?: string;
};

export type Address = Pick<AnyEndpoint, 'method' | 'path'>;

/** The path below `/api` with its query; what is undefined in it is left out. */
export function requestPath({ path }: Address, { params = {}, query = {} }: RequestParts): string {
  const filled = path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(String(params[name] ?? '')));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return search === '' ? filled : `${filled}?${search}`;
}
