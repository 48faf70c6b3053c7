import { withoutBrackets } from '../message/addresses.ts';
import type { OutgoingRequestOptions } from './transaction.ts';
import type { Flow, Listener, NoTransport, Protocol, Resolver, Target, Transport } from '../transport/transport.ts';
import { isNumericHost, parseUri } from '../message/uri.ts';
import type { SipUri } from '../message/uri.ts';

/** A target to try: an open connection, or an address and the listener of ours to send from. */
export type TargetCandidate =
  | { readonly listener: Listener; readonly flow: Flow; readonly target?: undefined }
  | { readonly listener: Listener; readonly flow?: undefined; readonly target: Target };

/** `unsupported`: no transport for this scheme. `gone`: the pinned connection has closed. */
export type TargetSearchResult =
  | { readonly kind: 'found'; readonly candidates: readonly TargetCandidate[] }
  | { readonly kind: 'nothing'; readonly why: 'unresolved' | 'unsupported' | 'gone' };

type TargetQuery = Pick<OutgoingRequestOptions, 'nextHop' | 'flow' | 'address'>;

const noTransport: NoTransport = { problem: 'requested protocol/transport not available' };

/**
 * Finds the targets of a request (RFC 3263). `done` is called once: before this returns for a numeric or pinned target, later for a name. Or
 * it is not called, and the return value says that no transport fits.
 */
export function searchTargets(
  destination: TargetQuery,
  { transport, resolver }: { readonly transport: Transport; readonly resolver: Resolver },
  done: (result: TargetSearchResult) => void,
): NoTransport | undefined {
  const { flow } = destination;
  if (flow !== undefined) {
    done(flow.isOpen ? { kind: 'found', candidates: [{ listener: flow.listener, flow }] } : { kind: 'nothing', why: 'gone' });
    return undefined;
  }
  const uri = parseUri(destination.nextHop);
  if (uri === undefined || uri.host === '') return noTransport;
  const host = destination.address?.address ?? uri.params.get('maddr') ?? uri.host;
  const protocols = transport.protocolsFor({ scheme: uri.scheme, transport: transportOf(uri), family: isNumericHost(host) });
  const [wanted] = protocols;
  if (wanted === undefined) {
    if (uri.scheme !== 'sips') return noTransport;
    done({ kind: 'nothing', why: 'unsupported' });
    return undefined;
  }
  if (destination.address !== undefined) return useAddress(transport, { protocol: wanted, ...destination.address }, done);
  return resolve(uri, { protocols, transport, resolver }, done);
}

function useAddress(transport: Transport, target: Target, done: (result: TargetSearchResult) => void): NoTransport | undefined {
  const listener = transport.listenerFor(target.protocol, withoutBrackets(target.address));
  if ('problem' in listener) return listener;
  done({ kind: 'found', candidates: [{ listener, target }] });
  return undefined;
}

function resolve(
  uri: SipUri,
  { protocols, transport, resolver }: { protocols: readonly Protocol[]; transport: Transport; resolver: Resolver },
  done: (result: TargetSearchResult) => void,
): NoTransport | undefined {
  let isImmediate = true;
  let problem: NoTransport | undefined;
  const { scheme, host, port } = uri;
  const asked = { scheme, host, port, transport: transportOf(uri), maddr: uri.params.get('maddr') ?? undefined };
  resolver.resolve(asked, protocols, (targets) => {
    const candidates = reachable(targets, transport);
    if (candidates.length > 0) done({ kind: 'found', candidates });
    else if (isImmediate && targets.length > 0) problem = noTransport;
    else done({ kind: 'nothing', why: 'unresolved' });
  });
  isImmediate = false;
  return problem;
}

function reachable(targets: readonly Target[], transport: Transport): TargetCandidate[] {
  const candidates: TargetCandidate[] = [];
  for (const target of targets) {
    const listener = transport.listenerFor(target.protocol, target.address);
    if (!('problem' in listener)) candidates.push({ listener, target });
  }
  return candidates;
}

function transportOf(uri: SipUri): string | undefined {
  return uri.params.get('transport')?.toLowerCase() ?? undefined;
}
