import { hash } from 'node:crypto';
import { isUnicastPeer, withoutBrackets } from '../message/addresses.ts';
import type { ReadonlyVia } from '../message/fields.ts';
import { viaFor } from './ack-and-cancel.ts';
import { newBranch } from '../runtime/ids.ts';
import type { SipMessage } from '../message/message.ts';
import { serialize } from '../message/serialize.ts';
import { searchTargets } from './target-search.ts';
import type { OutgoingRequestOptions } from './transaction.ts';
import type { Flow, NoTransport, Protocol, Resolver, Transport } from '../transport/transport.ts';

export type StatelessRequest = Pick<OutgoingRequestOptions, 'message' | 'nextHop' | 'flow' | 'address' | 'prepare'> & {
  readonly onSent?: (message: SipMessage, flow: Flow | undefined) => void;
};

type StatelessDeps = { readonly transport: Transport; readonly resolver: Resolver };

/** Sends a request without keeping state: an ACK to a 2xx, or what a proxy forwards in a dialog (RFC 3261 section 16.11). */
export function sendStateless(outgoing: StatelessRequest, { transport, resolver }: StatelessDeps): NoTransport | undefined {
  return searchTargets(outgoing, { transport, resolver }, (result) => {
    const [candidate] = result.kind === 'found' ? result.candidates : [];
    if (candidate === undefined) return outgoing.onSent?.(outgoing.message, undefined);
    const message = outgoing.message.clone();
    const branch = branchFor(outgoing.message);
    outgoing.prepare?.(message, candidate.listener);
    message.prepend('via', viaFor(candidate.listener, branch));
    const flow = candidate.flow ?? transport.flowTo(candidate.listener, candidate.target);
    outgoing.onSent?.(message, flow);
    transport.send(flow, serialize(message));
  });
}

/** RFC 3261 section 16.11: a forwarded retransmission must get the branch that the first one got. */
function branchFor(message: SipMessage): string {
  const via = message.topVia;
  if (via === undefined) return newBranch();
  const { host, port, params } = via;
  const parts = [params.get('branch'), host, port, params.get('received'), message.callId, message.cseq?.number];
  return `z9hG4bK${hash('sha1', parts.join('\n')).slice(0, 24)}`;
}

/**
 * Sends a response by its top Via (RFC 3261 section 18.2.2, RFC 3581 section 4): on `flow` if that leads there, or on an open connection from
 * there, or by resolving the sent-by. Nothing is sent to an address that is not a single peer.
 */
export function sendByVia(response: SipMessage, flow: Flow, { transport, resolver }: StatelessDeps): void {
  const via = response.topVia;
  const protocol = protocolOf(via?.transport ?? '');
  if (via === undefined || protocol === undefined) return;
  const host = withoutBrackets(via.params.get('received') ?? via.host);
  const port = portOf(via, protocol);
  const bytes = serialize(response);
  if (flow.isOpen && flow.protocol === protocol && flow.remoteAddress === host && flow.remotePort === port) {
    return transport.send(flow, bytes);
  }
  const inbound = protocol === 'udp' ? undefined : transport.inboundFlow(protocol, host, port);
  if (inbound !== undefined) return transport.send(inbound, bytes);
  const uri = { scheme: 'sip', host, port, transport: protocol, maddr: undefined };
  resolver.resolve(uri, [protocol], ([target]) => {
    if (target === undefined || !isUnicastPeer(target.address, target.port)) return;
    const listener = transport.listenerFor(protocol, target.address);
    if (!('problem' in listener)) transport.send(transport.flowTo(listener, target), bytes);
  });
}

function portOf(via: ReadonlyVia, protocol: Protocol): number {
  const rport = Number(via.params.get('rport') ?? Number.NaN);
  if (Number.isInteger(rport) && rport > 0) return rport;
  return via.port ?? (protocol === 'tls' || protocol === 'wss' ? 5061 : 5060);
}

function protocolOf(text: string): Protocol | undefined {
  const protocol = text.toLowerCase();
  switch (protocol) {
    case 'udp':
    case 'tcp':
    case 'tls':
    case 'ws':
    case 'wss':
      return protocol;
    default:
      return undefined;
  }
}
