import { isInNetwork, isSameAddress, parseNetwork } from '../message/addresses.ts';
import { parseNameAddr } from '../message/fields.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { SipMessage } from '../message/message.ts';
import type { Flow } from '../transport/transport.ts';
import { parseUri } from '../message/uri.ts';

/** Whether requests to the caller go to the source of its message, because its Contact cannot be reached from here. */
export function isCallerBehindNat(request: SipMessage, flow: Flow, settings: EngineSettings): boolean {
  if (flow.protocol !== 'udp') return false;
  const routes = request.getAll('record-route');
  if (routes.length > 0) return settings.aggressiveNat && (routes[0] ?? '').toLowerCase().includes('nat=yes');
  const contact = contactUri(request);
  if (contact === undefined) return true;
  return unbracketed(contact.host) !== flow.remoteAddress || (contact.port !== undefined && contact.port !== flow.remotePort);
}

/** The same for the called side, seen from its 2xx; `routes` is the route set taken from it. */
export function isCalleeBehindNat(response: SipMessage, routes: readonly string[], flow: Flow): boolean {
  const first = routes[0];
  if (first !== undefined) {
    const host = parseUri(parseNameAddr(first)?.uri ?? '')?.host;
    return host !== undefined && isPrivateAddress(host);
  }
  const contact = contactUri(response);
  return contact === undefined || unbracketed(contact.host) !== flow.remoteAddress;
}

/** Whether a client's dialog is bound to its flow, so that it cannot make us send to a third party. */
export function isKeptToFlow({ keepToFlowsExcept }: EngineSettings, flow: Flow | undefined): boolean {
  if (keepToFlowsExcept === undefined || flow === undefined) return false;
  return !keepToFlowsExcept.some((text) => {
    const network = parseNetwork(text);
    return network !== undefined && isInNetwork(flow.remoteAddress, network);
  });
}

/** Whether a message directs requests to anyone but its sender. */
export function pointsElsewhere(message: SipMessage, routes: readonly string[], { remoteAddress }: Flow): boolean {
  const contact = contactUri(message);
  if (routes.length > 0 || contact === undefined) return true;
  return contact.params.has('maddr') || !isSameAddress(unbracketed(contact.host), remoteAddress);
}

/** RFC 1918. */
function isPrivateAddress(host: string): boolean {
  if (host.startsWith('10.') || host.startsWith('192.168.')) return true;
  if (!host.startsWith('172.')) return false;
  const second = Number(host.slice(4).split('.')[0]);
  return second >= 16 && second <= 31;
}

function contactUri(message: SipMessage): ReturnType<typeof parseUri> {
  const contact = parseNameAddr(message.get('contact') ?? '');
  return contact && parseUri(contact.uri);
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
