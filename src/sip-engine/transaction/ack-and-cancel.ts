import { formatVia } from '../message/fields.ts';
import { SipMessage } from '../message/message.ts';
import type { Listener } from '../transport/transport.ts';

/** A header to add, by its lower-case long name. */
export type ExtraHeader = { readonly key: string; readonly value: string };

const copiedToAck: ReadonlySet<string> = new Set(['from', 'call-id', 'route', 'max-forwards']);
const copiedToCancel: ReadonlySet<string> = new Set(['from', 'to', 'call-id', 'route', 'max-forwards']);

/**
 * Our Via for a request sent by this listener. UDP needs rport (RFC 3581); over TLS, where a client opens the connections, its value tells
 * the application which connection its request used.
 */
export function viaFor(listener: Listener, branch: string): string {
  const params = new Map<string, string | null>(['udp', 'tls'].includes(listener.protocol) ? [['rport', null]] : []);
  params.set('branch', branch);
  return formatVia({
    transport: listener.protocol.toUpperCase(),
    host: listener.advertisedHost,
    port: listener.advertisedPort === defaultPort(listener) ? undefined : listener.advertisedPort,
    params,
  });
}

function defaultPort({ protocol }: Listener): number | undefined {
  if (protocol === 'udp' || protocol === 'tcp') return 5060;
  return protocol === 'tls' ? 5061 : undefined;
}

/** The ACK to a 300–699 of an INVITE: same hop, same branch (RFC 3261 section 17.1.1.3). */
export function buildAck(invite: SipMessage, response: SipMessage): SipMessage {
  const ack = hopRequest(invite, 'ACK', copiedToAck);
  const to = response.get('to') ?? invite.get('to');
  if (to !== undefined) ack.append('to', to);
  return ack;
}

/** The CANCEL of a request, with headers of the application such as Reason (RFC 3261 section 9.1). */
export function buildCancel(request: SipMessage, extraHeaders: readonly ExtraHeader[]): SipMessage {
  const cancel = hopRequest(request, 'CANCEL', copiedToCancel);
  for (const { key, value } of extraHeaders) cancel.append(key, value);
  return cancel;
}

function hopRequest(request: SipMessage, method: string, copied: ReadonlySet<string>): SipMessage {
  const message = new SipMessage({ method, requestUri: request.requestUri });
  const via = request.get('via');
  if (via !== undefined) message.append('via', via);
  for (const { key, value } of request.headers) if (copied.has(key)) message.append(key, value);
  message.append('cseq', `${request.cseq?.number ?? 1} ${method}`);
  return message;
}
