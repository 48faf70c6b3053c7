import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { Clock } from '#base/clock.ts';
import { formatVia, parseVia } from '#sip-engine/message/fields.ts';
import { defaultLimits } from '#sip-engine/runtime/limits.ts';
import type { SipMessage } from '#sip-engine/message/message.ts';
import { parseMessage } from '#sip-engine/message/parse.ts';
import { serialize } from '#sip-engine/message/serialize.ts';
import { StreamFramer } from '#sip-engine/transport/stream-framer.ts';
import { freePort } from '#testing/base/free-port.ts';
import type { TestCertificate } from '#testing/base/tls-certificate.ts';
import type { SipTrace } from './sip-trace.ts';

// SIP on UDP, TCP and TLS on one loopback address: the emulated edge.
// Called by the emulator's SIP side.
// Must stay true: every message both ways is in the trace, and a request's top Via says where it really came from.

export type SipProtocol = 'udp' | 'tcp' | 'tls';
export type Remote = { readonly address: string; readonly port: number };

/** A way to one peer: an address for UDP, a connection otherwise. */
export type WireFlow = {
  readonly protocol: SipProtocol;
  readonly remote: Remote;
  readonly isOpen: () => boolean;
  readonly send: (message: SipMessage) => void;
};

export type WireOptions = {
  readonly address: string;
  readonly certificate: TestCertificate;
  readonly clock: Clock;
  readonly trace: SipTrace;
  /** For UDP and TCP; a free one when left out. */
  readonly port?: number;
  readonly tlsPort?: number;
};

export class SipWire implements AsyncDisposable {
  onMessage: (message: SipMessage, flow: WireFlow) => void = () => {};
  readonly address: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly #options: WireOptions;
  #udp: UdpSocket | undefined;
  #servers: Server[] = [];
  readonly #connections = new Map<Socket, WireFlow>();

  private constructor(options: WireOptions, ports: { port: number; tlsPort: number }) {
    this.#options = options;
    this.address = options.address;
    this.port = ports.port;
    this.tlsPort = ports.tlsPort;
  }

  static async open(options: WireOptions): Promise<SipWire> {
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port ?? (await freePort(options.address));
      const wire = new SipWire(options, { port, tlsPort: options.tlsPort ?? (await freePort(options.address)) });
      try {
        await wire.#listen();
        return wire;
      } catch (error) {
        await wire[Symbol.asyncDispose]();
        if (attempt === 5 || options.port !== undefined) throw error;
      }
    }
  }

  portOf(protocol: SipProtocol): number {
    return protocol === 'tls' ? this.tlsPort : this.port;
  }

  /** A way to this address; connections that are open are used again. Rejects when nothing listens there. */
  async flowTo(protocol: SipProtocol, remote: Remote): Promise<WireFlow> {
    if (protocol === 'udp') return this.#datagramFlow(remote);
    for (const flow of this.#connections.values()) {
      const fits = flow.protocol === protocol && flow.remote.port === remote.port && flow.remote.address === remote.address;
      if (fits && flow.isOpen()) return flow;
    }
    const at = { host: remote.address, port: remote.port, localAddress: this.address };
    // As with Twilio's own origination, the house's certificate is not checked: it is mostly self-signed.
    const socket = protocol === 'tls' ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at);
    await once(socket, protocol === 'tls' ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(4000) });
    return this.#attach(socket, protocol);
  }

  /** Breaks every connection, as a router does that forgot its table. */
  dropConnections(): void {
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dropConnections();
    await Promise.all(this.#servers.map((server) => closed(server)));
    const udp = this.#udp;
    this.#udp = undefined;
    if (udp) await new Promise<void>((resolve) => udp.close(() => resolve()));
  }

  async #listen(): Promise<void> {
    const udp = createSocket('udp4');
    udp.on('message', (bytes, from) => this.#receive(bytes, this.#datagramFlow(from)));
    udp.bind(this.port, this.address);
    await once(udp, 'listening');
    udp.on('error', () => {});
    this.#udp = udp;
    const { keyFile, certFile } = this.#options.certificate;
    const secrets = { key: readFileSync(keyFile), cert: readFileSync(certFile), minVersion: 'TLSv1.2' as const };
    await this.#serve(
      createServer((socket) => this.#attach(socket, 'tcp')),
      this.port,
    );
    await this.#serve(
      createTlsServer(secrets, (socket) => this.#attach(socket, 'tls')),
      this.tlsPort,
    );
  }

  async #serve(server: Server, port: number): Promise<void> {
    server.listen(port, this.address);
    await once(server, 'listening');
    server.on('error', () => {});
    this.#servers.push(server);
  }

  #attach(socket: Socket, protocol: SipProtocol): WireFlow {
    const remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    const flow: WireFlow = {
      protocol,
      remote,
      isOpen: () => !socket.destroyed && socket.writable,
      send: (message) => {
        this.#note('out', flow, message);
        if (flow.isOpen()) socket.write(serialize(message));
      },
    };
    const framer = new StreamFramer(defaultLimits, {
      onMessage: (bytes) => this.#receive(bytes, flow),
      onPing: () => socket.write('\r\n'),
      onProtocolError: () => {
        this.#options.trace.breach('What came over a connection was not SIP');
        socket.destroy();
      },
    });
    this.#connections.set(socket, flow);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => framer.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => this.#connections.delete(socket));
    return flow;
  }

  #datagramFlow({ address, port }: Remote): WireFlow {
    const flow: WireFlow = {
      protocol: 'udp',
      remote: { address, port },
      isOpen: () => this.#udp !== undefined,
      send: (message) => {
        this.#note('out', flow, message);
        this.#udp?.send(serialize(message), port, address, () => {});
      },
    };
    return flow;
  }

  #receive(bytes: Buffer, flow: WireFlow): void {
    const result = parseMessage(bytes, defaultLimits);
    if (result.kind === 'malformed') this.#options.trace.breach(`A message was malformed: ${result.reason}`);
    if (result.kind !== 'message') return;
    const { message } = result;
    this.#note('in', flow, message);
    if (message.isRequest) markSource(message, flow.remote);
    this.onMessage(message, flow);
  }

  #note(direction: 'in' | 'out', { protocol, remote }: WireFlow, message: SipMessage): void {
    const at = this.#options.clock.now();
    this.#options.trace.note({ at, direction, protocol, remote: `${remote.address}:${remote.port}`, message });
  }
}

// RFC 3261 section 18.2.1 and RFC 3581 section 4. Twilio always says where it saw the request come from.
function markSource(message: SipMessage, remote: Remote): void {
  const top = message.shift('via');
  const via = top === undefined ? undefined : parseVia(top);
  if (top === undefined || via === undefined) return;
  via.params.set('received', remote.address);
  if (via.params.has('rport')) via.params.set('rport', String(remote.port));
  message.prepend('via', formatVia(via));
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
