import { familyOf } from '../message/addresses.ts';
import { parseListener } from './listener-options.ts';
import type { ListenerOptions, ListenerParse } from './listener-options.ts';

/** What has such an address does not come by the router: given the external one, a phone at home would lose its ACK and BYE there. */
const privateNetworks = [
  'own',
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];

/**
 * The listeners of an engine for a house: with an external host each is there twice, once for the private networks and once for
 * everything else; and there is always a way to call out over TLS.
 */
export function planListeners(texts: readonly string[], externalHost: string | undefined): ListenerParse {
  const listeners: ListenerOptions[] = [];
  for (const text of texts) {
    const parsed = parseListener(text);
    if (parsed.kind === 'problem') return parsed;
    listeners.push(...parsed.listeners.flatMap((listener) => withExternal(listener, externalHost)));
  }
  return { kind: 'listeners', listeners: withOutboundTls(listeners) };
}

/** Both share one socket: the source of a request decides which address is given. */
function withExternal(listener: ListenerOptions, externalHost: string | undefined): ListenerOptions[] {
  if (externalHost === undefined) return [listener];
  const local = { ...listener, localNetworks: privateNetworks };
  const isFit = listener.host === '*' || (familyOf(listener.host) === 6) === (familyOf(externalHost) === 6);
  return isFit ? [local, { ...listener, externalHost }] : [local];
}

/** A trunk is called over TLS also where no phone comes in by it: without a certificate of our own we open connections and take none. */
function withOutboundTls(listeners: readonly ListenerOptions[]): readonly ListenerOptions[] {
  if (listeners.some(({ protocol }) => protocol === 'tls')) return listeners;
  const byHost = new Map(listeners.map((listener) => [listener.host, listener]));
  const outbound = [...byHost.values()].map(({ host, externalHost }) => ({ host, externalHost }));
  return [...listeners, ...outbound.map((one) => ({ ...one, protocol: 'tls', port: 5061, isDialOnly: true }) as const)];
}
