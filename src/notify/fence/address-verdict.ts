import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isLocalAddress } from '#base/own-networks.ts';

/** `outside`: a host of the internet. `own-network`: of the house's network, or this machine. `never`: nothing is ever sent there. */
export type AddressKind = 'outside' | 'own-network' | 'never';

/**
 * Groups, reserved, and link-local, where clouds keep their machines' credentials; IPv6 that carries an IPv4 address inside, which some
 * router turns into a connection to it (RFC 6890, 6052, 8215, 3056, 4380, 4291, 2765); the services of clouds at other addresses; the
 * Supervisor, which obeys whoever reaches it.
 */
const never = blockList([
  ...['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.88.99.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['100.100.100.200/32', '168.63.129.16/32', '172.30.32.2/32'],
  ...['fe80::/10', 'ff00::/8', '100::/64', '64:ff9b::/32', '2002::/16', '2001::/32', '::ffff:0:0:0/96', 'fd00:ec2::254/128'],
  '::/96',
]);
/** Of which the last block has this one address that is another thing. */
const loopback6 = blockList(['::1/128']);

/** Beside what is private: site-local of old (RFC 3879), and what proxies in the house give to names (RFC 2544). */
const ownToo = blockList(['fec0::/10', '198.18.0.0/15']);

/** Of a numeric address, IPv4 inside IPv6 (`::ffff:10.0.0.1`) included; with a zone (`fe80::1%eth0`) or no address at all: `never`. */
export function addressKind(address: string, isLocal: (address: string) => boolean = isLocalAddress): AddressKind {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return 'never';
  if (isIn(never, address) && !isIn(loopback6, address)) return 'never';
  return isIn(ownToo, address) || isLocal(address) ? 'own-network' : 'outside';
}

/** Whether an address is this machine's own. */
export function isThisMachine(address: string, interfaces = networkInterfaces()): boolean {
  const own = blockList(['127.0.0.0/8', '::1/128']);
  for (const { address: one, family } of Object.values(interfaces).flatMap((each) => each ?? [])) {
    own.addAddress(one.replace(/%.*/, ''), family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  return isIn(own, address);
}

function isIn(list: BlockList, address: string): boolean {
  // A BlockList applies IPv4 rules too to an IPv6 address that maps one.
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function blockList(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', bits] = block.split('/');
    list.addSubnet(network, Number(bits), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
