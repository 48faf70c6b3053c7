import { protocols } from '#devices/device.ts';
import type { Protocol } from '#devices/device.ts';
import type { Registration, Source } from '#devices/registration.ts';
import { parseUri } from './headers.ts';
import type { IncomingRequest } from './srf-types.ts';

/** Where a request came from: the packet's address, and the transport its topmost Via names (the engine drops one that lies). */
export function sourceOf(request: IncomingRequest): Source {
  return { protocol: protocolOf(request), address: request.source_address, port: request.source_port };
}

/** The next hop to where a packet came from. Over TCP, TLS and WebSocket the engine takes the phone's own connection. */
function nextHop({ protocol, address, port }: Source): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `sip:${host}:${port};transport=${protocol}`;
}

/**
 * The next hop of an INVITE to a registered phone; undefined: its Contact says it. Behind address translation a Contact is of no use,
 * and the packets' source is. A phone whose Contact names its own address and a port is taken at its word over UDP: some send from
 * another port than they listen on.
 */
export function nextHopTo({
  contactUri,
  path,
  source,
}: Pick<Registration, 'contactUri' | 'path' | 'source'>): string | undefined {
  const edge = path[0];
  if (edge !== undefined) return edge;
  const contact = parseUri(contactUri);
  const isOwnAddress = contact?.host.replace(/^\[|\]$/g, '') === source.address.toLowerCase();
  return source.protocol === 'udp' && isOwnAddress && contact?.port !== undefined ? undefined : nextHop(source);
}

/** The control protocol tells `tcp` for WebSocket. */
function protocolOf(request: IncomingRequest): Protocol {
  const word = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z]+)/i.exec(request.headers['via'] ?? '')?.[1]?.toLowerCase();
  return protocols.find((protocol) => protocol === word) ?? protocols.find((protocol) => protocol === request.protocol) ?? 'udp';
}
