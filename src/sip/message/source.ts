import { readContactUri } from '#devices/contact-uri.ts';
import { sipTransports } from '#devices/device.ts';
import type { SipTransport } from '#devices/device.ts';
import type { Registration, SourceAddress } from '#devices/registration.ts';
import type { SrfRequest } from './srf-types.ts';

/** Whether an address is that of an edge proxy (option sip_edge_proxies). */
export type IsEdgeProxy = (address: string) => boolean;

/** The source of a request: the packet's address, and the transport in its topmost Via (the engine drops a false one). */
export function sourceOf(request: SrfRequest): SourceAddress {
  return { protocol: protocolOf(request), address: request.source_address, port: request.source_port };
}

/** The next hop back to the source of a packet. Over TCP, TLS and WebSocket the engine uses the phone's own connection. */
function nextHop({ protocol, address, port }: SourceAddress): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `sip:${host}:${port};transport=${protocol}`;
}

/**
 * The next hop of an INVITE to a registered phone: the source of its own packets, whatever host, transport, maddr or alias its Contact
 * names. Behind NAT these are useless, and a Contact must not make us send to a third party. Over UDP the port in the Contact counts
 * where the address is the phone's own: some phones listen on another port than they send from. Behind an edge proxy it is the Path.
 */
export function nextHopTo(registration: Pick<Registration, 'contactUri' | 'path' | 'source'>, isEdgeProxy: IsEdgeProxy): string {
  const { contactUri, path, source } = registration;
  const [edge] = path;
  if (edge !== undefined && isEdgeProxyUri(edge, isEdgeProxy)) return edge;
  const contact = source.protocol === 'udp' ? readContactUri(contactUri) : undefined;
  const isOwnAddress = contact !== undefined && unbracketed(contact.host) === source.address.toLowerCase();
  return nextHop(isOwnAddress && Number(contact.port) > 0 ? { ...source, port: Number(contact.port) } : source);
}

/** A Path counts only from an edge proxy, and only where it names one (RFC 3327 section 6.1): phones have no Path of their own. */
export function isPathTrusted(path: readonly string[], { address }: SourceAddress, isEdgeProxy: IsEdgeProxy): boolean {
  return isEdgeProxy(address) && isEdgeProxyUri(path[0] ?? '', isEdgeProxy);
}

/** By its numeric address: a name may resolve elsewhere later, and maddr overrides the host. */
function isEdgeProxyUri(uriText: string, isEdgeProxy: IsEdgeProxy): boolean {
  const uri = readContactUri(uriText);
  return uri !== undefined && !uri.params.has('maddr') && isEdgeProxy(unbracketed(uri.host));
}

const notInRequestUri = /^(?:maddr|ttl|method)(?:=|$)/i;

/** The Contact as a Request-URI: without parameters that are not allowed there, or that we do not follow (RFC 3261 section 19.1.1). */
export function requestUriOf(contactUri: string): string {
  const hostAt = contactUri.indexOf('@') + 1;
  const [host = '', ...params] = (contactUri.slice(hostAt).split('?', 1)[0] ?? '').split(';');
  const kept = params.filter((param) => !notInRequestUri.test(param));
  return contactUri.slice(0, hostAt) + [host, ...kept].join(';');
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

/** The control protocol says `tcp` for WebSocket. */
function protocolOf(request: SrfRequest): SipTransport {
  const word = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z]+)/i.exec(request.headers['via'] ?? '')?.[1]?.toLowerCase();
  return (
    sipTransports.find((protocol) => protocol === word) ??
    sipTransports.find((protocol) => protocol === request.protocol) ??
    'udp'
  );
}
