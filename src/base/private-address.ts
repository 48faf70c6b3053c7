import { BlockList, isIP } from 'node:net';

const privateBlocks = new BlockList();
for (const [address, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
  ['0.0.0.0', 8],
] as const) {
  privateBlocks.addSubnet(address, bits, 'ipv4');
}
for (const [address, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  privateBlocks.addSubnet(address, bits, 'ipv6');
}

/** Addresses that are not routed on the internet (RFC 6890), IPv4-mapped IPv6 (`::ffff:10.0.0.1`) included. False for a name. */
export function isPrivate(address: string): boolean {
  const plain = withoutZone(address);
  const family = isIP(plain);
  // A BlockList applies IPv4 rules too to an IPv6 address that maps one.
  return family !== 0 && privateBlocks.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/** The canonical form of an address: IPv4 from an IPv6 socket without its `::ffff:`, IPv6 without its zone. */
export function normalizeAddress(address: string): string {
  return withoutZone(address).replace(/^::ffff:(?=\d+\.)/i, '');
}

/**
 * What an address counts as where sources are limited: of IPv6 its /56, which a provider gives to one subscriber (RFC 6177), who may use
 * any address of it.
 */
export function subscriberKey(address: string): string {
  const plain = normalizeAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = (tail === undefined ? before : [...before, ...zeros, ...after])
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16));
  const [a = 0, b = 0, c = 0, d = 0] = groups;
  return `${[a, b, c, d & 0xff00].map((group) => group.toString(16)).join(':')}::/56`;
}

function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone === -1 ? address : address.slice(0, zone);
}
