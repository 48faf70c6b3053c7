import { tagOf, withTag } from './fields.ts';
import { newTag } from '../runtime/ids.ts';
import { SipMessage } from './message.ts';
import type { HeaderField } from './message.ts';

const alwaysCopied: Readonly<Record<string, string>> = {
  via: 'Via',
  from: 'From',
  to: 'To',
  'call-id': 'Call-ID',
  cseq: 'CSeq',
};

/**
 * A response to a request with what RFC 3261 section 8.2.6 takes from it: Via, From, To, Call-ID, CSeq, Record-Route for 101 to 299, and
 * Timestamp for 100. Above 100 the To header gets `toTag`, or a new tag, unless the request's To has one already. No body, no Contact.
 */
// oxlint-disable-next-line max-params -- status and reason belong together and every caller reads `buildResponse(request, 404, 'Not Found')`
export function buildResponse(
  request: SipMessage,
  status: number,
  reason: string,
  { toTag }: { readonly toTag?: string | undefined } = {},
): SipMessage {
  const response = new SipMessage({ status, reason });
  const headers: HeaderField[] = [];
  for (const { key, value } of request.headers) {
    const name = copiedName(key, status);
    if (name !== undefined) headers.push({ key, name, value });
  }
  response.headers = headers;
  if (status > 100) addToTag(response, toTag);
  return response;
}

/**
 * A 503 to a request from the network. Without Retry-After some peers never retry, and others at once (RFC 3261 section 21.5.4).
 */
export function buildUnavailable(
  request: SipMessage,
  { toTag, reason = 'Service Unavailable' }: { readonly toTag?: string | undefined; readonly reason?: string } = {},
): SipMessage {
  const response = buildResponse(request, 503, reason, { toTag });
  response.append('retry-after', '5');
  return response;
}

function copiedName(key: string, status: number): string | undefined {
  if (key === 'record-route') return status > 100 && status < 300 ? 'Record-Route' : undefined;
  if (key === 'timestamp') return status === 100 ? 'Timestamp' : undefined;
  return alwaysCopied[key];
}

function addToTag(response: SipMessage, toTag: string | undefined): void {
  const to = response.headers.find((field) => field.key === 'to');
  if (to === undefined || tagOf(to.value) !== undefined) return;
  to.value = withTag(to.value, toTag ?? newTag());
}
