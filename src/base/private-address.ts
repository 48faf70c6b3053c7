import { BlockList, isIPv4 } from 'node:net';

const inside = new BlockList();
for (const [address, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
  ['0.0.0.0', 8],
] as const) {
  inside.addSubnet(address, bits, 'ipv4');
}

/** IPv4 addresses that mean nothing outside the house (RFC 6890). */
export function isPrivate(address: string): boolean {
  return isIPv4(address) && inside.check(address, 'ipv4');
}
