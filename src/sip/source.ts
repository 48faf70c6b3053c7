import { protocols } from '#devices/device.ts';
import type { Protocol } from '#devices/device.ts';
import type { Source } from '#devices/registration.ts';
import type { IncomingRequest } from './srf-types.ts';

/** Where a request came from: the packet's address, and the transport its topmost Via names (the engine drops one that lies). */
export function sourceOf(request: IncomingRequest): Source {
  return { protocol: protocolOf(request), address: request.source_address, port: request.source_port };
}

/** The next hop to where a packet came from. Over TCP, TLS and WebSocket the engine takes the phone's own connection. */
export function nextHop({ protocol, address, port }: Source): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `sip:${host}:${port};transport=${protocol}`;
}

/** The control protocol tells `tcp` for WebSocket. */
function protocolOf(request: IncomingRequest): Protocol {
  const word = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z]+)/i.exec(request.headers['via'] ?? '')?.[1]?.toLowerCase();
  return protocols.find((protocol) => protocol === word) ?? protocols.find((protocol) => protocol === request.protocol) ?? 'udp';
}
