// Owns the public HTTP listener: `/api/webhooks/*` goes to one handler, `/healthz` answers that we are up, and nothing else exists.
// Called by app, which hands in the handler; it knows neither the API nor who is allowed.
// Must stay true: untrusted sources cost little (small bodies, short timeouts, few connections) and cannot keep Twilio out.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock, Timer } from '#base/clock.ts';
import { subscriberKey } from '#base/private-address.ts';
import type { Log } from '#base/log.ts';
import type { PublicHandler, PublicReply, PublicRequest } from '#contract/public-request.ts';
import { ConnectionSlots, limitConnections } from './connection-slots.ts';
import { HttpError } from './errors.ts';
import { readForm } from './form-body.ts';
import { boundAddress, listen, stopListening } from './listening.ts';
import { SourceLimiter } from './source-limiter.ts';
import type { SourceLimits } from './source-limiter.ts';

export type PublicServerOptions = {
  readonly host: string;
  /** 0 lets the system choose; `address` has the one it chose. */
  readonly port: number;
  /** The path of the public URL, for a proxy that does not strip it: empty, or such as `/gosip`. */
  readonly pathPrefix: () => string;
  readonly handler: PublicHandler;
  /** Called for every request without a route, before it is refused. */
  readonly onUnroutedRequest?: (target: string, headers: ReadonlyMap<string, string>) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: SourceLimits;
  /** Connections at a time. */
  readonly slots?: { readonly untrusted: number; readonly trusted: number };
  /** For tests, which do not wait so long. */
  readonly timeouts?: typeof defaultTimeouts;
};

const webhookPrefix = '/api/webhooks/';
const sweepMs = 60_000;
/** A request is a few KiB, and Twilio times out after 15 s. */
const defaultTimeouts = {
  headersTimeout: 5_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 20_000,
};
/** Also for a client that does not read its answer. */
const idleTimeoutMs = 25_000;
/** Untrusted sources have slots of their own, so that they take none from trusted ones and our own proxies. */
const maxSlots = { untrusted: 384, trusted: 256 };

/** Closes its connection, so that the limit of violations takes hold. */
const healthzReply: PublicReply = { status: 200, headers: { Connection: 'close' }, body: 'ok\n', isTrusted: false };

const plainHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

export class PublicServer {
  readonly #options: PublicServerOptions;
  readonly #sources: SourceLimiter;
  readonly #server: Server;
  readonly #closeUnused: () => void;
  #sweep: Timer | undefined;
  readonly #untrusted: ConnectionSlots;
  readonly #trusted: ConnectionSlots;
  #refusedConnections = 0;

  constructor(options: PublicServerOptions) {
    this.#options = options;
    this.#sources = new SourceLimiter(options.clock, options.limits);
    const slots = options.slots ?? maxSlots;
    this.#untrusted = new ConnectionSlots(slots.untrusted);
    this.#trusted = new ConnectionSlots(slots.trusted);
    this.#server = createServer(options.timeouts ?? defaultTimeouts, (request, response) => {
      if (request.socket.destroyed) return;
      this.#answer(request, response).catch((error: unknown) => {
        options.log.debug({ err: error }, 'Public request aborted');
        if (!request.complete) this.#sources.recordViolation(request.socket.remoteAddress ?? '');
        response.destroy();
      });
    });
    this.#server.timeout = idleTimeoutMs;
    this.#closeUnused = limitConnections(this.#server, (address) => this.#admit(address));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#refuseBroken(error, socket as Socket));
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** Where the server listens; only after `start`. */
  get address(): AddressInfo {
    return boundAddress(this.#server);
  }

  /** Connections closed because their source had too many connections or violations, or to make room for others. */
  get refusedConnections(): number {
    return this.#refusedConnections + this.#untrusted.evicted + this.#trusted.evicted;
  }

  /** Throws `conflict` with one plain sentence where the port is not available. */
  async start(): Promise<void> {
    const { host, port, clock } = this.#options;
    await listen(this.#server, { host, port, name: 'public', option: 'public_http_port' });
    this.#sweep = clock.every(sweepMs, () => this.#sources.sweep());
  }

  /** Accepts no new request, gives running ones a moment to finish, then ends them. */
  async stop(): Promise<void> {
    this.#sweep?.cancel();
    await stopListening(this.#server, this.#closeUnused, this.#options.clock);
  }

  #admit(address: string) {
    const admission = this.#sources.opened(address);
    if (admission === undefined) {
      this.#refusedConnections += 1;
      return undefined;
    }
    const slots = admission.isUntrusted ? this.#untrusted : this.#trusted;
    return { slots, source: subscriberKey(address), closed: () => this.#sources.closed(address) };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let reply: PublicReply;
    try {
      reply = await this.#replyTo(request);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      reply = { status: error.status, headers: error.headers, body: `${error.message}\n`, isTrusted: false };
    }
    const address = request.socket.remoteAddress ?? '';
    if (reply.isTrusted) this.#sources.markTrusted(address);
    // A health check is no violation, but counts as one: nothing needs it every second.
    else if (reply.status >= 400 || reply === healthzReply) this.#sources.recordViolation(address);
    send(request, response, reply);
  }

  async #replyTo(request: IncomingMessage): Promise<PublicReply> {
    const { handler, onUnroutedRequest } = this.#options;
    const target = request.url ?? '';
    const path = this.#pathOf(target);
    const { method = '' } = request;
    const isRead = method === 'GET' || method === 'HEAD';
    if (path === '/healthz') {
      if (!isRead) throw new HttpError(405, 'Only GET is possible here', { headers: { Allow: 'GET, HEAD' } });
      return healthzReply;
    }
    if (!path.startsWith(webhookPrefix)) {
      onUnroutedRequest?.(target, headersOf(request));
      throw new HttpError(404, 'There is nothing here');
    }
    if (!isRead && method !== 'POST')
      throw new HttpError(405, 'Only GET and POST are possible', { headers: { Allow: 'GET, HEAD, POST' } });
    const form = isRead ? [] : await readForm(request);
    const asked: PublicRequest = {
      method,
      target,
      form,
      path: path.slice(webhookPrefix.length),
      headers: headersOf(request),
      source: request.socket.remoteAddress ?? '',
    };
    return await handler(asked);
  }

  #pathOf(target: string): string {
    const end = target.indexOf('?');
    const path = end === -1 ? target : target.slice(0, end);
    const prefix = this.#options.pathPrefix();
    return prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
  }

  #refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
    this.#sources.recordViolation(socket.remoteAddress ?? '');
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: PublicReply): void {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  // The body of a refused request may be unread, so its connection carries no other one.
  const close = status >= 400 ? { Connection: 'close' } : {};
  const type = { 'Content-Type': 'text/plain; charset=utf-8' };
  response.writeHead(status, { ...plainHeaders, ...type, ...headers, ...close, 'Content-Length': String(bytes.length) });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function headersOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? [] : [[name, first] as const];
  });
  return new Map(pairs);
}
