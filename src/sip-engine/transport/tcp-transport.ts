import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
import { familyOf, isUnicastPeer } from '../message/addresses.ts';
import { codeOf, failLater } from './bound-port.ts';
import type { BoundPort, OnFailure, PortDeps } from './bound-port.ts';
import type { Channel, ChannelHandlers } from './channel.ts';
import type { EngineTimer } from '../runtime/clock.ts';
import { FailedFlow } from './failed-flow.ts';
import type { InboundConnections } from './inbound-connections.ts';
import { SipChannel } from './sip-channel.ts';
import { StreamConnection, defaultStreamTimes } from './stream-connection.ts';
import type { PartialMessageBudget, StreamTimes } from './stream-connection.ts';
import { StreamServer, tcpOptions } from './stream-server.ts';
import type { AcceptedPeer, StreamTls } from './stream-server.ts';
import type { Flow, Listener, Protocol, Target } from './transport.ts';
import { WebSocketChannel } from './ws-transport.ts';

// Owns the connections of one port of TCP, TLS, WS or WSS: those its server accepts, and those it opens from its address.
// Called by the transport layer.
// Must stay true: every connection is counted, has its timeouts checked, and is found by its peer's address while it is open.

type StreamOptions = PortDeps & {
  readonly protocol: Exclude<Protocol, 'udp'>;
  readonly address: string;
  readonly port: number;
  readonly isDialOnly?: boolean | undefined;
  readonly inbound: InboundConnections;
  readonly isBlocked: (address: string) => boolean;
  readonly listenerOf: (remoteAddress: string) => Listener;
  readonly tls?: StreamTls | undefined;
  readonly times?: Partial<StreamTimes> | undefined;
  readonly webSocketOrigins?: readonly string[] | undefined;
  /** Interval of our keep-alives on every connection; 0 or undefined for none. */
  readonly keepAliveSeconds?: number | undefined;
};

const sweepMs = 1_000;
const maxQueuedBytes = 1024 * 1024;
const maxHeldBytes = 32 * 1024 * 1024;

export class StreamPort implements BoundPort {
  readonly #options: StreamOptions;
  readonly #times: StreamTimes;
  readonly #server: StreamServer | undefined;
  #isOpen = false;
  readonly #connections = new Set<StreamConnection>();
  readonly #byPeer = new Map<string, StreamConnection>();
  #dialled = 0;
  readonly #held: PartialMessageBudget = { limit: maxHeldBytes, used: 0 };
  #timers: EngineTimer[] = [];

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#times = { ...defaultStreamTimes, ...options.times };
    this.#server =
      options.isDialOnly === true ? undefined : new StreamServer(options, (socket, peer) => this.#accept(socket, peer));
  }

  async open(): Promise<number> {
    const { port, clock, keepAliveSeconds } = this.#options;
    const bound = this.#server === undefined ? port : await this.#server.open();
    this.#isOpen = true;
    this.#timers = [clock.every(sweepMs, () => this.#sweep())];
    if (keepAliveSeconds) this.#timers.push(clock.every(keepAliveSeconds * 1000, () => this.#keepAlive()));
    return bound;
  }

  /** New connections use these files from now on. */
  renewTls(settings: SecureContextOptions): void {
    this.#server?.renewTls(settings);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    this.#isOpen = false;
    const closed = this.#server?.close();
    for (const connection of [...this.#connections]) {
      connection.endGracefully();
      // One turn for the last bytes; we do not wait for a peer that does not read.
      setImmediate(() => connection.destroy({ kind: 'closed', text: 'The engine is stopping.' }));
    }
    await closed;
  }

  flowTo(listener: Listener, target: Target): Flow {
    const known = this.#byPeer.get(
      this.#keyOf({ isInbound: false, remoteAddress: target.address, remotePort: target.port, serverName: target.serverName }),
    );
    // An inbound connection identifies its peer by address alone, so for a target we open our own.
    if (known?.isOpen) {
      if (!known.isSilent()) return known;
      known.destroy({ kind: 'timeout', text: 'The peer stopped responding.' });
    }
    if (!this.#isOpen) return new FailedFlow(listener, target, 'The port is closed.');
    const { protocol, limits } = this.#options;
    if (protocol === 'ws' || protocol === 'wss')
      return new FailedFlow(listener, target, 'A WebSocket peer cannot be called; it must connect.');
    if (!isUnicastPeer(target.address, target.port)) return new FailedFlow(listener, target, 'No such address.');
    if (this.#dialled >= limits.connections) return new FailedFlow(listener, target, 'Too many connections are open.');
    try {
      return this.#dial(listener, target);
    } catch (error) {
      // Node throws for connections that it cannot even start, such as an invalid server name, which a peer may have chosen.
      return new FailedFlow(listener, target, `The connection could not be opened (${codeOf(error)}).`);
    }
  }

  /** The connection that a peer opened from there. */
  inboundFlow(address: string, port: number): StreamConnection | undefined {
    const connection = this.#byPeer.get(
      this.#keyOf({ isInbound: true, remoteAddress: address, remotePort: port, serverName: undefined }),
    );
    return connection?.isOpen ? connection : undefined;
  }

  send(flow: Flow, bytes: Buffer, onFailure?: OnFailure): void {
    if (flow instanceof StreamConnection) flow.send(bytes, onFailure);
    else failLater(onFailure, flow instanceof FailedFlow ? flow.failure : { kind: 'closed', text: 'The connection is closed.' });
  }

  /** Inbound connections are counted for all ports together. */
  sizes(): { dialledConnections: number; handshakes: number; heldBytes: number } {
    return { dialledConnections: this.#dialled, handshakes: this.#server?.handshakes ?? 0, heldBytes: this.#held.used };
  }

  /** The socket may lose its addresses while it is handed over. */
  #accept(socket: Socket, { address, port, slot }: AcceptedPeer): void {
    const common = this.#connectionOptions(this.#options.listenerOf(address));
    const peer = { isInbound: true, remoteAddress: address, remotePort: port };
    this.#add(new StreamConnection({ ...common, ...peer, socket, onAuthenticated: () => slot.markAuthenticated() }));
  }

  #dial(listener: Listener, { address, port, serverName }: Target): StreamConnection {
    const { tls } = this.#options;
    const remote = { host: address, port, localAddress: listener.address };
    const name = serverName !== undefined && familyOf(serverName) === undefined ? { servername: serverName } : {};
    const socket = tls
      ? connectTls({ ...remote, ...tls.settings, ...name, rejectUnauthorized: tls.verifyServers })
      : connectTcp({ ...remote, ...tcpOptions });
    if (tls) socket.setNoDelay(true).setKeepAlive(true, tcpOptions.keepAliveInitialDelay);
    const connection = new StreamConnection({
      ...this.#connectionOptions(listener),
      socket,
      isInbound: false,
      remoteAddress: address,
      remotePort: port,
      serverName,
    });
    socket.once(tls ? 'secureConnect' : 'connect', () => connection.connected());
    this.#dialled += 1;
    socket.once('close', () => (this.#dialled -= 1));
    this.#add(connection);
    return connection;
  }

  #connectionOptions(listener: Listener) {
    const { protocol, clock, limits, events, nextFlowId, webSocketOrigins } = this.#options;
    const isWebSocket = protocol === 'ws' || protocol === 'wss';
    return {
      id: nextFlowId(),
      protocol,
      listener,
      clock,
      times: this.#times,
      maxQueuedBytes,
      held: this.#held,
      openChannel: (handlers: ChannelHandlers): Channel =>
        isWebSocket ? new WebSocketChannel({ limits, webSocketOrigins }, handlers) : new SipChannel(limits, handlers),
      onMessage: events.onBytes,
      onProtocolError: events.onProtocolError,
      onClosed: (connection: StreamConnection): void => this.#remove(connection),
    };
  }

  #add(connection: StreamConnection): void {
    this.#connections.add(connection);
    this.#byPeer.set(this.#keyOf(connection), connection);
  }

  /** Reports the close at once, but keeps the connection for the sweep until its last bytes are sent. */
  #remove(connection: StreamConnection): void {
    const key = this.#keyOf(connection);
    if (this.#byPeer.get(key) === connection) this.#byPeer.delete(key);
    this.#options.events.onFlowClosed(connection);
  }

  /** With verified servers, a connection is valid only for the name that was verified for it (RFC 5922). */
  #keyOf({
    isInbound,
    remoteAddress,
    remotePort,
    serverName,
  }: Pick<StreamConnection, 'isInbound' | 'remoteAddress' | 'remotePort' | 'serverName'>): string {
    const name = this.#options.tls?.verifyServers ? (serverName ?? '') : '';
    return `${isInbound ? 'from' : 'to'} ${remoteAddress} ${remotePort} ${name}`;
  }

  #sweep(): void {
    const now = this.#options.clock.monotonic();
    for (const connection of this.#connections) {
      connection.checkTimes(now);
      if (connection.isEnded) this.#connections.delete(connection);
    }
    this.#server?.endHandshakes(now - this.#times.handshakeMs);
  }

  #keepAlive(): void {
    for (const connection of this.#connections) connection.keepAlive();
  }
}
