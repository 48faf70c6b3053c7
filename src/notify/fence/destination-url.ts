import { isIP } from 'node:net';
import { addressKind } from './address-verdict.ts';

/** Names that are no names of the internet (RFC 6761, 6762, 8375, and ICANN's `internal`). */
const localName = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/;

/**
 * Why nothing may be sent there, in the words of whoever entered it; undefined where it may. Where a name leads is known when it is sent
 * alone. `choice`: the field that allows the own network.
 */
export function destinationUrlProblem(text: string, allowsOwnNetwork: boolean, choice = 'allowsPrivate'): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'must be an address such as https://example.org/hook';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must hold no name and password';
  if (url.hash !== '') return 'must hold no #: nothing behind it is ever sent';
  // The parser has made 127.1, 0x7f.1 and 2130706433 the same address; IPv6 stands in brackets.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const kind = isIP(host) === 0 ? kindOfName(host) : addressKind(host);
  if (kind === 'never') return 'is no address that anything may be sent to';
  if (kind === 'own-network') return allowsOwnNetwork ? undefined : `is in your own network: set ${choice} to send there`;
  return url.protocol === 'https:' ? undefined : 'must begin with https://: outside your own network anybody could read it';
}

function kindOfName(host: string): 'own-network' | 'outside' {
  return localName.test(host) || !host.includes('.') ? 'own-network' : 'outside';
}

/** The same for a server below whose address is sent, such as `https://example.org/gotify`. */
export function serverUrlProblem(text: string, allowsOwnNetwork: boolean): string | undefined {
  const problem = destinationUrlProblem(text, allowsOwnNetwork, 'allowsOwnNetwork');
  if (problem !== undefined) return problem;
  return URL.parse(text)?.search === '' && !text.includes('?') ? undefined : 'must hold no ?';
}

/** An address below that of a server, which may itself be below a prefix. `path` without a slash before it. */
export function belowServer(server: string, path: string): string {
  return `${server.replace(/\/+$/, '')}/${path}`;
}
