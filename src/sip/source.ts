import { readContactUri } from '#devices/contact-uri.ts';
import { sipTransports } from '#devices/device.ts';
import type { SipTransport } from '#devices/device.ts';
import type { Registration, SourceAddress } from '#devices/registration.ts';
import type { SrfRequest } from './srf-types.ts';

/** Whether an address is that of a proxy of the house. */
export type IsEdgeProxy = (address: string) => boolean;

/** Where a request came from: the packet's address, and the transport its topmost Via names (the engine drops one that lies). */
export function sourceOf(request: SrfRequest): SourceAddress {
  return { protocol: protocolOf(request), address: request.source_address, port: request.source_port };
}

/** The next hop to where a packet came from. Over TCP, TLS and WebSocket the engine takes the phone's own connection. */
function nextHop({ protocol, address, port }: SourceAddress): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `sip:${host}:${port};transport=${protocol}`;
}

/**
 * The next hop of an INVITE to a registered phone. It is where the phone's own packets came from, whatever host, transport, maddr or
 * alias its Contact names: behind address translation that is of no use, and nobody may make us send to somebody else. Over UDP a phone
 * is taken at its word about the port of its own address: some send from another than they listen on. A proxy of the house is told by
 * the Path.
 */
export function nextHopTo(registration: Pick<Registration, 'contactUri' | 'path' | 'source'>, isEdgeProxy: IsEdgeProxy): string {
  const { contactUri, path, source } = registration;
  const [edge] = path;
  if (edge !== undefined && isEdgeProxyUri(edge, isEdgeProxy)) return edge;
  const contact = source.protocol === 'udp' ? readContactUri(contactUri) : undefined;
  const isOwnAddress = contact !== undefined && unbracketed(contact.host) === source.address.toLowerCase();
  return nextHop(isOwnAddress && Number(contact.port) > 0 ? { ...source, port: Number(contact.port) } : source);
}

/** A Path is believed from a proxy of the house that names one (RFC 3327 section 6.1): no phone has a way of its own to tell. */
export function isPathTrusted(path: readonly string[], { address }: SourceAddress, isEdgeProxy: IsEdgeProxy): boolean {
  return isEdgeProxy(address) && isEdgeProxyUri(path[0] ?? '', isEdgeProxy);
}

/** By its numeric address: a name might lead elsewhere tomorrow, and maddr does now. */
function isEdgeProxyUri(uriText: string, isEdgeProxy: IsEdgeProxy): boolean {
  const uri = readContactUri(uriText);
  return uri !== undefined && !uri.params.has('maddr') && isEdgeProxy(unbracketed(uri.host));
}

const notInRequestUri = /^(?:maddr|ttl|method)(?:=|$)/i;

/** The Contact as a Request-URI: without what may not be in one, or is not ours to follow (RFC 3261 section 19.1.1). */
export function requestUriOf(contactUri: string): string {
  const hostAt = contactUri.indexOf('@') + 1;
  const [host = '', ...params] = (contactUri.slice(hostAt).split('?', 1)[0] ?? '').split(';');
  const kept = params.filter((param) => !notInRequestUri.test(param));
  return contactUri.slice(0, hostAt) + [host, ...kept].join(';');
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

/** The control protocol tells `tcp` for WebSocket. */
function protocolOf(request: SrfRequest): SipTransport {
  const word = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z]+)/i.exec(request.headers['via'] ?? '')?.[1]?.toLowerCase();
  return (
    sipTransports.find((protocol) => protocol === word) ??
    sipTransports.find((protocol) => protocol === request.protocol) ??
    'udp'
  );
}
