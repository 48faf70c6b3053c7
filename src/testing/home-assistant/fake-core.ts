// A Home Assistant Core for tests: its WebSocket API and the parts of its REST API that the house uses, over a real socket.
// Called by tests of the connection and by flows over the whole app.
// Must stay true: as strict as the real one about the order of the sign-in, ids that grow, and headers; faults are switched on by a test.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { FakeCoreSession } from './fake-core-session.ts';
import type { CoreReply, FakeState, SessionMessage } from './fake-core-session.ts';

/** `bad-gateway`: Supervisor without its Core. `silent`: takes connections and never says a word. */
export type FakeFault = 'none' | 'bad-gateway' | 'silent';

export type RestRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** As they came, name after name and value. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
};
export type RestReply = { readonly status: number; readonly body: unknown };

export class FakeCore implements AsyncDisposable {
  readonly token = 'eyJ0.of-anna';
  /** What it lets in; a revoked token is no longer here. */
  readonly tokens = new Set([this.token]);
  readonly states = new Map<string, FakeState>();
  /** By the type of the command; a CoreRefusal thrown is what it answers. */
  readonly commands = new Map<string, (message: SessionMessage) => CoreReply>();
  /** By the beginning of the path, the longest first. */
  readonly rest = new Map<string, (request: RestRequest) => RestReply>();
  readonly received: SessionMessage[] = [];
  readonly requests: RestRequest[] = [];
  fault: FakeFault = 'none';
  /** Sign-ins so far. */
  signIns = 0;
  readonly #sessions = new Set<FakeCoreSession>();
  readonly #sockets = new Set<Duplex>();
  #server: Server | undefined;
  #port = 0;

  static async start(): Promise<FakeCore> {
    const core = new FakeCore();
    await core.begin();
    return core;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get sessions(): readonly FakeCoreSession[] {
    return [...this.#sessions];
  }

  /** On the port it had before. */
  async begin(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    server.on('connection', (socket: Duplex) => this.#keep(socket));
    server.on('upgrade', (request, socket: Duplex) => this.#upgrade(request, socket));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** As when it is restarted: every connection breaks at once. */
  async end(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sessions.clear();
    await closed;
  }

  setState(entityId: string, state: string, attributes: Readonly<Record<string, unknown>> = {}): void {
    this.states.set(entityId, { state, attributes });
    for (const session of this.#sessions) session.stateChanged(entityId);
  }

  removeState(entityId: string): void {
    this.states.delete(entityId);
    for (const session of this.#sessions) session.stateChanged(entityId);
  }

  /** Whoever fires it: an app, an automation, a person. */
  fire(type: string, data: object): void {
    for (const session of this.#sessions) session.fired(type, data);
  }

  /** All commands of that type, also those of connections before. */
  commandsOf(type: string): readonly SessionMessage[] {
    return this.received.filter((message) => message.type === type);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #upgrade(request: IncomingMessage, socket: Duplex): void {
    if (this.fault === 'silent') return;
    const isGone = this.fault === 'bad-gateway' || request.url !== '/api/websocket';
    if (isGone) {
      socket.end(
        `HTTP/1.1 ${request.url === '/api/websocket' ? '502 Bad Gateway' : '404 Not Found'}\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const session = new FakeCoreSession(socket, this);
    this.#sessions.add(session);
    socket.on('close', () => this.#sessions.delete(session));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.fault === 'silent') return;
    const body = Buffer.concat(await Array.fromAsync(request));
    const { method = '', url = '', headers, rawHeaders } = request;
    const asked = { method, path: url, headers, rawHeaders, body };
    const { status, body: reply } = this.#reply(asked);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(typeof reply === 'string' ? reply : JSON.stringify(reply));
  }

  #reply(request: RestRequest): RestReply {
    if (this.fault === 'bad-gateway') return { status: 502, body: '502: Bad Gateway' };
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!this.tokens.has(token)) return { status: 401, body: '401: Unauthorized' };
    this.requests.push(request);
    const prefix = [...this.rest.keys()]
      .filter((one) => request.path.startsWith(one))
      .toSorted((one, other) => other.length - one.length)[0];
    return this.rest.get(prefix ?? '')?.(request) ?? { status: 404, body: '404: Not Found' };
  }
}
