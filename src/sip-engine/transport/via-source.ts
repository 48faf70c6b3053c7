import { isSameAddress, withoutBrackets } from '../message/addresses.ts';
import { formatVia } from '../message/fields.ts';
import type { ReadonlyVia } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import type { Flow } from './transport.ts';

/**
 * Writes the source of a request into its top Via (RFC 3261 section 18.2.1, RFC 3581 section 4). `rport` is always set, even unrequested, so
 * that responses pass NAT; a `received` or `rport` value written by the peer is always replaced.
 */
export function markSource(request: SipMessage, flow: Pick<Flow, 'remoteAddress' | 'remotePort'>): void {
  const via = request.topVia;
  const top = request.headers.find((field) => field.key === 'via');
  if (via === undefined || top === undefined) return;
  const params = new Map(via.params);
  params.delete('received');
  if (!isSameAddress(withoutBrackets(via.host), flow.remoteAddress)) params.set('received', flow.remoteAddress);
  params.set('rport', String(flow.remotePort));
  top.value = formatVia({ ...via, params });
}

const spellings: Readonly<Record<Flow['protocol'], readonly string[]>> = {
  udp: ['UDP'],
  tcp: ['TCP'],
  tls: ['TLS'],
  // A browser behind a TLS-terminating proxy writes the transport that it sees.
  ws: ['WS', 'WSS'],
  wss: ['WSS', 'WS'],
};

/** True when the Via names the transport that the message came by. */
export function isViaOfFlow(via: Pick<ReadonlyVia, 'transport'>, flow: Pick<Flow, 'protocol'>): boolean {
  return spellings[flow.protocol].includes(via.transport);
}
