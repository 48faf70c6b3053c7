import { isPrivateHost } from '#base/ssrf-guard.ts';
import type { ReadAddressBooks, RemoteBook } from './address-book.ts';

const maxReplyBytes = 32 * 1024 * 1024;

/** Whether a password may be sent there: encrypted, or inside the house. */
export function isAcceptableServer(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isPrivateHost(url));
}

/**
 * Reads every address book of an account (RFC 6352). The library waits without an end and takes an answer of 401 to 503 for an account
 * without books: `signal` ends it, and an account without books is a failure. Never throws.
 */
export const readAddressBooks: ReadAddressBooks = async ({ url, username, password, signal }) => {
  try {
    // Most houses have none, and it would cost each of them time and memory.
    const { DAVClient } = await import('tsdav');
    const client = new DAVClient({
      serverUrl: url,
      credentials: { username, password },
      authMethod: 'Basic',
      defaultAccountType: 'carddav',
      fetch: guardedFetch(signal),
    });
    await client.login();
    const listed = await client.fetchAddressBooks();
    if (listed.length === 0) return failed('The server lists no address book: it may have denied access');
    const books: RemoteBook[] = [];
    for (const addressBook of listed) {
      const cards = await client.fetchVCards({ addressBook });
      const texts = cards.flatMap(({ url: at, data }) => (typeof data === 'string' ? [{ url: at, text: data }] : []));
      books.push({ url: addressBook.url, cards: texts });
    }
    return { kind: 'ok', books };
  } catch (error) {
    return failed(signal.aborted ? 'The server timed out' : explain(error));
  }
};

/** In limits of time and size; a password is not carried on to a server that it was not given for. */
function guardedFetch(signal: AbortSignal): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, signal });
    if (!isAcceptableServer(response.url)) throw new Error(`${new URL(response.url).host} has no encryption`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > maxReplyBytes) throw new Error(`it sends more than ${maxReplyBytes / 1024 / 1024} MiB`);
      chunks.push(chunk);
    }
    const { status, statusText, headers } = response;
    const hasBody = status !== 204 && status !== 205 && status !== 304;
    return new Response(hasBody ? Buffer.concat(chunks) : null, { status, statusText, headers });
  };
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (/invalid credentials|401/i.test(message)) return 'The server rejected the username or password';
  if (/principalUrl|homeUrl/i.test(message)) return 'There is no CardDAV server at this address, or it has an error';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : message;
  return `The server cannot be read: ${cause.slice(0, 200)}`;
}

function failed(problem: string) {
  return { kind: 'failed', problem } as const;
}
