import type { ReadonlyVia } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';

const magicCookie = 'z9hG4bK';
const separator = '\n';

/**
 * What a request and its retransmissions have in common (RFC 3261 section 17.2.3). An ACK or a CANCEL finds its INVITE by passing the
 * method INVITE. A line feed cannot occur in any part, so two different requests never share a key.
 */
export function serverKey(request: SipMessage, via: ReadonlyVia, method: string): string {
  const branch = via.params.get('branch') ?? '';
  const sentBy = `${via.host.toLowerCase()}:${via.port ?? ''}`;
  if (branch.length > magicCookie.length && branch.startsWith(magicCookie)) {
    return method + separator + branch + separator + sentBy;
  }
  return rfc2543Key(request, [method, '', branch, sentBy]);
}

/** Without the To tag: an ACK carries that of the response, its INVITE none. */
function rfc2543Key(request: SipMessage, start: readonly string[]): string {
  const number = request.cseq?.number ?? 0;
  return [...start, request.requestUri, request.fromTag ?? '', request.callId, number].join(separator);
}

/** A response belongs to the request that had this branch and method (RFC 3261 section 17.1.3). */
export function clientKey(branch: string, method: string): string {
  return branch + separator + method;
}
