// Tells whether an address is in a network that this machine is in: a house may have public addresses, by IPv6 always.
// Called by calls.ts.
// Must stay true: a network that is not told by the system is none.
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { normalizeAddress } from '#base/private-address.ts';

export function isOwnNetwork(address: string, interfaces = networkInterfaces()): boolean {
  const plain = normalizeAddress(address);
  const family = isIP(plain);
  if (family === 0) return false;
  const own = new BlockList();
  for (const { cidr } of Object.values(interfaces).flatMap((one) => one ?? [])) {
    const [network = '', bits] = cidr?.split('/') ?? [];
    if (bits !== undefined) own.addSubnet(network, Number(bits), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return own.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}
