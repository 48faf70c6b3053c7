import type { CoreContext } from './core-context.ts';
import type { Dialog } from './dialog.ts';
import { parseNameAddr } from './fields.ts';
import { userAtHost } from './register-flows.ts';
import type { OutgoingRequest } from './transaction.ts';
import type { Flow, Protocol } from './transport.ts';
import { isNumericHost, parseUri } from './uri.ts';

// Owns the choice of where a request goes: the connection of a registered client, the source of a peer behind NAT, a proxy, a route, the target.
// Called by everything that sends for an application.
// Must stay true: what is decided here is a next hop or an open flow; names are resolved further down.

export type Destination = Pick<OutgoingRequest, 'nextHop' | 'flow' | 'address'>;

const overCachedFlow = new Set(['INVITE', 'OPTIONS', 'NOTIFY', 'MESSAGE', 'INFO', 'REFER', 'PUBLISH']);

/** Where a request outside a dialog goes; `proxy` is a SIP URI or empty. */
export function destinationOf(context: CoreContext, request: { method: string; requestUri: string; proxy: string }): Destination {
  const nextHop = request.proxy === '' ? (context.settings.outboundProxy ?? request.requestUri) : request.proxy;
  const cached = overCachedFlow.has(request.method) ? cachedFlow(context, request.requestUri) : undefined;
  return { nextHop, flow: cached ?? inboundFlow(context, nextHop) };
}

/** Where a request in a dialog goes (RFC 3261 section 12.2.1.1). */
export function destinationIn(context: CoreContext, dialog: Dialog): Destination {
  const route = dialog.routes[0];
  const nextHop = (route === undefined ? undefined : parseNameAddr(route)?.uri) ?? dialog.target;
  const { flow } = dialog;
  const cached = cachedFlow(context, dialog.target);
  if (cached?.isOpen === true) return { nextHop, flow: cached };
  if (flow !== undefined && flow.protocol !== 'udp') {
    if (flow.isOpen) return { nextHop, flow };
    if (cached === undefined && dialog.isPinned)
      return { nextHop, address: { address: flow.remoteAddress, port: flow.remotePort } };
  }
  if (cached !== undefined) return { nextHop, flow: cached };
  return flow !== undefined && (dialog.isPinned || leadsTo(flow, nextHop)) ? { nextHop, flow } : { nextHop };
}

/** A UDP flow to the very address of the next hop: requests then leave by the listener that the peer knows. */
function leadsTo(flow: Flow, nextHop: string): boolean {
  const uri = parseUri(nextHop);
  if (uri === undefined || flow.protocol !== 'udp' || uri.scheme !== 'sip') return false;
  const protocol = uri.params.get('transport')?.toLowerCase() ?? 'udp';
  return protocol === 'udp' && uri.host === flow.remoteAddress && (uri.port ?? 5060) === flow.remotePort;
}

/**
 * The connection over which the client with this Contact registered. When it has closed and the Contact is one nobody can resolve, a closed
 * flow, so that the request fails with 410.
 */
function cachedFlow(context: CoreContext, uriText: string): Flow | undefined {
  const { flowCache, transport } = context;
  const key = flowCache.size === 0 && !uriText.includes('.invalid') ? undefined : userAtHost(uriText);
  if (key === undefined) return undefined;
  const found = flowCache.find(key);
  if (found !== 'gone') return found;
  const [listener] = transport.listeners;
  return key.endsWith('.invalid') && listener !== undefined ? closedFlow(listener) : undefined;
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

/** An open connection that a client made from exactly this address and port; over WebSocket it is the only way back. */
function inboundFlow(context: CoreContext, nextHop: string): Flow | undefined {
  const uri = parseUri(nextHop);
  if (uri?.port === undefined || isNumericHost(uri.host) === undefined) return undefined;
  const protocol = protocolOf(uri.params.get('transport'));
  if (protocol === undefined || protocol === 'udp') return undefined;
  const address = uri.host.startsWith('[') ? uri.host.slice(1, -1) : uri.host;
  return context.transport.inboundFlow(protocol, address, uri.port);
}

const protocols: readonly Protocol[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

function protocolOf(text: string | null | undefined): Protocol | undefined {
  const wanted = text?.toLowerCase();
  return protocols.find((protocol) => protocol === wanted);
}
