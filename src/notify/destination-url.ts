import { BlockList, isIP } from 'node:net';
import { isPrivate } from '#base/private-address.ts';

/** Nobody's own network and no host of the internet: groups, reserved, and IPv6 that carries an IPv4 address inside (RFC 6890). */
const noHost = new BlockList();
for (const [address, bits] of [
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  noHost.addSubnet(address, bits, 'ipv4');
}
for (const [address, bits] of [
  ['ff00::', 8],
  ['64:ff9b::', 32],
  ['2002::', 16],
  ['2001::', 32],
] as const) {
  noHost.addSubnet(address, bits, 'ipv6');
}
/** Names that are no names of the internet (RFC 6761, 6762, 8375, and ICANN's `internal`). */
const localName = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/;

/** Why a webhook may not be sent there, in the words of whoever entered it; undefined where it may. */
export function destinationUrlProblem(text: string, allowsPrivate: boolean): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'must be an address such as https://example.org/hook';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must hold no name and password: what is sent is signed with the secret';
  if (url.hash !== '') return 'must hold no #: nothing behind it is ever sent';
  // The parser has made 127.1, 0x7f.1 and 2130706433 the same address; IPv6 stands in brackets.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(host);
  if (family !== 0 && noHost.check(host, family === 4 ? 'ipv4' : 'ipv6')) return 'is no address of a host';
  const isOwnNetwork = family === 0 ? localName.test(host) || !host.includes('.') : isPrivate(host);
  if (isOwnNetwork) return allowsPrivate ? undefined : 'is in your own network: set allowsPrivate to send there';
  return url.protocol === 'https:' ? undefined : 'must begin with https://: outside your own network anybody could read it';
}
