import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export type HttpRequest = {
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  readonly search: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type HttpReply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

/** A reply, or none: the connection is reset, or stays silent for ever. */
export type HttpOutcome = HttpReply | 'reset' | 'silence';

export type ListenerOptions = {
  readonly address: string;
  readonly port?: number;
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
};

export class HttpListener implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(answer: (request: HttpRequest) => Promise<HttpOutcome>, options: ListenerOptions): Promise<HttpListener> {
    const take = (request: IncomingMessage, response: ServerResponse): void => void serve(answer, request, response);
    const server = options.tls === undefined ? createServer(take) : createSecureServer({ ...options.tls }, take);
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, options.address, resolve);
    });
    return new HttpListener(server, sockets);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

async function serve(
  answer: (request: HttpRequest) => Promise<HttpOutcome>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [path = '/', ...search] = (request.url ?? '/').split('?');
    const outcome = await answer({
      method: request.method ?? 'GET',
      path,
      search: search.join('?'),
      headers: request.headers,
      body: Buffer.concat(chunks),
    });
    if (outcome === 'reset') resetConnection(response);
    else if (outcome !== 'silence') write(response, outcome);
  } catch (error) {
    if (!response.headersSent) write(response, { status: 500, body: `The emulator failed: ${String(error)}` });
  }
}

function resetConnection(response: ServerResponse): void {
  if (response.socket !== null && 'resetAndDestroy' in response.socket) response.socket.resetAndDestroy();
}

function write(response: ServerResponse, { status, headers = {}, body = '' }: HttpReply): void {
  response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) }) });
  response.end(status === 204 ? undefined : body);
}
