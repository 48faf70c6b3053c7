import { Server, connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { Server as TlsServer, connect as connectTls } from 'node:tls';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { familyOf, isUnicastPeer } from '../message/addresses.ts';
import { codeOf, failLater } from './bound-port.ts';
import type { BoundPort, OnFailure, PortDeps } from './bound-port.ts';
import type { Channel, ChannelHandlers } from './channel.ts';
import type { EngineTimer } from '../runtime/clock.ts';
import type { ConnectionSlot, InboundConnections } from './inbound-connections.ts';
import { SipChannel } from './sip-channel.ts';
import { StreamConnection, defaultStreamTimes } from './stream-connection.ts';
import type { PartialMessageBudget, StreamTimes } from './stream-connection.ts';
import type { Flow, Listener, Protocol, SendFailure, Target } from './transport.ts';
import { WebSocketChannel } from './ws-transport.ts';

// Owns one listening port of TCP, TLS, WS or WSS with its connections, and opens connections from its address.
// Called by the transport layer.
// Must stay true: every connection is counted, has its times checked, and is found by its peer's address while it is open.

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
  /** Pings of ours on every connection; 0 or undefined for none. */
  readonly keepAliveSeconds?: number | undefined;
};

export type StreamTls = {
  readonly settings: SecureContextOptions;
  readonly verifyServers: boolean;
  readonly requireClientCertificate: boolean;
};

const sweepMs = 1_000;
const maxQueuedBytes = 1024 * 1024;
const maxHeldBytes = 32 * 1024 * 1024;
const backlog = 511;
/** RFC 5626 has peers ping; the system's own probes find those that vanished without a word. */
const tcpKeepAliveMs = 45_000;

/** Stands for a connection that could not even be begun. */
class FailedFlow implements Flow {
  readonly id = 0;
  readonly isInbound = false;
  readonly isOpen = false;
  readonly protocol: Protocol;
  readonly listener: Listener;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly failure: SendFailure;

  constructor(listener: Listener, target: Target, text: string) {
    this.protocol = target.protocol;
    this.listener = listener;
    this.remoteAddress = target.address;
    this.remotePort = target.port;
    this.failure = { kind: 'refused', text };
  }

  get localAddress(): string {
    return this.listener.address;
  }

  get localPort(): number {
    return this.listener.port;
  }
}

export class StreamPort implements BoundPort {
  readonly #options: StreamOptions;
  readonly #times: StreamTimes;
  #server: Server | TlsServer | undefined;
  #isOpen = false;
  readonly #connections = new Set<StreamConnection>();
  readonly #byPeer = new Map<string, StreamConnection>();
  /** Accepted, but TLS does not stand yet: when they came, and their places. */
  readonly #handshakes = new Map<Socket, { readonly since: number; readonly slot: ConnectionSlot }>();
  #dialled = 0;
  readonly #held: PartialMessageBudget = { limit: maxHeldBytes, used: 0 };
  #timers: EngineTimer[] = [];

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#times = { ...defaultStreamTimes, ...options.times };
  }

  async open(): Promise<number> {
    const { port, clock, keepAliveSeconds, isDialOnly } = this.#options;
    const bound = isDialOnly === true ? port : await this.#listen();
    this.#isOpen = true;
    this.#timers = [clock.every(sweepMs, () => this.#sweep())];
    if (keepAliveSeconds) this.#timers.push(clock.every(keepAliveSeconds * 1000, () => this.#keepAlive()));
    return bound;
  }

  /** New connections use these files from now on. */
  renewTls(settings: SecureContextOptions): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(settings);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    this.#isOpen = false;
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (server) server.close(() => resolve());
      else resolve();
    });
    for (const socket of this.#handshakes.keys()) socket.destroy();
    for (const connection of [...this.#connections]) {
      connection.endGracefully();
      // One turn for the last bytes; nothing waits for a peer that does not read.
      setImmediate(() => connection.destroy({ kind: 'closed', text: 'The engine stops.' }));
    }
    await closed;
  }

  flowTo(listener: Listener, target: Target): Flow {
    const known = this.#byPeer.get(
      this.#keyOf({ isInbound: false, remoteAddress: target.address, remotePort: target.port, serverName: target.serverName }),
    );
    // A connection that somebody made to us shows by its address alone who is there: what we call, we dial.
    if (known?.isOpen) {
      if (!known.isSilent()) return known;
      known.destroy({ kind: 'timeout', text: 'The peer answered nothing any more.' });
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
      // Node throws for what it cannot even begin, such as an impossible server name, which a peer may have chosen.
      return new FailedFlow(listener, target, `The connection could not be opened (${codeOf(error)}).`);
    }
  }

  /** The connection that a peer made from there. */
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

  /** Connections of peers are counted for all ports together. */
  sizes(): { dialledConnections: number; handshakes: number; heldBytes: number } {
    return { dialledConnections: this.#dialled, handshakes: this.#handshakes.size, heldBytes: this.#held.used };
  }

  async #listen(): Promise<number> {
    const { address, port } = this.#options;
    const server = this.#createServer();
    const bound = await listen(server, { host: address, port, ipv6Only: familyOf(address) === 6, backlog, exclusive: true });
    this.#server = server;
    return bound;
  }

  #createServer(): Server | TlsServer {
    const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: tcpKeepAliveMs };
    const { tls } = this.#options;
    const server = tls
      ? new TlsServer({
          ...tls.settings,
          ...socketOptions,
          requestCert: tls.requireClientCertificate,
          rejectUnauthorized: tls.requireClientCertificate,
        })
      : new Server(socketOptions);
    server.prependListener('connection', (socket: Socket) => this.#onConnection(socket));
    if (server instanceof TlsServer) {
      server.on('secureConnection', (socket) => this.#onSecure(socket));
      server.on('tlsClientError', (error, socket) => {
        this.#options.log.debug({ code: codeOf(error), address: socket.remoteAddress }, 'TLS handshake failed');
        socket.destroy();
      });
    }
    server.on('error', (error) => this.#options.log.warn({ code: codeOf(error) }, 'A listening socket had an error'));
    return server;
  }

  #onConnection(socket: Socket): void {
    const { remoteAddress: address, remotePort } = socket;
    const { inbound, tls, isBlocked, protocol, clock } = this.#options;
    socket.on('error', () => socket.destroy());
    const isAllowed = address !== undefined && remotePort !== undefined && !isBlocked(address);
    const slot = isAllowed ? inbound.open({ protocol, address, port: remotePort }, () => socket.destroy()) : undefined;
    if (!isAllowed || slot === undefined) {
      socket.destroy();
      return;
    }
    socket.once('close', () => {
      slot.leave();
      this.#handshakes.delete(socket);
    });
    if (tls) this.#handshakes.set(socket, { since: clock.monotonic(), slot });
    else this.#accept(socket, { address, port: remotePort, place: slot });
  }

  #onSecure(socket: TLSSocket): void {
    const { remoteAddress: address, remotePort } = socket;
    if (address === undefined || remotePort === undefined) {
      socket.destroy();
      return;
    }
    for (const [raw, { slot: place }] of this.#handshakes) {
      if (raw.remotePort !== remotePort || raw.remoteAddress !== address) continue;
      this.#handshakes.delete(raw);
      this.#accept(socket, { address, port: remotePort, place });
      return;
    }
    socket.destroy();
  }

  /** The socket may lose its addresses while it is handed on. */
  #accept(socket: Socket, { address, port, place }: { address: string; port: number; place: ConnectionSlot }): void {
    const common = this.#connectionOptions(this.#options.listenerOf(address));
    const peer = { isInbound: true, remoteAddress: address, remotePort: port };
    this.#add(new StreamConnection({ ...common, ...peer, socket, onAuthenticated: () => place.markAuthenticated() }));
  }

  #dial(listener: Listener, { address, port, serverName }: Target): StreamConnection {
    const { tls } = this.#options;
    const place = { host: address, port, localAddress: listener.address };
    const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: tcpKeepAliveMs };
    const name = serverName !== undefined && familyOf(serverName) === undefined ? { servername: serverName } : {};
    const socket = tls
      ? connectTls({ ...place, ...tls.settings, ...name, rejectUnauthorized: tls.verifyServers })
      : connectTcp({ ...place, ...socketOptions });
    if (tls) socket.setNoDelay(true).setKeepAlive(true, tcpKeepAliveMs);
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

  /** Tells it at once, but keeps it for the sweep until its last bytes have left. */
  #remove(connection: StreamConnection): void {
    const key = this.#keyOf(connection);
    if (this.#byPeer.get(key) === connection) this.#byPeer.delete(key);
    this.#options.events.onFlowClosed(connection);
  }

  /** With verified servers, a connection is only as good as the name that was checked for it (RFC 5922). */
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
    for (const [socket, { since }] of this.#handshakes) if (now - since >= this.#times.handshakeMs) socket.destroy();
  }

  #keepAlive(): void {
    for (const connection of this.#connections) connection.keepAlive();
  }
}

type ListenOptions = { host: string; port: number; ipv6Only: boolean; backlog: number; exclusive: boolean };

function listen(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      server.close();
      reject(error);
    };
    server.once('error', fail);
    server.listen(options, () => {
      server.off('error', fail);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : options.port);
    });
  });
}
