import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isPrivate, normalizeAddress } from './private-address.ts';

type Interfaces = ReturnType<typeof networkInterfaces>;

/** Whether an address is private, or in a network that this machine is in: a house may have public addresses, by IPv6 always. */
export function isLocalAddress(address: string, interfaces = networkInterfaces()): boolean {
  return isPrivate(address) || isOwnNetwork(address, interfaces);
}

function isOwnNetwork(address: string, interfaces: Interfaces): boolean {
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
