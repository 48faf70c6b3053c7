import { isIPv4 } from 'node:net';
import type { OriginationTarget } from './origination.ts';

type SipOptions = {
  /** Such as `udp:0.0.0.0:5060`. */
  readonly listen: readonly string[];
  readonly externalIp?: string | undefined;
};

/** Encrypted where we can, because it carries a secret; else by TCP, which no INVITE is too long for. Twilio has no IPv6. */
export function originationTargetOf({ listen, externalIp }: SipOptions): OriginationTarget {
  const host = externalIp !== undefined && isIPv4(externalIp) ? externalIp : undefined;
  for (const transport of ['tls', 'tcp', 'udp'] as const) {
    const found = listen.find((one) => one.startsWith(`${transport}:`));
    if (found !== undefined) return { host, transport, port: Number(found.slice(found.lastIndexOf(':') + 1)) };
  }
  return { host, transport: 'udp', port: 5060 };
}
