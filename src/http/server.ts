// Owns the HTTP listener of the API and the panel: mounts the rooms' endpoints, identifies the client, gives every error the contract's shape.
// Called by app, which hands in the routes of every room; knows no subject.
// Must stay true: no endpoint answers before its access is checked, and every reply carries the security headers.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import Router from '@koa/router';
import Koa from 'koa';
import type { Context, Next } from 'koa';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { subscriberKey } from '#base/private-address.ts';
import type { Route } from '#contract/endpoint.ts';
import { describeApi } from '#contract/openapi.ts';
import { ConnectionSlots, limitConnections } from './connection-slots.ts';
import { renderDocs } from './docs-page.ts';
import { errorResponse, HttpError } from './errors.ts';
import { securityHeaders } from './headers.ts';
import { boundAddress, listen, stopListening } from './listening.ts';
import type { ListenAddress } from './listening.ts';
import type { RepliesOnDisk } from './kept-replies.ts';
import type { LiveStream } from './live.ts';
import { admit, mountRoutes } from './mount.ts';
import type { PanelFiles } from './panel-files.ts';
import { isOpenedByPerson, renderRefusal } from './refusal-page.ts';
import type { ServerView } from './request-view.ts';

const timeouts = {
  headersTimeout: 10_000,
  // A backup that is uploaded may take hours; every other body has a limit of its own.
  requestTimeout: 4 * 3_600_000,
  connectionsCheckingInterval: 1_000,
  // Longer than whoever keeps connections to use them again: the Supervisor 15 s, nginx 60 s, Firefox 115 s, Caddy 120 s. Who closes
  // first must be the client: a request that comes while we close is lost, and the Supervisor answers the browser 502.
  keepAliveTimeout: 125_000,
};
const defaultSlots = 500;
const webListener = { name: 'web', option: 'http_port' };

export type HttpServerOptions = {
  readonly host: string;
  /** 0 lets the system choose; `address` has the one it chose. */
  readonly port: number;
  readonly version: string;
  readonly routes: readonly Route[];
  readonly view: ServerView;
  /** For the error where the port is not available; of the API listener by default. */
  readonly listener?: Pick<ListenAddress, 'name' | 'option'>;
  readonly live: LiveStream;
  /** Without it there is the API alone. */
  readonly panel?: PanelFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly isReplyStrict: boolean;
  /** Without it a restart forgets what was done. */
  readonly repliesOnDisk?: RepliesOnDisk;
  /** Connections at a time. */
  readonly slots?: number;
  /** Turns a failure of another part, such as the storage, into an error for the user. */
  readonly explain?: (error: unknown) => unknown;
};

export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #closeUnused: () => void;
  readonly #slots: ConnectionSlots;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#slots = new ConnectionSlots(options.slots ?? defaultSlots);
    const callback = this.#createKoa().callback();
    this.#server = createServer(timeouts, (request, response) => {
      // koa answers its own failures.
      if (!request.socket.destroyed) void callback(request, response);
    });
    this.#closeUnused = limitConnections(this.#server, (address) => ({ slots: this.#slots, source: subscriberKey(address) }));
    this.#server.on('clientError', refuseBrokenRequest);
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** Where the server listens; only after `start`. */
  get address(): AddressInfo {
    return boundAddress(this.#server);
  }

  /** Idle connections closed to make room for others. */
  get evictedConnections(): number {
    return this.#slots.evicted;
  }

  /** Throws `conflict` with one plain sentence where the port is not available. */
  async start(): Promise<void> {
    const { host, port, listener = webListener } = this.#options;
    await listen(this.#server, { host, port, ...listener });
    this.#options.live.start();
  }

  /** Accepts no new request, gives running ones a moment to finish, then ends them. */
  async stop(): Promise<void> {
    this.#options.live.stop();
    await stopListening(this.#server, this.#closeUnused, this.#options.clock);
  }

  #createKoa(): Koa {
    const koa = new Koa();
    koa.on('error', (error: unknown) => this.#options.log.debug({ err: error }, 'Reply not sent'));
    koa.use((context, next) => this.#guard(context, next));
    const { view } = this.#options;
    if (view.receive !== undefined) koa.use(first(view.receive));
    koa.use(this.#createRouter().routes());
    koa.use((context) => this.#answerUnrouted(context));
    return koa;
  }

  async #answerUnrouted(context: Context): Promise<void> {
    if ((await this.#options.panel?.answer(context)) !== true) refuseUnrouted(context);
  }

  #createRouter(): Router {
    const { routes, version, live, clock, log, isReplyStrict, explain, view, repliesOnDisk } = this.#options;
    const router = new Router({ prefix: '/api' });
    mountRoutes(router, routes, { log, clock, isReplyStrict, explain, view, repliesOnDisk });
    // Built on the first request: most houses never ask, and it would cost every start time and memory.
    let described: ReturnType<typeof describeApi> | undefined;
    const endpoints = routes.map((route) => route.endpoint);
    const describe = () => (described ??= describeApi(endpoints, version));
    let text: string | undefined;
    router.get('/openapi.json', (context) => {
      context.type = 'json';
      context.body = text ??= JSON.stringify(describe());
    });
    let page: ReturnType<typeof renderDocs> | undefined;
    router.get('/docs', (context) => {
      const docs = (page ??= renderDocs(describe()));
      context.set('Content-Security-Policy', docs.contentSecurityPolicy);
      context.type = 'html';
      context.body = docs.html;
    });
    router.get('/events', (context) => {
      const identity = admit({ access: 'user', method: 'GET' }, context, view);
      if (identity === undefined) throw new AppError('unauthorized', 'Not signed in');
      if (context.accepts('text/event-stream') === false) throw new HttpError(406, 'Only text/event-stream is available here');
      context.type = 'text/event-stream';
      if (context.method === 'HEAD') {
        context.status = 200;
        return;
      }
      live.open({
        identity,
        response: context.res,
        credentials: view.credentialsOf(context),
        isStillAuthorized: () => view.isStillAuthorized(context, identity),
        lastEventId: context.get('Last-Event-ID'),
      });
      context.respond = false;
    });
    return router;
  }

  async #guard(context: Context, next: Next): Promise<void> {
    context.set(securityHeaders);
    try {
      await next();
    } catch (error) {
      const answer = errorResponse(this.#options.explain?.(error) ?? error);
      if (answer.isFault) this.#options.log.error({ err: error, method: context.method, path: context.path }, 'Request failed');
      context.status = answer.status;
      context.set(answer.headers);
      if (isOpenedByPerson(context)) context.type = 'html';
      context.body = isOpenedByPerson(context) ? renderRefusal(answer.body.error.message) : answer.body;
    }
  }
}

function first(receive: NonNullable<ServerView['receive']>): Koa.Middleware {
  return async (context, next) => {
    await receive(context);
    await next();
  };
}

type Layer = { readonly path: string; readonly methods: readonly string[] };

/** A path that is named, such as `/dids/sync`, is not the id of `/dids/:id`, though the pattern of that matches it too. */
function allowedMethods(layers: readonly Layer[]): string[] {
  const parameters = ({ path }: Layer) => path.split(':').length;
  const fewest = Math.min(...layers.map(parameters));
  return [...new Set(layers.filter((layer) => parameters(layer) === fewest).flatMap((layer) => layer.methods))];
}

function refuseUnrouted(context: Context): never {
  const allowed = allowedMethods((context['matched'] ?? []) as readonly Layer[]);
  if (allowed.length === 0) throw new AppError('not-found', `There is nothing at ${context.path}`);
  throw new HttpError(405, `${context.method} is not possible at ${context.path}`, { headers: { Allow: allowed.join(', ') } });
}

/** What the HTTP parser refuses never reaches koa; it gets the same shape of answer. */
function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, text] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'The headers are too large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'The request took too long']
        : ['400 Bad Request', 'This is not an HTTP request'];
  const body = JSON.stringify(errorResponse(new AppError('invalid', text)).body);
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
