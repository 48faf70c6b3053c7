import { contactOf, fillInLocalHost } from '../control/app-headers.ts';
import { parseNameAddr } from '../message/fields.ts';
import { SipMessage } from '../message/message.ts';
import { readNumber } from '../message/scan.ts';
import type { Listener } from '../transport/transport.ts';
import { parseUri } from '../message/uri.ts';

type IsOurs = (host: string, port: number | undefined) => boolean;

/** Headers that the application may add to each copy. */
const notAddable = new Set([
  ...['via', 'route', 'record-route', 'path', 'rseq', 'rack', 'from', 'to', 'call-id', 'cseq'],
  ...['max-forwards', 'content-length', 'content-type', 'content-encoding'],
]);
/** Two of these would make the request malformed, so the application's replaces the caller's. */
const singleValued = new Set([
  'contact',
  'expires',
  'user-agent',
  'subject',
  'organization',
  'date',
  'session-expires',
  'min-se',
  'event',
]);

/** Max-Forwards of the copy; `none-left` when the request must not be forwarded (RFC 3261 section 16.3 step 3). */
export function hopsLeft(request: SipMessage): number | 'none-left' | 'unreadable' {
  const text = request.get('max-forwards');
  if (text === undefined) return 70;
  const hops = readNumber(text, 0xffff_ffff);
  if (hops === undefined) return 'unreadable';
  return hops === 0 ? 'none-left' : Math.min(hops, 255) - 1;
}

/** True when the URI of this name-addr is one of our own addresses, with `lr`. */
export function isOwnRoute(route: string | undefined, isOurs: IsOurs): boolean {
  const uri = parseUri(parseNameAddr(route ?? '')?.uri ?? '');
  return uri !== undefined && uri.params.has('lr') && isOurs(uri.host, uri.port);
}

/** Removes the Routes that led here (RFC 3261 section 16.4); more than one where we record-routed with two. */
export function dropOwnRoutes(message: SipMessage, isOurs: IsOurs): void {
  while (isOwnRoute(message.get('route'), isOurs)) message.shift('route');
}

/** The copy for one target (RFC 3261 section 16.6). The Request-URI becomes the target only if it named us or the target came from a redirect. */
export function copyFor(
  request: SipMessage,
  target: { readonly uri: string; readonly isRedirect: boolean },
  { isOurs, hops }: { readonly isOurs: IsOurs; readonly hops: number },
): SipMessage {
  const copy = request.clone();
  dropOwnRoutes(copy, isOurs);
  copy.set('max-forwards', String(hops));
  const asked = parseUri(copy.requestUri);
  const isForUs = asked !== undefined && asked.host !== '' && isOurs(asked.host, asked.port);
  if (isForUs || target.isRedirect) copy.requestUri = target.uri;
  return copy;
}

/** Adds the application's headers, with `@localhost` in them replaced by the listener. */
export function addExtraHeaders(copy: SipMessage, extra: SipMessage, listener: Listener): void {
  const added = new SipMessage({ method: copy.method, requestUri: copy.requestUri });
  for (const { key, name, value } of extra.headers) if (!notAddable.has(key)) added.append(key, value, name);
  fillInLocalHost(added, listener, false);
  for (const { key, name, value } of added.headers) {
    if (singleValued.has(key)) copy.set(key, value);
    else copy.append(key, value, name);
  }
}

/**
 * Keeps us in the path of later requests: Record-Route, or Path for a REGISTER (RFC 3327). When the request leaves by another listener than
 * it came by, both are named, so that each side has an address it can reach (RFC 5658).
 */
export function recordRoute(copy: SipMessage, cameBy: Listener, leavesBy: Listener): void {
  const key = copy.method === 'REGISTER' ? 'path' : 'record-route';
  if (!isSameListener(cameBy, leavesBy)) copy.prepend(key, ownRoute(cameBy));
  copy.prepend(key, ownRoute(leavesBy));
  if (key === 'path') copy.append('require', 'path');
}

function isSameListener(one: Listener, other: Listener): boolean {
  return one === other || ownRoute(one) === ownRoute(other);
}

function ownRoute(listener: Listener): string {
  return contactOf(listener).replace(/>$/, ';lr>');
}

/** The next hop of a request in a dialog: the next Route or the Request-URI. A strict router gets what it expects (RFC 3261 section 16.6). */
export function nextHopOf(copy: SipMessage): string {
  const route = parseNameAddr(copy.get('route') ?? '')?.uri;
  if (route === undefined) return copy.requestUri;
  if (parseUri(route)?.params.has('lr') === false) {
    copy.shift('route');
    copy.headers.push({ key: 'route', name: 'Route', value: `<${copy.requestUri}>` });
    copy.requestUri = route;
  }
  return route;
}
