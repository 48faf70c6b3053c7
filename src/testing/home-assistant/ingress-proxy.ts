// The way of a browser's request through Core and the Supervisor to an app, for tests: what each adds, takes away, limits and refuses.
// Called by the flows of the ingress listener.
// Source: home-assistant/supervisor of 2026-08-21, api/ingress.py and api/middleware/security.py; Core's hassio/ingress.py; aiohttp 3.14.3, whose client
// lets a header that is spelled in another way take the place of an earlier one.
import { randomBytes } from 'node:crypto';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

export type ProxyUser = { readonly id: string; readonly username?: string; readonly name?: string };
export type IngressProxyOptions = {
  /** Where the app listens for ingress. */
  readonly target: () => { readonly host: string; readonly port: number };
  /** The Supervisor's address: requests to the app come from there. */
  readonly address: string;
  /** `ingress_stream` of config.yaml. */
  readonly isStreaming?: boolean;
};

type Pair = readonly [name: string, value: string];

const maxBufferedBody = 16 * 2 ** 20;
const maxBufferedReply = 4_194_000;
/** Of aiohttp's table of header names: spelled in whatever way, they are one. All others keep their spelling. */
const wellKnown = new Set(
  `accept accept-encoding accept-language authorization cache-control connection content-encoding content-length content-type cookie host
  if-match if-none-match last-event-id origin range referer sec-websocket-extensions sec-websocket-key sec-websocket-protocol
  sec-websocket-version transfer-encoding upgrade user-agent x-forwarded-for x-forwarded-host x-forwarded-proto`.split(/\s+/),
);
const remade = [
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
  'sec-websocket-version',
  'sec-websocket-key',
];
const coreFilter = new Set([...remade, 'accept-encoding', 'connection', 'upgrade']);
/** By their exact spelling. */
const supervisorFilter = new Set([
  'X-Supervisor-Token',
  'X-Hassio-Key',
  'X-Remote-User-Id',
  'X-Remote-User-Name',
  'X-Remote-User-Display-Name',
]);
const harmful =
  /(?:proc\/self\/environ|(<|%3C).*script.*(>|%3E)|(\.\.\/\/?)+|[a-zA-Z0-9_]=\/([a-z0-9_.]\/\/?)+|union.*select.*\(|union.*all.*select.*|concat.*\()/i;

export class IngressProxy implements AsyncDisposable {
  readonly token = 'x7Kq-9_token';
  readonly #options: IngressProxyOptions;
  readonly #sessions = new Map<string, ProxyUser | undefined>();
  readonly #server: Server;
  /** What the app answered to the latest upgrade; the browser sees its end alone. */
  upgradeStatus: number | undefined;

  private constructor(options: IngressProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket) => this.#upgrade(request, socket));
  }

  static async start(options: IngressProxyOptions): Promise<IngressProxy> {
    const one = new IngressProxy(options);
    await new Promise<void>((resolve) => one.#server.listen(0, '127.0.0.1', resolve));
    return one;
  }

  /** The root of the app as the browser sees it, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/api/hassio_ingress/${this.token}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The cookie of a new session; without a user as where the Supervisor could not find out who it is. */
  openSession(user: ProxyUser | undefined): string {
    const session = randomBytes(32).toString('hex');
    this.#sessions.set(session, user);
    return `ingress_session=${session}`;
  }

  #sessionOf({ headers }: IncomingMessage): { readonly user: ProxyUser | undefined } | undefined {
    const session = /(?:^|;\s*)ingress_session=([^;]*)/.exec(headers.cookie ?? '')?.[1] ?? '';
    return this.#sessions.has(session) ? { user: this.#sessions.get(session) } : undefined;
  }

  /** The status with which it is refused on the way, or what reaches the app. */
  #route(request: IncomingMessage): number | { readonly path: string; readonly headers: readonly Pair[] } {
    const target = request.url ?? '/';
    const [path = '', query = ''] = target.split('?', 2);
    if (harmful.test(unquoted(path)) || harmful.test(unquoted(query))) return 400;
    const session = this.#sessionOf(request);
    if (session === undefined) return 401;
    const prefix = `/api/hassio_ingress/${this.token}/`;
    if (!path.startsWith(prefix)) return 503;
    const headers = supervisorHeaders(coreHeaders(request, this.token), session.user);
    return { path: `/${target.slice(prefix.length)}`, headers };
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const routed = this.#route(request);
    if (typeof routed === 'number') return refuse(response, routed);
    const isStreamed = request.method === 'POST' && this.#options.isStreaming === true;
    const body = isStreamed ? undefined : await readUpTo(request, maxBufferedBody);
    if (!isStreamed && body === undefined) return refuse(response, 413);
    const length: readonly Pair[] = body === undefined || body.length === 0 ? [] : [['Content-Length', String(body.length)]];
    const upstream = this.#ask(request, { ...routed, headers: [...routed.headers, ...length] });
    response.on('close', () => upstream.destroy());
    upstream.on('error', () => (response.headersSent ? response.destroy() : refuse(response, 502)));
    upstream.on('response', (reply) => void passOn(reply, response, request.method ?? ''));
    if (body === undefined) request.pipe(upstream);
    else upstream.end(body);
  }

  #ask({ method }: IncomingMessage, { path, headers }: { readonly path: string; readonly headers: readonly Pair[] }) {
    const { host, port } = this.#options.target();
    return httpRequest({ host, port, localAddress: this.#options.address, method, path, headers: headers.flat(), agent: false });
  }

  /** It takes the browser's upgrade before it asks the app, and ends it where that refuses. */
  #upgrade(request: IncomingMessage, socket: Socket): void {
    const routed = this.#route(request);
    if (typeof routed === 'number') {
      socket.end(`HTTP/1.1 ${routed} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const own: readonly Pair[] = [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', randomBytes(16).toString('base64')],
    ];
    const upstream = this.#ask(request, { ...routed, headers: [...routed.headers, ...own] });
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    upstream.on('upgrade', (_reply, far: Socket) => {
      this.upgradeStatus = 101;
      far.pipe(socket).pipe(far);
    });
    upstream.on('response', ({ statusCode }) => {
      this.upgradeStatus = statusCode;
      socket.end();
    });
    upstream.on('error', () => socket.destroy());
    upstream.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function pairsOf({ rawHeaders }: IncomingMessage): readonly Pair[] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : []));
}

function isNamed(name: string, wanted: string): boolean {
  return wellKnown.has(wanted.toLowerCase()) ? name.toLowerCase() === wanted.toLowerCase() : name === wanted;
}

/** As aiohttp's client puts them on the wire: a name seen in this very spelling is added, any other spelling replaces what there is. */
function sent(pairs: readonly Pair[]): readonly Pair[] {
  const spellings = new Set<string>();
  let result: Pair[] = [];
  for (const [name, value] of pairs) {
    if (!spellings.has(name)) result = result.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
    spellings.add(name);
    result.push([name, value]);
  }
  return result;
}

function valueOf(pairs: readonly Pair[], wanted: string): string | undefined {
  return pairs.find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1];
}

function coreHeaders(request: IncomingMessage, token: string): readonly Pair[] {
  const received = pairsOf(request);
  const peer = request.socket.remoteAddress ?? '';
  const chain = valueOf(received, 'X-Forwarded-For');
  // A dictionary: of two in the same spelling the later one stays.
  const kept = new Map(received.filter(([name]) => !coreFilter.has(name.toLowerCase())));
  const set = (name: string, value: string) => {
    for (const other of kept.keys()) if (isNamed(other, name)) kept.delete(other);
    kept.set(name, value);
  };
  set('X-Hass-Source', 'core.ingress');
  set('X-Ingress-Path', `/api/hassio_ingress/${token}`);
  set('X-Forwarded-For', chain === undefined ? peer : `${chain}, ${peer}`);
  set('X-Forwarded-Host', valueOf(received, 'X-Forwarded-Host') ?? request.headers.host ?? '');
  set('X-Forwarded-Proto', valueOf(received, 'X-Forwarded-Proto') ?? 'http');
  return sent([['Accept-Encoding', 'gzip, deflate, br'], ...kept]);
}

/** Header bytes are UTF-8; Node.js writes each character as a byte. */
const asBytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

function supervisorHeaders(received: readonly Pair[], user: ProxyUser | undefined): readonly Pair[] {
  const own: Pair[] = [];
  if (user !== undefined) own.push(['X-Remote-User-Id', user.id]);
  if (user?.username !== undefined) own.push(['X-Remote-User-Name', asBytes(user.username)]);
  if (user?.name !== undefined) own.push(['X-Remote-User-Display-Name', asBytes(user.name)]);
  const isDropped = (name: string) => remade.includes(name.toLowerCase()) || supervisorFilter.has(name);
  const passed = received.filter(([name]) => !isDropped(name) && !isNamed(name, 'X-Forwarded-For'));
  // Core is on the host's network.
  return sent([...own, ...passed, ['X-Forwarded-For', `${valueOf(received, 'X-Forwarded-For')}, 172.30.32.1`]]);
}

async function readUpTo(request: IncomingMessage, max: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > max) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function passOn(reply: IncomingMessage, response: ServerResponse, method: string): Promise<void> {
  const dropped = new Set([
    'transfer-encoding',
    'content-length',
    'content-type',
    'content-encoding',
    'connection',
    'keep-alive',
  ]);
  const headers = pairsOf(reply).filter(([name]) => !dropped.has(name.toLowerCase()));
  const [type] = (reply.headers['content-type'] ?? 'application/octet-stream').split(';');
  const status = reply.statusCode ?? 502;
  const flat = (more: readonly Pair[]) => [...headers, ...more].flat();
  if (method === 'HEAD' || status === 204 || status === 304) {
    const kept: readonly Pair[] = reply.headers['content-type'] === undefined ? [] : [['Content-Type', type ?? '']];
    reply.resume();
    response.writeHead(status, flat(kept)).end();
    return;
  }
  const content: Pair = ['Content-Type', type ?? ''];
  if (Number(reply.headers['content-length'] ?? Infinity) < maxBufferedReply) {
    const whole = (await readUpTo(reply, maxBufferedReply)) ?? Buffer.alloc(0);
    const body = reply.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole;
    response.writeHead(status, flat([content, ['Content-Length', String(body.length)]])).end(body);
    return;
  }
  response.writeHead(status, flat([content, ['X-Accel-Buffering', 'no']]));
  response.flushHeaders();
  reply.pipe(response);
  reply.on('error', () => response.destroy());
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end(`${status}: Refused`);
}

/** Again and again, as texts may be quoted more than once. */
function unquoted(text: string): string {
  try {
    const once = decodeURIComponent(text);
    return once === text ? once : unquoted(once);
  } catch {
    return text;
  }
}
