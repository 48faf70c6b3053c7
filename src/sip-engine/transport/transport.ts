import type { SipMessage } from '../message/message.ts';

export type Protocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** A local address that listens, and what it advertises to peers. */
export type Listener = {
  readonly protocol: Protocol;
  readonly family: 4 | 6;
  /** The bound address without brackets, and port. */
  readonly address: string;
  readonly port: number;
  /** The host in Via, Contact and Record-Route: the external address where one is configured, else the bound one. IPv6 in brackets. */
  readonly advertisedHost: string;
  readonly advertisedPort: number;
  /** It opens connections and accepts none. */
  readonly isDialOnly?: boolean;
};

/** One path to one peer: a 5-tuple. A UDP flow is always open; a stream's flow lives as long as its connection. */
export type Flow = {
  readonly id: number;
  readonly protocol: Protocol;
  readonly listener: Listener;
  readonly localAddress: string;
  readonly localPort: number;
  /** Numeric, IPv6 without brackets. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** True for a connection that the peer opened. */
  readonly isInbound: boolean;
  readonly isOpen: boolean;
  /** Notes that a request on this connection was accepted; absent where that changes nothing. */
  markAuthenticated?(): void;
};

/** Why bytes were not sent. `closed`: a pinned connection is gone. `refused`: ICMP, connect refused, reset, or TLS failed. */
export type SendFailure = { readonly kind: 'closed' | 'refused' | 'timeout' | 'too-large'; readonly text: string };

/** Where a request goes after RFC 3263 resolution. `serverName` is the queried host name, for TLS. */
export type Target = {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly serverName?: string;
};

/** No transport fits: the answer of the control protocol. */
export type NoTransport = { readonly problem: 'requested protocol/transport not available' };

export type TransportHandlers = {
  /** A well-formed message whose top Via already carries received and rport. */
  readonly onMessage: (message: SipMessage, flow: Flow) => void;
  readonly onFlowClosed: (flow: Flow) => void;
};

export type Transport = {
  readonly listeners: readonly Listener[];
  setHandlers(handlers: TransportHandlers): void;
  /** Opens all listeners, or fails with one Error that names port, transport and reason, leaving nothing open. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * The protocols that may be used towards a URI, in order of preference, given its scheme, `transport` parameter and IP family
   * (undefined for a name). Native's rules: explicit parameter only; sips → tls (wss); else udp, then tcp, then any that listens.
   */
  protocolsFor(uri: { scheme: string; transport: string | undefined; family: 4 | 6 | undefined }): readonly Protocol[];
  /** Picks the listener for a numeric target by family, protocol, local net, and longest equal prefix (5.2 of the specification). */
  listenerFor(protocol: Protocol, address: string): Listener | NoTransport;
  /**
   * The flow to a target: a connection of ours to the same address and port, else a new one, which queues what is sent until it is
   * connected. Never throws; failures come through `send`.
   */
  flowTo(listener: Listener, target: Target): Flow;
  /** Writes one whole message. `onFailure` is called at most once and never synchronously. */
  send(flow: Flow, bytes: Buffer, onFailure?: (failure: SendFailure) => void): void;
  /** True for host and port (undefined = default of the scheme) of one of our listeners, external addresses or own names. Host may be in brackets. */
  isOurs(host: string, port: number | undefined): boolean;
  /** The open inbound stream connection from this remote address, if any ("proxy: sip:address:port;transport=tcp"). */
  inboundFlow(protocol: Protocol, address: string, port: number): Flow | undefined;
};

/** DNS for SIP (RFC 3263). */
export type Resolver = {
  /**
   * Targets in the order to try. For numeric hosts `done` runs before `resolve` returns; an empty list means that the name does not resolve.
   * `protocols`: those allowed, most preferred first.
   */
  resolve(
    uri: { scheme: string; host: string; port: number | undefined; transport: string | undefined; maddr: string | undefined },
    protocols: readonly Protocol[],
    done: (targets: readonly Target[]) => void,
  ): void;
  /** Moves a target that failed to the end of later results for a while. */
  reportFailure(target: Target): void;
};

/** A Contact, the connection by which it was registered, and who registered it. */
export type FlowBinding = { readonly contact: string; readonly flow: Flow; readonly owner: string };

/** The remote end of a connection or of a UDP flow. */
export type RemoteEndpoint = { readonly protocol: Protocol; readonly address: string; readonly port: number };

/** Connections by which clients registered (5.6 of the specification). A URI stands for the Contact with the same user, host, port and transport. */
export type FlowCache = {
  remember(binding: FlowBinding, expiresSeconds: number): void;
  /** The only open connection that leads to this Contact, 'gone' when it was known and there is none, or more than one; undefined when never known. */
  find(uri: string): Flow | 'gone' | undefined;
  /** Whether this Contact was registered by exactly this connection. */
  isRegisteredBy(uri: string, flow: Flow): boolean;
  /** Whether it was registered by a connection from this endpoint, which may have closed. */
  wasRegisteredFrom(uri: string, endpoint: RemoteEndpoint): boolean;
  /** The open connection by which the owner of this one, which has closed, registered the Contact. */
  successor(uri: string, flow: Flow): Flow | undefined;
  /** A REGISTER that came by this connection was accepted. */
  registered(flow: Flow): void;
  removeFlow(flow: Flow): void;
  readonly size: number;
};
