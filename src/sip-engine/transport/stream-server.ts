import { Server } from 'node:net';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { familyOf } from '../message/addresses.ts';
import type { EngineClock } from '../runtime/clock.ts';
import type { EngineLog } from '../runtime/engine-log.ts';
import { codeOf } from './bound-port.ts';
import type { ConnectionSlot, InboundConnections } from './inbound-connections.ts';
import type { Protocol } from './transport.ts';

// Owns one listening TCP socket: accepts connections, takes a slot for each, and completes their TLS handshakes.
// Called by the stream port, which gets every accepted connection.
// Must stay true: a socket is handed over once, with its slot, or destroyed; a slot is released when its socket closes.

type StreamServerOptions = {
  readonly protocol: Exclude<Protocol, 'udp'>;
  readonly address: string;
  readonly port: number;
  readonly clock: EngineClock;
  readonly log: EngineLog;
  readonly inbound: InboundConnections;
  readonly isBlocked: (address: string) => boolean;
  readonly tls?: StreamTls | undefined;
};

export type StreamTls = {
  readonly settings: SecureContextOptions;
  readonly verifyServers: boolean;
  readonly requireClientCertificate: boolean;
};

export type AcceptedPeer = { readonly address: string; readonly port: number; readonly slot: ConnectionSlot };

/** RFC 5626 has peers ping; TCP keep-alive detects those that vanished silently. */
export const tcpOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 45_000 };

const backlog = 511;

export class StreamServer {
  readonly #options: StreamServerOptions;
  readonly #onAccepted: (socket: Socket, peer: AcceptedPeer) => void;
  #server: Server | TlsServer | undefined;
  /** Accepted, but still in the TLS handshake: when they came, and their slots. */
  readonly #handshakes = new Map<Socket, { readonly since: number; readonly slot: ConnectionSlot }>();

  constructor(options: StreamServerOptions, onAccepted: (socket: Socket, peer: AcceptedPeer) => void) {
    this.#options = options;
    this.#onAccepted = onAccepted;
  }

  /** Resolves with the bound port; rejects with the system's error. */
  async open(): Promise<number> {
    const { address, port } = this.#options;
    const server = this.#createServer();
    const bound = await listen(server, { host: address, port, ipv6Only: familyOf(address) === 6, backlog, exclusive: true });
    this.#server = server;
    return bound;
  }

  renewTls(settings: SecureContextOptions): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(settings);
  }

  /** Stops accepting at once, and resolves when every accepted connection has closed. */
  close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (server) server.close(() => resolve());
      else resolve();
    });
    for (const socket of this.#handshakes.keys()) socket.destroy();
    return closed;
  }

  get handshakes(): number {
    return this.#handshakes.size;
  }

  /** Closes connections whose TLS handshake began at `since` or before. */
  endHandshakes(since: number): void {
    for (const [socket, handshake] of this.#handshakes) if (handshake.since <= since) socket.destroy();
  }

  #createServer(): Server | TlsServer {
    const { tls } = this.#options;
    const server = tls
      ? new TlsServer({
          ...tls.settings,
          ...tcpOptions,
          requestCert: tls.requireClientCertificate,
          rejectUnauthorized: tls.requireClientCertificate,
        })
      : new Server(tcpOptions);
    server.prependListener('connection', (socket: Socket) => this.#onConnection(socket));
    if (server instanceof TlsServer) {
      server.on('secureConnection', (socket) => this.#onSecure(socket));
      server.on('tlsClientError', (error, socket) => {
        this.#options.log.debug({ code: codeOf(error), address: socket.remoteAddress }, 'TLS handshake failed');
        socket.destroy();
      });
    }
    server.on('error', (error) => this.#options.log.warn({ code: codeOf(error) }, 'Listening socket failed'));
    return server;
  }

  #onConnection(socket: Socket): void {
    const { remoteAddress: address, remotePort: port } = socket;
    const { inbound, tls, isBlocked, protocol, clock } = this.#options;
    socket.on('error', () => socket.destroy());
    const isAllowed = address !== undefined && port !== undefined && !isBlocked(address);
    const slot = isAllowed ? inbound.open({ protocol, address, port }, () => socket.destroy()) : undefined;
    if (!isAllowed || slot === undefined) {
      socket.destroy();
      return;
    }
    socket.once('close', () => {
      slot.leave();
      this.#handshakes.delete(socket);
    });
    if (tls) this.#handshakes.set(socket, { since: clock.monotonic(), slot });
    else this.#onAccepted(socket, { address, port, slot });
  }

  #onSecure(socket: TLSSocket): void {
    const { remoteAddress: address, remotePort: port } = socket;
    if (address === undefined || port === undefined) {
      socket.destroy();
      return;
    }
    for (const [raw, { slot }] of this.#handshakes) {
      if (raw.remotePort !== port || raw.remoteAddress !== address) continue;
      this.#handshakes.delete(raw);
      this.#onAccepted(socket, { address, port, slot });
      return;
    }
    socket.destroy();
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
