import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readMessage } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';
import { clientFrame, readServerFrame } from './websocket-frames.ts';

// A SIP peer that sends and expects messages as text on a real socket, for tests that look at every byte.
// Called by tests of the engine and of the app.
// Must stay true: it adds and hides nothing; what arrives is taken in order, and an unexpected message fails the test.

type Address = { readonly address: string; readonly port: number };

type PeerSocket = {
  readonly local: Address;
  send(text: string, to: Address | undefined): void;
  close(): Promise<void>;
};

/** A method, a status, or any test of a message. */
export type Expected = string | number | ((message: PeerMessage) => boolean);

const limitMs = 15_000;

export class SipPeer implements AsyncDisposable {
  /** Where `send` sends to by default (UDP). */
  target: Address | undefined;
  /** Messages to drop unseen: 100 Trying unless a test asks for it. */
  ignores: (message: PeerMessage) => boolean = (message) => message.status === 100;
  readonly #inbox: PeerMessage[] = [];
  readonly #raw: string[] = [];
  readonly #events = new EventEmitter<{ message: []; closed: [] }>();
  peerSocket: PeerSocket | undefined;
  #isClosed = false;

  private constructor(target: Address | undefined) {
    this.target = target;
  }

  /** Bound to a free port unless one is named. */
  static async udp(options: { address?: string; port?: number; target?: Address } = {}): Promise<SipPeer> {
    const peer = new SipPeer(options.target);
    const address = options.address ?? '127.0.0.1';
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.on('message', (bytes) => peer.#receive(bytes.toString('latin1')));
    socket.bind(options.port ?? 0, address);
    await once(socket, 'listening');
    socket.on('error', () => {});
    peer.peerSocket = {
      local: socket.address(),
      send: (text, to) => socket.send(Buffer.from(text, 'latin1'), to?.port ?? 0, to?.address),
      close: () => new Promise((resolve) => socket.close(() => resolve())),
    };
    return peer;
  }

  /** A connection to the engine. */
  static async tcp(target: Address, options: { localAddress?: string } = {}): Promise<SipPeer> {
    const socket = connect({ host: target.address, port: target.port, ...options });
    await once(socket, 'connect');
    return SipPeer.#onStream(socket);
  }

  /** A TLS connection; the certificate is not checked. */
  static async tls(target: Address): Promise<SipPeer> {
    const socket = connectTls({ host: target.address, port: target.port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return SipPeer.#onStream(socket);
  }

  /** Listens for one connection from the engine at a time. */
  static async tcpServer(options: { address?: string; port?: number } = {}): Promise<SipPeer> {
    const peer = new SipPeer(undefined);
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      peer.#attach(socket);
    });
    server.listen(options.port ?? 0, options.address ?? '127.0.0.1');
    await once(server, 'listening');
    peer.peerSocket = {
      local: addressOf(server.address()),
      send: (text) => [...sockets].at(-1)?.write(text, 'latin1'),
      close: async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    };
    return peer;
  }

  /** A WebSocket with the subprotocol `sip` (RFC 7118); `isSecure` for wss without a check of the certificate. */
  static async ws(target: Address, { isSecure = false }: { isSecure?: boolean } = {}): Promise<SipPeer> {
    const { address: host, port } = target;
    const socket = isSecure ? connectTls({ host, port, rejectUnauthorized: false }) : connect(port, host);
    await once(socket, isSecure ? 'secureConnect' : 'connect');
    const rest = await shakeHands(socket, `${host}:${port}`);
    const peer = SipPeer.#onStream(socket, { isFramed: true });
    if (rest.length > 0) socket.unshift(rest);
    return peer;
  }

  static #onStream(socket: Socket, { isFramed = false } = {}): SipPeer {
    const peer = new SipPeer(undefined);
    if (isFramed) peer.#attachFramed(socket);
    else peer.#attach(socket);
    const encode = (text: string) => (isFramed ? clientFrame(1, Buffer.from(text, 'latin1')) : Buffer.from(text, 'latin1'));
    peer.peerSocket = {
      local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
      send: (text) => socket.write(encode(text)),
      close: async () => {
        if (socket.destroyed) return;
        const closed = once(socket, 'close');
        socket.destroy();
        await closed;
      },
    };
    return peer;
  }

  get address(): string {
    return this.peerSocket?.local.address ?? '';
  }

  get port(): number {
    return this.peerSocket?.local.port ?? 0;
  }

  /** `host:port` for Via, Contact and URIs. */
  get host(): string {
    return this.address.includes(':') ? `[${this.address}]:${this.port}` : `${this.address}:${this.port}`;
  }

  send(text: string, to: Address | undefined = this.target): void {
    this.peerSocket?.send(text, to);
  }

  /** The next message, which must be this one; others fail the test with their text. */
  async expect(expected: Expected): Promise<PeerMessage> {
    const message = await this.#next(`"${describe(expected)}"`);
    if (!matches(message, expected)) throw new Error(`Expected "${describe(expected)}", but this came:\n${message.text}`);
    return message;
  }

  /** Drops messages until this one comes, such as retransmissions that a slow machine lets through. */
  async skipTo(expected: Expected): Promise<PeerMessage> {
    for (;;) {
      const message = await this.#next(`"${describe(expected)}"`);
      if (matches(message, expected)) return message;
    }
  }

  /** Bytes between messages of a stream, such as the answer to a keep-alive. */
  async expectRaw(text: string): Promise<void> {
    const next = await this.#until(() => this.#raw.shift(), JSON.stringify(text));
    if (next !== text) throw new Error(`Expected ${JSON.stringify(text)}, but ${JSON.stringify(next)} came`);
  }

  /** Resolves when the other side has closed the connection. */
  async closed(): Promise<void> {
    if (!this.#isClosed) await once(this.#events, 'closed', { signal: AbortSignal.timeout(limitMs) });
  }

  /** Messages that arrived and were not asked for. */
  get unread(): readonly PeerMessage[] {
    return this.#inbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peerSocket?.close();
  }

  #next(what: string): Promise<PeerMessage> {
    return this.#until(() => this.#inbox.shift(), what);
  }

  async #until<T>(take: () => T | undefined, what: string): Promise<T> {
    const signal = AbortSignal.timeout(limitMs);
    for (;;) {
      const taken = take();
      if (taken !== undefined) return taken;
      await once(this.#events, 'message', { signal }).catch(() => {
        throw new Error(`${what} did not come in ${limitMs / 1000} s`);
      });
    }
  }

  #receive(text: string): void {
    const message = readMessage(text);
    if (!this.ignores(message)) this.#inbox.push(message);
    this.#events.emit('message');
  }

  #attach(socket: Socket): void {
    let pending = '';
    this.#watch(socket);
    socket.on('data', (chunk: Buffer) => {
      pending += chunk.toString('latin1');
      for (let length = messageLength(pending); length > 0; length = messageLength(pending)) {
        const text = pending.slice(0, length);
        pending = pending.slice(length);
        if (text === '\r\n') this.#receiveRaw(text);
        else this.#receive(text);
      }
    });
  }

  #attachFramed(socket: Socket): void {
    let pending: Buffer = Buffer.alloc(0);
    this.#watch(socket);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (let frame = readServerFrame(pending); frame !== undefined; frame = readServerFrame(pending)) {
        pending = pending.subarray(frame.length);
        const text = frame.payload.toString('latin1');
        if (frame.opcode === 9) socket.write(clientFrame(10, frame.payload));
        else if (frame.opcode <= 2 && text.trim() === '') this.#receiveRaw(text);
        else if (frame.opcode <= 2) this.#receive(text);
      }
    });
  }

  #receiveRaw(text: string): void {
    this.#raw.push(text);
    this.#events.emit('message');
  }

  #watch(socket: Socket): void {
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isClosed = true;
      this.#events.emit('closed');
    });
  }
}

/** Bytes of the first whole message or line break at the start, 0 while some are missing. */
function messageLength(text: string): number {
  if (text.startsWith('\r\n')) return 2;
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return 0;
  const length = end + 4 + Number(readMessage(text.slice(0, end + 4)).header('Content-Length') ?? 0);
  return text.length >= length ? length : 0;
}

async function shakeHands(socket: Socket, host: string): Promise<Buffer> {
  const lines = [
    'GET / HTTP/1.1',
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: sip',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let answer: Buffer = Buffer.alloc(0);
  while (!answer.includes('\r\n\r\n')) {
    const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(limitMs) })) as [Buffer];
    answer = Buffer.concat([answer, chunk]);
  }
  if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(`No WebSocket: ${answer.toString('latin1')}`);
  return answer.subarray(answer.indexOf('\r\n\r\n') + 4);
}

function addressOf(address: ReturnType<ReturnType<typeof createServer>['address']>): Address {
  return typeof address === 'object' && address !== null ? address : { address: '', port: 0 };
}

function matches(message: PeerMessage, expected: Expected): boolean {
  if (typeof expected === 'function') return expected(message);
  return typeof expected === 'number' ? message.status === expected : message.method === expected;
}

function describe(expected: Expected): string {
  return typeof expected === 'function' ? 'a message that fits' : String(expected);
}
