import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { ControlSession } from './control-session.ts';
import type { ControlPeer, SessionSurroundings } from './control-session.ts';

// Owns the control port: applications connect here with drachtio's protocol. Made by engine.ts.
// Must stay true: nothing but authentication is done for a connection that has not authenticated, and no peer holds one for long without it.

export type ControlAddress = { readonly host: string; readonly port: number };

export type ControlServerOptions = ControlAddress & {
  /** PEM texts; without them the port speaks plain TCP. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer } | undefined;
  /** Seconds between TCP keep-alives, 0 for none. */
  readonly keepAliveSeconds: number;
};

const authenticationTimeoutMs = 5000;

export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #around: SessionSurroundings;
  readonly #server: Server;
  readonly #sessions = new Map<ControlSession, Socket>();

  constructor(options: ControlServerOptions, around: SessionSurroundings) {
    this.#options = options;
    this.#around = around;
    this.#server = this.#create();
  }

  /** Listens and tells where, or throws an Error that names the port and the reason. */
  start(): Promise<ControlAddress> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException) => reject(listenError(`${host}:${port}`, error));
      this.#server.once('error', onError);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', onError);
        this.#server.on('error', (error) => this.#around.log.error({ err: error }, 'The control port failed'));
        resolve({ host, port: (this.#server.address() as AddressInfo).port });
      });
    });
  }

  stop(): Promise<void> {
    for (const socket of this.#sessions.values()) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  get connections(): number {
    return this.#sessions.size;
  }

  /** Bytes that wait in the queues of all connections. */
  get queuedBytes(): number {
    let bytes = 0;
    for (const session of this.#sessions.keys()) bytes += session.queuedBytes;
    return bytes;
  }

  #create(): Server {
    const { tls, keepAliveSeconds } = this.#options;
    const socketOptions = {
      noDelay: true,
      keepAlive: keepAliveSeconds > 0,
      keepAliveInitialDelay: keepAliveSeconds * 1000,
    };
    const server =
      tls === undefined
        ? createTcpServer(socketOptions, (socket) => this.#accept(socket))
        : createTlsServer({ ...socketOptions, ...tls, handshakeTimeout: authenticationTimeoutMs }, (socket) =>
            this.#accept(socket),
          );
    server.maxConnections = this.#around.limits.controlConnections;
    return server;
  }

  #accept(socket: Socket): void {
    const session = new ControlSession(peerOf(socket), this.#around);
    this.#sessions.set(session, socket);
    const patience = this.#around.clock.after(authenticationTimeoutMs, () => {
      if (!session.isOpen) socket.destroy();
    });
    const ended = () => {
      patience.cancel();
      this.#sessions.delete(session);
      session.closed();
    };
    socket.on('data', (chunk) => session.receive(chunk));
    socket.on('end', ended);
    socket.on('error', (error) => this.#around.log.debug({ err: error }, 'A control connection failed'));
    socket.on('close', ended);
  }
}

/** Compares in the same time for any wrong secret. `offered` is a binary string. */
export function secretCheck(secret: string): (offered: string) => boolean {
  const expected = createHash('sha256').update(secret, 'utf8').digest();
  return (offered) => timingSafeEqual(expected, createHash('sha256').update(offered, 'latin1').digest());
}

function peerOf(socket: Socket): ControlPeer {
  return {
    write: (bytes, written) => socket.write(bytes, written),
    unwritten: () => socket.writableLength,
    end: () => socket.end(),
    destroy: () => socket.destroy(),
  };
}

function listenError(address: string, error: NodeJS.ErrnoException): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another process holds it, perhaps a drachtio-server or a second engine',
    EACCES: 'this user may not open it',
    EADDRNOTAVAIL: 'this machine does not have the address',
  };
  const reason = reasons[error.code ?? ''] ?? error.message;
  return new Error(`The control port ${address} (tcp) cannot be opened: ${reason}`, { cause: error });
}
