import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { request } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { isPrivate } from './private-address.ts';

/** Names that resolve only in private networks or on the machine itself (RFC 6761, 6762, 8375, 9476). */
const privateNames = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|home\.arpa)$/;

/**
 * A CDN has a name in the public DNS and answers at the default port. Bare addresses, private names, other ports and credentials in the
 * URL are what server-side request forgery uses.
 */
export function isPublicHost(url: URL): boolean {
  if (url.port !== '' || url.username !== '' || url.password !== '') return false;
  const name = url.hostname.replace(/\.$/, '');
  if (name.startsWith('[') || isIP(name) !== 0) return false;
  return name.includes('.') && !privateNames.test(name);
}

/** A private address, or a name that only the house knows. */
export function isPrivateHost(url: URL): boolean {
  const name = url.hostname.replace(/\.$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(name) === 0 ? !name.includes('.') || privateNames.test(name) : isPrivate(name);
}

type Lookup = (hostname: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void;

const systemLookup: Lookup = (hostname, done) => lookup(hostname, { all: true }, (error, addresses) => done(error, addresses));

/** Resolves a name for a connection; fails where any of its addresses is private. */
export function publicOnlyLookup(resolve: Lookup = systemLookup): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      const privateAddress = addresses?.find(({ address }) => isPrivate(address));
      if (error !== null || first === undefined) done(error ?? new Error(`${hostname} has no address`), '', 0);
      else if (privateAddress !== undefined) done(new Error(`${hostname} resolves to a private address`), '', 0);
      else if (options.all === true) done(null, [...addresses]);
      else done(null, first.address, first.family);
    });
  };
}

/** GET over TLS; the address is checked when it is connected to. Redirects are returned, not followed. */
export function fetchPublic(
  url: URL,
  {
    headers,
    signal,
    resolve,
  }: { readonly headers: Record<string, string>; readonly signal: AbortSignal; readonly resolve?: Lookup },
): Promise<Response> {
  return new Promise((done, failed) => {
    const sent = request(url, { headers, signal, lookup: publicOnlyLookup(resolve), agent: false }, (message) => {
      const { statusCode: status = 502 } = message;
      const pairs = Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value) => [name, value] as [string, string]),
      );
      const hasBody = status !== 204 && status !== 304;
      if (!hasBody) message.resume();
      done(new Response(hasBody ? (Readable.toWeb(message) as ReadableStream<Uint8Array>) : null, { status, headers: pairs }));
    });
    sent.once('error', failed);
    sent.end();
  });
}
