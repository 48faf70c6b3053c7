import { withoutBrackets } from '../message/addresses.ts';
import { isUnresolvable } from '../transport/contact-key.ts';
import type { CoreContext } from './core-context.ts';
import type { Dialog } from './dialog.ts';
import { parseNameAddr } from '../message/fields.ts';
import type { OutgoingRequestOptions } from '../transaction/transaction.ts';
import type { Flow, RemoteEndpoint, Protocol } from '../transport/transport.ts';
import { isNumericHost, parseUri } from '../message/uri.ts';

// Owns the choice of a request's next hop: the connection of a registered client, the source of a peer behind NAT, a proxy, a route, the target.
// Called wherever a request of an application is sent.
// Must stay true: the result is a next hop or an open flow; names are resolved by the transaction layer.

export type RequestDestination = Pick<OutgoingRequestOptions, 'nextHop' | 'flow' | 'address'>;

const sentOverRegisteredFlow = new Set(['INVITE', 'OPTIONS', 'NOTIFY', 'MESSAGE', 'INFO', 'REFER', 'PUBLISH']);

/** The destination of a request outside a dialog (RFC 3261 section 8.1.2); `proxy` is a SIP URI or empty. A named next hop precedes our tables. */
export function destinationOutOfDialog(
  context: CoreContext,
  request: { method: string; requestUri: string; proxy: string },
): RequestDestination {
  const { method, requestUri, proxy } = request;
  if (proxy !== '') return { nextHop: proxy, flow: flowOfNextHop(context, { nextHop: proxy, requestUri }) };
  const flow = sentOverRegisteredFlow.has(method) ? registeredFlow(context, requestUri) : undefined;
  return { nextHop: context.settings.outboundProxy ?? requestUri, flow };
}

/** Where a request in a dialog goes (RFC 3261 section 12.2.1.1). */
export function destinationInDialog(context: CoreContext, dialog: Dialog): RequestDestination {
  const route = dialog.routes[0];
  const nextHop = (route === undefined ? undefined : parseNameAddr(route)?.uri) ?? dialog.target;
  const { flow } = dialog;
  if (flow !== undefined && flow.protocol !== 'udp') {
    if (flow.isOpen) return { nextHop, flow };
    const next = context.flowCache.successor(dialog.target, flow) ?? unreachable(context, nextHop);
    if (next === undefined && dialog.isPinned)
      return { nextHop, address: { address: flow.remoteAddress, port: flow.remotePort } };
    return { nextHop, flow: next };
  }
  return flow !== undefined && (dialog.isPinned || leadsTo(flow, nextHop)) ? { nextHop, flow } : { nextHop };
}

/** A UDP flow to the address of the next hop: requests are then sent by the listener that the peer knows. */
function leadsTo(flow: Flow, nextHop: string): boolean {
  const uri = parseUri(nextHop);
  if (uri === undefined || flow.protocol !== 'udp' || uri.scheme !== 'sip') return false;
  const protocol = uri.params.get('transport')?.toLowerCase() ?? 'udp';
  return protocol === 'udp' && uri.host === flow.remoteAddress && (uri.port ?? 5060) === flow.remotePort;
}

/** The connection by which this Contact was registered; a closed one where it is gone and the Contact cannot be resolved, which gives 410. */
function registeredFlow(context: CoreContext, uri: string): Flow | undefined {
  const found = context.flowCache.find(uri);
  return found === 'gone' ? unreachable(context, uri) : found;
}

/** A closed flow for a host that is never in DNS. */
function unreachable({ transport }: CoreContext, uri: string): Flow | undefined {
  const [listener] = transport.listeners;
  return isUnresolvable(uri) && listener !== undefined ? closedFlow(listener) : undefined;
}

function closedFlow(listener: Flow['listener']): Flow {
  return {
    id: 0,
    protocol: listener.protocol,
    listener,
    localAddress: listener.address,
    localPort: listener.port,
    remoteAddress: '',
    remotePort: 0,
    isInbound: true,
    isOpen: false,
  };
}

/**
 * The connection that a client opened from this address and port, if it registered this Contact. Behind one router the endpoint may soon belong
 * to another client: then, and where it has closed, a closed flow, so that the request never reaches the wrong client.
 */
function flowOfNextHop(context: CoreContext, { nextHop, requestUri }: { nextHop: string; requestUri: string }): Flow | undefined {
  const endpoint = endpointOf(nextHop);
  if (endpoint === undefined) return undefined;
  const { transport, flowCache } = context;
  const flow = transport.inboundFlow(endpoint.protocol, endpoint.address, endpoint.port);
  if (flow !== undefined && flowCache.isRegisteredBy(requestUri, flow)) return flow;
  const isInboundOnly = endpoint.protocol === 'ws' || endpoint.protocol === 'wss' || isUnresolvable(requestUri);
  const [listener] = transport.listeners;
  const isLost = flow !== undefined || isInboundOnly || flowCache.wasRegisteredFrom(requestUri, endpoint);
  return isLost && listener !== undefined ? closedFlow(listener) : undefined;
}

function endpointOf(nextHop: string): RemoteEndpoint | undefined {
  const uri = parseUri(nextHop);
  const protocol = protocolOf(uri?.params.get('transport'));
  if (uri?.port === undefined || isNumericHost(uri.host) === undefined) return undefined;
  return protocol === undefined || protocol === 'udp'
    ? undefined
    : { protocol, address: withoutBrackets(uri.host), port: uri.port };
}

const protocols: readonly Protocol[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

function protocolOf(text: string | null | undefined): Protocol | undefined {
  const wanted = text?.toLowerCase();
  return protocols.find((protocol) => protocol === wanted);
}
