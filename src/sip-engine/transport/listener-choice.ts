import { equalOctets, familyOf, isInNetwork, isLoopback } from '../message/addresses.ts';
import type { Network } from '../message/addresses.ts';
import type { Listener, Protocol } from './transport.ts';

/** A listener with what decides whether it fits a target. */
export type ListenerCandidate = {
  readonly listener: Listener;
  /** Networks that are reached directly through it. */
  readonly localNetworks: readonly Network[];
  readonly isExternal: boolean;
};

/**
 * The listener from which to reach an address: one whose local network contains it, else the one that shares most leading octets, else one
 * with an external address, else one that is not loopback; else the first.
 */
export function chooseListener(
  candidates: readonly ListenerCandidate[],
  protocol: Protocol,
  address: string,
): Listener | undefined {
  const family = familyOf(address);
  let best: { listener: Listener; rank: number } | undefined;
  for (const candidate of candidates) {
    const { listener } = candidate;
    if (listener.protocol !== protocol || (family !== undefined && listener.family !== family)) continue;
    const rank = rankOf(candidate, address);
    if (best === undefined || rank > best.rank) best = { listener, rank };
  }
  return best?.listener;
}

function rankOf({ listener, localNetworks, isExternal }: ListenerCandidate, address: string): number {
  const isLocal = localNetworks.some((network) => isInNetwork(address, network));
  const octets = equalOctets(listener.address, address);
  return (isLocal ? 1000 : 0) + octets * 10 + (isExternal ? 4 : 0) + (isLoopback(listener.address) ? 0 : 1);
}

const inOrder: readonly Protocol[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];
const secured: Readonly<Record<Protocol, Protocol>> = { udp: 'tls', tcp: 'tls', tls: 'tls', ws: 'wss', wss: 'wss' };

type UriKind = { readonly scheme: string; readonly transport: string | undefined; readonly family: 4 | 6 | undefined };

/** See Transport.protocolsFor. */
export function protocolsFor(listeners: readonly Listener[], { scheme, transport, family }: UriKind): readonly Protocol[] {
  const listens = (protocol: Protocol): boolean =>
    listeners.some((listener) => listener.protocol === protocol && (family === undefined || listener.family === family));
  const isSecure = scheme.toLowerCase() === 'sips';
  if (transport !== undefined) {
    const named = inOrder.find((protocol) => protocol === transport.toLowerCase());
    const wanted = named !== undefined && isSecure ? secured[named] : named;
    return wanted !== undefined && listens(wanted) ? [wanted] : [];
  }
  if (isSecure) return (['tls', 'wss'] as const).filter(listens);
  return inOrder.filter(listens);
}
