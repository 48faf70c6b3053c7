import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { ControlSession } from './session.ts';
import type { ControlPeer, ControlSessionDeps } from './session.ts';
import { portHolder } from '../transport/port-holder.ts';
import { loadTls } from '../transport/tls-settings.ts';
import type { TlsOptions } from '../transport/tls-settings.ts';

// Owns the control port: applications connect here with drachtio's protocol. Made by engine.ts.
// Must stay true: an unauthenticated connection can do nothing but authenticate, and no peer holds one open for long.

export type ControlAddress = { readonly host: string; readonly port: number };

export type ControlServerOptions = ControlAddress & {
  /** Without it the port speaks plain TCP. */
  readonly tls?: TlsOptions | undefined;
  /** Seconds between TCP keep-alives, 0 for none. */
  readonly keepAliveSeconds: number;
};

const authenticationTimeoutMs = 5000;
const lingerMs = 5000;

export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #deps: ControlSessionDeps;
  readonly #server: Server;
  readonly #sessions = new Map<ControlSession, Socket>();

  constructor(options: ControlServerOptions, deps: ControlSessionDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#server = this.#create();
  }

  /** Listens and returns the address, or throws an Error that names the port and the reason. */
  start(): Promise<ControlAddress> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException) => reject(listenError({ host, port }, error));
      this.#server.once('error', onError);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', onError);
        this.#server.on('error', (error) => this.#deps.log.error({ err: error }, 'Control port failed'));
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
      // An application that half-closes still reads what is on its way to it.
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: keepAliveSeconds > 0,
      keepAliveInitialDelay: keepAliveSeconds * 1000,
    };
    const onSocket = (socket: Socket): void => this.#accept(socket);
    const server = tls === undefined ? createTcpServer(socketOptions, onSocket) : createTls(tls, socketOptions, onSocket);
    server.maxConnections = this.#deps.limits.controlConnections;
    return server;
  }

  /** Unauthenticated connections never hold more than half of the slots: the oldest is closed. */
  #limitUnauthenticated(): void {
    const unauthenticated = [...this.#sessions].filter(([session, socket]) => !session.isOpen && !socket.destroyed);
    if (unauthenticated.length > Math.max(1, this.#deps.limits.controlConnections / 2)) unauthenticated[0]?.[1].destroy();
  }

  #accept(socket: Socket): void {
    const session = new ControlSession(peerOf(socket), this.#deps);
    this.#sessions.set(session, socket);
    this.#limitUnauthenticated();
    const timeout = this.#deps.clock.after(authenticationTimeoutMs, () => {
      if (!session.isOpen) socket.destroy();
    });
    socket.on('data', (chunk) => session.receive(chunk));
    socket.on('end', () => {
      session.closed();
      socket.end();
      this.#deps.clock.after(lingerMs, () => socket.destroy());
    });
    socket.on('error', (error) => this.#deps.log.debug({ err: error }, 'Control connection failed'));
    socket.on('close', () => {
      timeout.cancel();
      this.#sessions.delete(session);
      session.closed();
    });
  }
}

/** Takes the same time for any wrong secret. `offered` is a binary string. */
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

type SocketOptions = {
  readonly allowHalfOpen: boolean;
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay: number;
};

/** Applications need no certificate: they present the secret. */
function createTls(tls: TlsOptions, options: SocketOptions, onSocket: (socket: Socket) => void): Server {
  const loaded = loadTls(tls);
  if (loaded.kind === 'problem') throw new Error(loaded.text, { cause: loaded.cause });
  return createTlsServer({ ...options, ...loaded.settings, handshakeTimeout: authenticationTimeoutMs }, onSocket);
}

function listenError({ host, port }: ControlAddress, error: NodeJS.ErrnoException): Error {
  const reasons: Record<string, () => string> = {
    EADDRINUSE: () => `the port is in use by ${portHolder('tcp', port) ?? 'another program'}`,
    EACCES: () => 'ports below 1024 need privileges that this program does not have',
    EADDRNOTAVAIL: () => 'this machine has no such address',
  };
  const reason = reasons[error.code ?? '']?.() ?? error.message;
  return new Error(`Cannot listen for applications on TCP ${host}:${port}: ${reason}.`, { cause: error });
}
