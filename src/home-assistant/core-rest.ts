// Owns requests to Core's REST API: where they go, how long they may take, and what a refusal is.
// Used for what the WebSocket API does not have: speech to text and the events of calendars.
// Must stay true: requests go to Core's own address and follow no redirect; a failure is a CoreError and nothing else.
import type { Clock } from '#base/clock.ts';
import { CoreError } from './core-connection.ts';
import type { CoreAccess, CoreErrorCode } from './core-connection.ts';
import { refusesToken, unreachable } from './core-error.ts';
import { within } from './core-limit.ts';

export type CoreRequest = {
  readonly method?: 'GET' | 'POST';
  /** Spelled as they are: Supervisor passes on a few, and knows them by their capitals. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** Of the whole exchange; 15 s where it is left out. */
  readonly limitMs?: number;
};

/** `path`: such as `/api/config`. Resolves with the JSON of Core's answer, whose shape the caller checks. */
export type CoreFetch = <Reply>(path: string, request?: CoreRequest) => Promise<Reply>;

const defaultLimitMs = 15_000;
/** Of an answer; a year of a calendar has less. */
const maxBytes = 8_000_000;

/** `closing`: ends what is under way, so that a silent Core holds up no stop of the house. */
export function coreFetch({ url, token }: CoreAccess, clock: Clock, closing?: AbortSignal): CoreFetch {
  return async <Reply>(path: string, { headers, limitMs = defaultLimitMs, ...request }: CoreRequest = {}): Promise<Reply> => {
    const abort = new AbortController();
    const signal = closing === undefined ? abort.signal : AbortSignal.any([abort.signal, closing]);
    const exchange = async () => {
      const authorization = { ...headers, Authorization: `Bearer ${token}` };
      const response = await fetch(url + path, {
        ...request,
        headers: authorization,
        redirect: 'manual',
        signal,
      });
      const text = await readText(response, url);
      if (!response.ok) throw refusal(response.status, { path, text, url });
      return JSON.parse(text) as Reply;
    };
    try {
      return await within(exchange(), limitMs, { clock, late: () => unreachable(url) });
    } catch (error) {
      throw error instanceof CoreError ? error : unreachable(url, error);
    } finally {
      abort.abort();
    }
  };
}

async function readText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new CoreError('unavailable', `Home Assistant at ${url} answers more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const codes: Readonly<Record<number, CoreErrorCode>> = { 400: 'invalid', 403: 'forbidden', 404: 'not-found', 415: 'invalid' };

function refusal(status: number, { path, text, url }: { readonly path: string; readonly text: string; readonly url: string }) {
  if (status === 401) return refusesToken(url);
  if (status >= 500) return unreachable(url, new Error(`${path}: ${status}`));
  const reason = String(status);
  if (status >= 300 && status < 400) {
    const words = `Home Assistant at ${url} redirects to another address: set home_assistant_url to that one`;
    return new CoreError('unavailable', words, { reason });
  }
  return new CoreError(codes[status] ?? 'invalid', `Home Assistant refuses ${path} (${status}): ${text.slice(0, 200)}`, {
    reason,
  });
}
