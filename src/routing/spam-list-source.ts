import { fetchPublic, isPublicHost } from '#base/ssrf-guard.ts';

export type FetchedList =
  | { readonly kind: 'ok'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly problem: string };

/** Fetches a list; `signal` ends it. Never throws. */
export type FetchList = (url: string, token: string | undefined, signal: AbortSignal) => Promise<FetchedList>;

type Get = typeof fetchPublic;

export const maxListBytes = 20 * 1024 * 1024;
const maxRedirects = 3;

/** Over TLS from a public host alone, redirects included: a list must not be a way into the house. The token goes to its own host only. */
export function listFetcher(get: Get = fetchPublic): FetchList {
  return async (address, token, signal) => {
    try {
      let url = new URL(address);
      const { host } = url;
      for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
        if (url.protocol !== 'https:' || !isPublicHost(url)) return failed(`${url.host} is not a public server with https`);
        const authorization = token !== undefined && url.host === host ? { Authorization: `Bearer ${token}` } : undefined;
        const response = await get(url, {
          headers: { Accept: 'text/csv, application/json, text/plain', ...authorization },
          signal,
        });
        const next = response.headers.get('location');
        if (response.status < 300 || response.status >= 400 || next === null) return await read(response);
        await response.body?.cancel();
        url = new URL(next, url);
      }
      return failed('Too many redirects');
    } catch (error) {
      return failed(signal.aborted ? 'The download timed out' : explain(error));
    }
  };
}

async function read(response: Response): Promise<FetchedList> {
  if (response.status === 401 || response.status === 403)
    return failed(`The server denied access (${response.status}): check the token`);
  if (response.status !== 200) return failed(`The server answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxListBytes) return failed(`The list is larger than ${maxListBytes / 1024 / 1024} MiB`);
    chunks.push(chunk);
  }
  return { kind: 'ok', bytes: Buffer.concat(chunks) };
}

function explain(error: unknown): string {
  return error instanceof Error ? `Download failed: ${error.message.slice(0, 200)}` : 'Download failed';
}

function failed(problem: string): FetchedList {
  return { kind: 'failed', problem };
}
