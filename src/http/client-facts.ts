import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { normalizeAddress } from '#base/private-address.ts';

/** What is known of where a request comes from, and how the browser sees this server. */
export type ClientFacts = {
  readonly address: string;
  /** Whether the browser speaks TLS, to us or to a proxy of the house. */
  readonly isSecure: boolean;
  /** Such as `gosip.local:8080`. */
  readonly host: string;
  /** The path in front of `/api` as the browser sees it: empty, or such as `/gosip`. */
  readonly prefix: string;
};

export type ProxyOptions = {
  /** Whether this address is a proxy of the house, whose X-Forwarded headers count. */
  readonly isTrustedProxy: (address: string) => boolean;
  /** The API's address as browsers see it through a proxy, for one that does not say it. */
  readonly publicUrl?: URL | undefined;
};

export type ReceivedRequest = {
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  readonly isEncrypted: boolean;
};

/** X-Forwarded headers count only where the connection comes from a proxy of the house; anybody can write them. */
export function clientFactsOf({ headers, address, isEncrypted }: ReceivedRequest, options: ProxyOptions): ClientFacts {
  const peer = normalizeAddress(address);
  const host = headers.host ?? '';
  if (!options.isTrustedProxy(peer)) return { address: peer, isSecure: isEncrypted, host, prefix: '' };
  const { publicUrl } = options;
  const protocol = firstOf(headers['x-forwarded-proto']) ?? publicUrl?.protocol.slice(0, -1);
  return {
    address: clientAddress(peer, textOf(headers['x-forwarded-for']), options.isTrustedProxy),
    isSecure: isEncrypted || protocol?.toLowerCase() === 'https',
    host: firstOf(headers['x-forwarded-host']) ?? host,
    prefix: pathPrefix(firstOf(headers['x-forwarded-prefix']) ?? publicUrl?.pathname),
  };
}

/** The last hop that is no proxy of the house: what stands before it, the client may have written itself. */
function clientAddress(peer: string, forwardedFor: string, isTrustedProxy: (address: string) => boolean): string {
  let last = peer;
  for (const hop of forwardedFor.split(',').toReversed()) {
    const address = withoutPort(hop.trim());
    if (isIP(address) === 0) return last;
    last = normalizeAddress(address);
    if (!isTrustedProxy(last)) return last;
  }
  return last;
}

/** Some proxies write `192.0.2.7:51234` and `[2001:db8::7]:51234`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(hop)?.[1] ?? hop;
}

/** It becomes a part of a header. */
function pathPrefix(path: string | undefined): string {
  const plain = (path ?? '').replace(/\/+$/, '');
  return /^(?:\/[\w.~-]+)+$/.test(plain) ? plain : '';
}

function textOf(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

function firstOf(value: string | string[] | undefined): string | undefined {
  const first = textOf(value).split(',')[0]?.trim();
  return first === '' ? undefined : first;
}
