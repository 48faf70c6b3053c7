import type { Socket } from 'node:net';
import { codeOf, failLater } from './bound-port.ts';
import type { OnFailure } from './bound-port.ts';
import type { Channel, ChannelHandlers } from './channel.ts';
import type { EngineClock, EngineTimer } from '../runtime/clock.ts';
import type { Flow, Listener, Protocol, SendFailure } from './transport.ts';

// Owns one TCP, TLS or WebSocket connection, opened by either side.
// Called by the stream transport.
// Must stay true: it holds a bounded number of bytes in both directions, ends exactly once, and notifies every sender whose bytes were not sent.

export type StreamTimes = {
  /** TCP connect of ours. */
  readonly connectMs: number;
  /** TLS and WebSocket handshake. */
  readonly handshakeMs: number;
  /** A partly received message (slow loris). */
  readonly partialMs: number;
  /** An inbound connection on which no request was accepted, whatever else it carries. */
  readonly unauthenticatedMs: number;
  readonly idleMs: number;
  /** A request of ours after which nothing at all came: the peer counts as dead when the connection is needed again. */
  readonly silenceMs: number;
  /** How long written bytes may take to be sent before we close. */
  readonly lingerMs: number;
};

export const defaultStreamTimes: StreamTimes = {
  connectMs: 10_000,
  handshakeMs: 10_000,
  partialMs: 64_000,
  unauthenticatedMs: 64_000,
  idleMs: 2 * 3_600_000,
  silenceMs: 32_000,
  lingerMs: 5_000,
};

/** Memory for partly received messages of all connections together. */
export type PartialMessageBudget = { readonly limit: number; used: number };

/** A connection that holds less than this is never closed to save memory. */
const fairShareBytes = 4_096;

export type ConnectionOptions = {
  readonly id: number;
  readonly protocol: Protocol;
  readonly listener: Listener;
  readonly socket: Socket;
  readonly isInbound: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly serverName?: string | undefined;
  readonly clock: EngineClock;
  readonly times: StreamTimes;
  /** Most bytes queued for a peer that does not read. */
  readonly maxQueuedBytes: number;
  readonly held: PartialMessageBudget;
  readonly openChannel: (handlers: ChannelHandlers) => Channel;
  readonly onMessage: (bytes: Buffer, connection: StreamConnection) => void;
  readonly onProtocolError: (status: 400 | 413, head: Buffer, connection: StreamConnection) => void;
  readonly onClosed: (connection: StreamConnection) => void;
  /** A request on it was accepted for the first time. */
  readonly onAuthenticated?: (() => void) | undefined;
};

export class StreamConnection implements Flow {
  readonly id: number;
  readonly protocol: Protocol;
  readonly listener: Listener;
  readonly isInbound: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly serverName: string | undefined;
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #channel: Channel;
  #isConnected: boolean;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #failure: SendFailure = { kind: 'closed', text: 'The connection is closed.' };
  readonly #openedAt: number;
  #closingAt = 0;
  #lastAt: number;
  /** When the partly received message began; 0 for none. */
  #partialSince = 0;
  #isAuthenticated = false;
  #pause: EngineTimer | undefined;
  #heldBytes = 0;
  /** Writes that the system has not accepted yet, and when it last accepted one or had none. */
  #unwritten = 0;
  /** When we sent the first request since the peer was last heard; 0 for none. */
  #unansweredSince = 0;
  #writtenAt = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.id = options.id;
    this.protocol = options.protocol;
    this.listener = options.listener;
    this.isInbound = options.isInbound;
    this.remoteAddress = options.remoteAddress;
    this.remotePort = options.remotePort;
    this.serverName = options.serverName;
    this.#socket = options.socket;
    this.#isConnected = options.isInbound;
    this.#openedAt = options.clock.monotonic();
    this.#lastAt = this.#openedAt;
    this.#channel = options.openChannel({
      onMessage: (bytes) => this.#onMessage(bytes),
      onAlive: () => this.#heard(),
      onProtocolError: (status, head) => options.onProtocolError(status, head, this),
      write: (bytes) => this.#write(bytes),
      end: () => this.end(),
    });
    this.#attach();
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get isOurs(): boolean {
    return !this.isInbound;
  }

  get isAuthenticated(): boolean {
    return this.#isAuthenticated;
  }

  markAuthenticated(): void {
    if (this.#isAuthenticated) return;
    this.#isAuthenticated = true;
    this.#options.onAuthenticated?.();
  }

  /** True when the socket is gone too. */
  get isEnded(): boolean {
    return this.#state === 'closed';
  }

  get localAddress(): string {
    return this.#socket.localAddress ?? this.listener.address;
  }

  get localPort(): number {
    return this.#socket.localPort ?? this.listener.port;
  }

  /** Called by the port when a connection of ours, with TLS if any, is established. */
  connected(): void {
    this.#isConnected = true;
    this.#lastAt = this.#options.clock.monotonic();
  }

  send(bytes: Buffer, onFailure?: OnFailure): void {
    if (this.#state !== 'open') return failLater(onFailure, this.#failure);
    if (onFailure && this.#unansweredSince === 0) this.#unansweredSince = this.#options.clock.monotonic();
    this.#write(this.#channel.encode(bytes), onFailure);
  }

  /** TCP itself takes a quarter of an hour to notice that a peer has vanished. */
  isSilent(): boolean {
    return (
      this.#unansweredSince !== 0 && this.#options.clock.monotonic() - this.#unansweredSince >= this.#options.times.silenceMs
    );
  }

  keepAlive(): void {
    if (this.#state === 'open' && this.#isConnected && this.#channel.isReady) this.#write(this.#channel.keepAlive());
  }

  /** Sends what is written, then closes. Nothing more is read. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#closingAt = this.#options.clock.monotonic();
    this.#channel.stop();
    this.#checkHeld();
    this.#socket.resume();
    this.#socket.end();
    this.#options.onClosed(this);
  }

  /** A graceful close at shutdown. */
  endGracefully(): void {
    const bytes = this.#channel.closingBytes();
    if (bytes && this.#state === 'open') this.#write(bytes);
    this.end();
  }

  /** Closes at once. */
  destroy(failure: SendFailure): void {
    if (this.#state === 'closed') return;
    this.#failure = failure;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    this.#pause?.cancel();
    this.#channel.stop();
    this.#checkHeld();
    this.#socket.destroy();
    if (wasOpen) this.#options.onClosed(this);
  }

  /** Stops reading for a while: TCP flow control slows the peer down. */
  pauseFor(milliseconds: number): void {
    if (this.#pause !== undefined || this.#state !== 'open') return;
    this.#socket.pause();
    this.#pause = this.#options.clock.after(milliseconds, () => {
      this.#pause = undefined;
      if (this.#state === 'open') this.#socket.resume();
    });
  }

  /** Closes the connection if it is overdue; called about every second. */
  checkTimes(now: number): void {
    const { times } = this.#options;
    const age = now - this.#openedAt;
    if (this.#state === 'closing') {
      if (now - this.#closingAt >= times.lingerMs) this.destroy(this.#failure);
    } else if (!this.#isConnected) {
      if (age >= times.connectMs) this.destroy({ kind: 'timeout', text: 'The connection could not be opened in time.' });
    } else if (!this.#channel.isReady) {
      if (age >= times.handshakeMs) this.destroy({ kind: 'timeout', text: 'The handshake took too long.' });
    } else if (this.isInbound && !this.#isAuthenticated && age >= times.unauthenticatedMs) this.end();
    else if (this.#isStalled(now)) {
      this.destroy({ kind: 'timeout', text: 'The peer sent half a message.' });
    } else if (this.#unwritten > 0 && now - this.#writtenAt >= times.partialMs) {
      this.destroy({ kind: 'timeout', text: 'The peer does not read what it is sent.' });
    } else if (now - this.#lastAt >= times.idleMs) this.end();
  }

  #isStalled(now: number): boolean {
    const { partialMs } = this.#options.times;
    return this.#partialSince !== 0 && now - this.#partialSince >= partialMs;
  }

  #attach(): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', (error) => this.destroy({ kind: 'refused', text: `The connection failed (${codeOf(error)}).` }));
    socket.on('end', () => this.end());
    socket.on('close', () => this.destroy(this.#failure));
  }

  #onData(chunk: Buffer): void {
    if (this.#state !== 'open') return;
    const now = this.#options.clock.monotonic();
    this.#lastAt = now;
    this.#unansweredSince = 0;
    this.#channel.push(chunk);
    if (!this.#channel.hasPartial) this.#partialSince = 0;
    else if (this.#partialSince === 0) this.#partialSince = now;
    this.#checkHeld();
  }

  /** Many connections with large partial messages could exhaust the machine's memory. */
  #checkHeld(): void {
    const { held } = this.#options;
    const bytes = this.#state === 'open' ? this.#channel.heldBytes : 0;
    held.used += bytes - this.#heldBytes;
    this.#heldBytes = bytes;
    if (held.used > held.limit && bytes > fairShareBytes) {
      this.destroy({ kind: 'closed', text: 'Too many half-received messages.' });
    }
  }

  #onMessage(bytes: Buffer): void {
    this.#heard();
    this.#options.onMessage(bytes, this);
  }

  #heard(): void {
    this.#partialSince = 0;
  }

  #write(bytes: Buffer, onFailure?: OnFailure): void {
    if (this.#state === 'closed') return;
    if (this.#socket.writableLength + bytes.length > this.#options.maxQueuedBytes) {
      const failure: SendFailure = { kind: 'timeout', text: 'The peer does not read what it is sent.' };
      failLater(onFailure, failure);
      this.destroy(failure);
      return;
    }
    const now = this.#options.clock.monotonic();
    this.#lastAt = now;
    if (this.#unwritten === 0) this.#writtenAt = now;
    this.#unwritten += 1;
    this.#socket.write(bytes, (error) => {
      this.#unwritten -= 1;
      this.#writtenAt = this.#options.clock.monotonic();
      if (error && onFailure) this.#unsent(error, onFailure);
    });
  }

  #unsent(error: Error, onFailure: OnFailure): void {
    const isKnown = this.#state === 'closed';
    onFailure(isKnown ? this.#failure : { kind: 'refused', text: `The connection failed (${codeOf(error)}).` });
  }
}
