import type { IncomingHttpHeaders } from 'node:http';

/** A page of another site cannot send it without asking first, and we allow none to. */
export const requestHeader = 'x-gosip-request';

export type CrossSiteQuestion = {
  readonly method: string;
  /** Whether the browser adds the credentials by itself: those of a session or of Home Assistant's ingress. */
  readonly isAmbient: boolean;
  readonly headers: IncomingHttpHeaders;
  /** How the browser sees this server. */
  readonly host: string;
  /** Further origins of ours, such as `https://phone.example.org`. */
  readonly ownOrigins: readonly string[];
};

/**
 * Why a request that changes something may have been made by a page of another site; undefined where it cannot. Sec-Fetch-Site (W3C
 * Fetch Metadata) is the browser's own word; over plain HTTP there is the Origin alone.
 */
export function crossSiteProblem({ method, isAmbient, headers, host, ownOrigins }: CrossSiteQuestion): string | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  const verdict = siteOf(headers, host, ownOrigins);
  if (verdict === 'other') return 'A page of another site sent this request';
  if (!isAmbient || headers[requestHeader] !== undefined) return undefined;
  if (verdict === 'unknown') return 'This request does not say which page sent it: add the header X-GoSIP-Request';
  const isJson = /^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '');
  return isJson ? undefined : 'This request needs a body of JSON or the header X-GoSIP-Request';
}

function siteOf(headers: IncomingHttpHeaders, host: string, ownOrigins: readonly string[]): 'own' | 'other' | 'unknown' {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  const isOwnOrigin =
    origin !== undefined && (ownOrigins.includes(origin.toLowerCase()) || hostOf(origin) === host.toLowerCase());
  if (site !== undefined) return site === 'same-origin' || isOwnOrigin ? 'own' : 'other';
  if (origin !== undefined) return isOwnOrigin ? 'own' : 'other';
  return 'unknown';
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}
