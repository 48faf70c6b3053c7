import { formatNameAddr, parseNameAddr, splitList } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import type { Listener } from '../transport/transport.ts';
import { formatUri, isNumericHost, parseUri } from '../message/uri.ts';
import type { SipUri } from '../message/uri.ts';

// Owns which headers an application may set and which the engine fills in or rewrites.
// Called by everything that builds a message for an application.
// Must stay true: Via, routing headers, tags, CSeq and Content-Length of an application never reach the wire unchecked.

/** Headers an application may not set; they are dropped silently. */
const immutable = ['via', 'route', 'rseq', 'record-route', 'content-length'];
const setByEngine = new Set([...immutable, 'from', 'to', 'call-id', 'cseq', 'max-forwards']);
const notInCancel = new Set([...setByEngine, 'contact', 'p-asserted-identity', 'content-type']);
const withLocalHost = ['from', 'to', 'contact', 'p-asserted-identity'];

/** Copies what the application may set, in its order and spelling; From, To, Call-ID, CSeq and Max-Forwards are left to the caller. */
export function copyAppHeaders(from: SipMessage, to: SipMessage): void {
  for (const field of from.headers) if (!setByEngine.has(field.key)) to.headers.push({ ...field });
}

/** The headers an application may add to a CANCEL, such as Reason. */
export function cancelHeaders(cancel: SipMessage): readonly { key: string; value: string }[] {
  return cancel.headers.filter((field) => !notInCancel.has(field.key)).map(({ key, value }) => ({ key, value }));
}

/** Sets the body, and its Content-Type where the application named none. False: a body of unknown type. */
export function takeBody(from: SipMessage, to: SipMessage): boolean {
  to.body = from.body;
  if (from.body.length === 0 || to.has('content-type')) return true;
  if (from.body.toString('latin1', 0, 3) !== 'v=0') return false;
  to.set('content-type', 'application/sdp');
  return true;
}

/** The Contact value of a listener. A request to or from a SIPS URI must carry one too (RFC 3261 section 8.1.1.8). */
export function contactOf(listener: Listener, requestUri = ''): string {
  const scheme = requestUri.toLowerCase().startsWith('sips:') ? 'sips' : 'sip';
  const transport = listener.protocol === 'udp' ? '' : `;transport=${listener.protocol}`;
  return `<${scheme}:${listener.advertisedHost}:${listener.advertisedPort}${transport}>`;
}

/** Replaces `@localhost` by the listener's host and port, in From, To, Contact and P-Asserted-Identity. */
export function fillInLocalHost(message: SipMessage, listener: Listener, isOutOfDialog: boolean): void {
  for (const key of withLocalHost) {
    const value = message.get(key);
    if (value === undefined || !value.includes('localhost')) continue;
    if (!value.includes('@localhost') && !(isOutOfDialog && key === 'from')) continue;
    message.set(
      key,
      splitList(value)
        .map((one) => withListener(one, listener, key === 'contact'))
        .join(', '),
    );
  }
}

function withListener(value: string, listener: Listener, isContact: boolean): string {
  const address = parseNameAddr(value);
  const uri = address && parseUri(address.uri);
  if (!address || uri?.host !== 'localhost') return value;
  return formatNameAddr({ ...address, uri: atListener(uri, listener, isContact) });
}

/** Corrects a Contact that names an IPv4 address other than the one really used; names and IPv6 stay as they are. */
export function correctContact(message: SipMessage, listener: Listener): void {
  const address = parseNameAddr(message.get('contact') ?? '');
  const uri = address && parseUri(address.uri);
  if (!address || !uri || isNumericHost(uri.host) !== 4) return;
  const isRight =
    uri.host === listener.advertisedHost &&
    (uri.port ?? 5060) === listener.advertisedPort &&
    (uri.params.get('transport')?.toLowerCase() ?? 'udp') === listener.protocol;
  if (!isRight) message.set('contact', formatNameAddr({ ...address, uri: atListener(uri, listener, true) }));
}

/** The URI with the listener's host and port; a Contact also names the transport, without which requests would come by UDP. */
function atListener(uri: SipUri, listener: Listener, isContact: boolean): string {
  const params = new Map(uri.params);
  if (isContact && listener.protocol === 'udp') params.delete('transport');
  else if (isContact) params.set('transport', listener.protocol);
  return formatUri({ ...uri, host: listener.advertisedHost, port: listener.advertisedPort, params });
}
