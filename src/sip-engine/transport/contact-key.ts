import { parseUri } from '../message/uri.ts';
import type { Flow } from './transport.ts';

/** The parts of a Contact that identify its owner; undefined where there is no user, or where it points elsewhere. */
export function contactKey(uriText: string): string | undefined {
  const uri = parseUri(uriText);
  if (uri === undefined || uri.host === '' || uri.user === '' || uri.params.has('maddr')) return undefined;
  // The control protocol reports `tcp` for WebSocket, so applications write what the phone did not.
  if (isUnresolvable(uriText)) return `${uri.user}@${uri.host.toLowerCase()}:${uri.port ?? ''}`;
  const transport = uri.params.get('transport')?.toLowerCase() ?? '';
  return `${uri.scheme}:${uri.user}@${uri.host.toLowerCase()}:${uri.port ?? ''} ${transport}`;
}

/** A host that is never in DNS (RFC 7118 section 5): its connection is the only way to reach it. */
export function isUnresolvable(uriText: string): boolean {
  return parseUri(uriText)?.host.toLowerCase().endsWith('.invalid') === true;
}

const secure: Readonly<Record<string, string>> = { tcp: 'tls', ws: 'wss' };

/** Whether a request to this URI may use a connection of this protocol: not where it names another, least of all UDP. */
export function isFor(uriText: string, { protocol }: Pick<Flow, 'protocol'>): boolean {
  if (isUnresolvable(uriText)) return true;
  const uri = parseUri(uriText);
  const named = uri?.params.get('transport')?.toLowerCase() ?? (uri?.scheme === 'sips' ? 'tcp' : '');
  // A browser behind a TLS-terminating proxy writes the transport that it sees.
  const isWebSocket = (text: string): boolean => text === 'ws' || text === 'wss';
  return named === protocol || secure[named] === protocol || (isWebSocket(named) && isWebSocket(protocol));
}
