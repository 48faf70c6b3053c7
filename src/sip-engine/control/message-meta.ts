import type { MessageMeta } from './app-link.ts';
import type { SipMessage } from '../message/message.ts';
import { wireSize } from '../message/serialize.ts';
import type { Flow } from '../transport/transport.ts';

/** A message received from the network. Without a flow the engine synthesised it (408, 503 …): empty address, port 0. */
export function receivedMeta(message: SipMessage, flow: Flow | undefined): MessageMeta {
  if (flow === undefined) return { source: 'network', bytes: 0, protocol: 'unknown', address: '', port: 0 };
  return {
    source: 'network',
    bytes: wireSize(message),
    protocol: flow.protocol,
    address: flow.remoteAddress,
    port: flow.remotePort,
  };
}

/** A request sent for the application: the local address over UDP, the peer's over a connection, nothing while DNS is pending. */
export function requestMeta(message: SipMessage, flow: Flow | undefined): MessageMeta {
  const bytes = wireSize(message);
  if (flow === undefined) return { source: 'application', bytes, protocol: 'unknown', address: '', port: 0 };
  const isUdp = flow.protocol === 'udp';
  return {
    source: 'application',
    bytes,
    protocol: flow.protocol,
    address: isUdp ? flow.localAddress : flow.remoteAddress,
    port: isUdp ? flow.localPort : flow.remotePort,
  };
}

/** A response sent for the application. */
export function responseMeta(message: SipMessage, flow: Flow): MessageMeta {
  return { ...receivedMeta(message, flow), source: 'application' };
}

/** A request that the engine sent on its own: the local address. */
export function ownRequestMeta(message: SipMessage, flow: Flow | undefined): MessageMeta {
  const bytes = wireSize(message);
  if (flow === undefined) return { source: 'application', bytes, protocol: 'unknown', address: '', port: 0 };
  return { source: 'application', bytes, protocol: flow.protocol, address: flow.localAddress, port: flow.localPort };
}
