import { isIPv4, isIPv6 } from 'node:net';

// Numeric IP addresses: compare, match, classify. Pure.

/** 4, 6, or undefined for a name. No brackets, no zone. */
export function familyOf(address: string): 4 | 6 | undefined {
  if (isIPv4(address)) return 4;
  return isIPv6(address) ? 6 : undefined;
}

/** Strips the brackets of an IPv6 host of a URI or Via. */
export function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

/** An address as written in a URI or Via: IPv6 in brackets. */
export function withBrackets(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** 4 or 16 bytes in network order; undefined for a name. */
export function addressBytes(address: string): number[] | undefined {
  const family = familyOf(address);
  if (family === 4) return address.split('.').map(Number);
  if (family === undefined) return undefined;
  return ipv6Bytes(address.replace(/%.*$/, ''));
}

function ipv6Bytes(address: string): number[] {
  const lastColon = address.lastIndexOf(':');
  const tail = address.slice(lastColon + 1);
  const text = tail.includes('.') ? `${address.slice(0, lastColon + 1)}${ipv4AsGroups(tail)}` : address;
  const [head = '', rest] = text.split('::');
  const before = groups(head);
  const after = rest === undefined ? [] : groups(rest);
  const zeros = rest === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<number>(zeros).fill(0), ...after].flatMap((group) => [group >> 8, group & 255]);
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function ipv4AsGroups(text: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** True if both are the same address, however written. Names are never equal to anything. */
export function isSameAddress(one: string, other: string): boolean {
  if (one === other) return familyOf(one) !== undefined;
  if (!one.includes(':') || !other.includes(':')) return false;
  const bytes = addressBytes(one);
  const otherBytes = addressBytes(other);
  return bytes !== undefined && otherBytes !== undefined && bytes.every((byte, index) => byte === otherBytes[index]);
}

/** Leading octets that both addresses share. */
export function equalOctets(one: string, other: string): number {
  const bytes = addressBytes(one);
  const otherBytes = addressBytes(other);
  if (bytes === undefined || otherBytes === undefined || bytes.length !== otherBytes.length) return 0;
  const first = bytes.findIndex((byte, index) => byte !== otherBytes[index]);
  return first === -1 ? bytes.length : first;
}

/** A network: `192.168.0.0/16`, `fd00::/8`, or one address. */
export type Network = { readonly bytes: readonly number[]; readonly bits: number };

export function parseNetwork(text: string): Network | undefined {
  const [address = '', bitsText, more] = text.split('/');
  const bytes = addressBytes(address);
  if (bytes === undefined || more !== undefined) return undefined;
  if (bitsText === undefined) return { bytes, bits: bytes.length * 8 };
  const bits = /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : -1;
  return bits < 0 || bits > bytes.length * 8 ? undefined : { bytes, bits };
}

export function isInNetwork(address: string, network: Network): boolean {
  const bytes = addressBytes(address);
  return bytes !== undefined && areBytesIn(bytes, network);
}

/** The same for the bytes of an address that is compared with many networks. */
export function areBytesIn(bytes: readonly number[], network: Network): boolean {
  if (bytes.length !== network.bytes.length) return false;
  const whole = network.bits >> 3;
  for (let index = 0; index < whole; index += 1) if (bytes[index] !== network.bytes[index]) return false;
  const mask = 0xff & ~(0xff >> (network.bits & 7));
  return mask === 0 || ((bytes[whole] ?? 0) & mask) === ((network.bytes[whole] ?? 0) & mask);
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** False for what cannot be a single peer: names, multicast, broadcast, the unspecified address, port 0. */
export function isUnicastPeer(address: string, port: number): boolean {
  if (!Number.isInteger(port) || port <= 0 || port > 65_535) return false;
  const family = familyOf(address);
  if (family !== 4) return family === 6 && address !== '::' && !/^ff/i.test(address);
  const first = Number.parseInt(address, 10);
  return first !== 0 && first < 224;
}
