import { isIPv4 } from 'node:net';

type RelayAddressOptions = {
  /** The local address for media, where it is set. */
  readonly address?: string | undefined;
  /** Where SIP listens, such as `udp:192.0.2.5:5060`. */
  readonly listen: readonly string[];
  readonly externalIp?: string | undefined;
};

type RelayAddresses = { readonly address: string | undefined; readonly externalIp: string | undefined };

/** Where phones use one address for SIP, media comes from there too. The relay has IPv4 alone. */
export function relayAddresses({ address, listen, externalIp }: RelayAddressOptions): RelayAddresses {
  const sipAddresses = listen.map((one) => one.split(':')[1] ?? '');
  return {
    address: address ?? sipAddresses.find((one) => isIPv4(one) && one !== '0.0.0.0'),
    externalIp: externalIp !== undefined && isIPv4(externalIp) ? externalIp : undefined,
  };
}
