import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TestCertificate } from '#testing/base/tls-certificate.ts';

// An HTTP server for tests, on an ephemeral port of 127.0.0.1, that answers as it is told to, also wrongly or not at all.
// Called by tests of whatever sends notifications out of the house.
// Must stay true: it keeps every request with its very bytes; closing it leaves no connection open.

export type PeerRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/**
 * `drop`: the connection ends without a reply. `drop-in-body`: a status and half of the body. `stall`: nothing ever. `drip`: a status, then
 * one byte after the other without end. `huge`: a body without end. `long-headers`: headers without end. `switch`: another protocol.
 */
export type PeerFault = 'drop' | 'drop-in-body' | 'stall' | 'drip' | 'huge' | 'long-headers' | 'switch';
export type PeerReply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};
export type PeerAnswer = PeerReply | PeerFault | ((request: PeerRequest) => PeerReply | PeerFault);

export type HttpPeer = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  readonly requests: PeerRequest[];
  /** Connections so far, also those that asked for nothing. */
  readonly connections: () => number;
  /** One for each of the next requests; after them `otherwise`. */
  readonly answers: PeerAnswer[];
  otherwise: PeerAnswer;
  /** Until there were so many requests. */
  readonly received: (count: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function startHttpPeer({ certificate }: { readonly certificate?: TestCertificate } = {}): Promise<HttpPeer> {
  const open = new Set<Socket>();
  const waiting: { readonly count: number; readonly done: () => void }[] = [];
  let connections = 0;
  const answerRequest = async (message: IncomingMessage, response: ServerResponse) => {
    const request = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body: await textOf(message),
    };
    peer.requests.push(request);
    const answer = peer.answers.shift() ?? peer.otherwise;
    give(response, typeof answer === 'function' ? answer(request) : answer);
    for (const { count, done } of waiting) if (peer.requests.length >= count) done();
  };
  // A request that is cut off in its body is none.
  const listener: RequestListener = (message, response) => void answerRequest(message, response).catch(() => response.destroy());
  const server =
    certificate === undefined
      ? createHttpServer(listener)
      : createHttpsServer({ key: readFileSync(certificate.keyFile), cert: readFileSync(certificate.certFile) }, listener);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.on('error', () => {}).once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  const peer: HttpPeer = {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests: [],
    connections: () => connections,
    answers: [],
    otherwise: { status: 200 },
    received: (count) =>
      new Promise((done) => {
        if (peer.requests.length >= count) done();
        else waiting.push({ count, done });
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
  return peer;
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function give(response: ServerResponse, answer: PeerReply | PeerFault): void {
  const { socket } = response;
  if (typeof answer !== 'string') response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  else if (answer === 'drop') socket?.destroy();
  else if (answer === 'drop-in-body') response.writeHead(200, { 'content-length': 100 }).write('half', () => socket?.destroy());
  else if (answer === 'huge') pour(response.writeHead(200), Buffer.alloc(64 * 1024, 'x'));
  else if (answer === 'drip') pour(response.writeHead(200), Buffer.from('x'));
  else if (answer === 'long-headers') socket?.write(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}`);
  else if (answer === 'switch')
    socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n');
}

/** Without end: large pieces as fast as they are read, a single byte once in a turn of the loop. */
function pour(response: ServerResponse, piece: Buffer): void {
  response.write(piece, () => {
    if (!response.destroyed && response.socket?.destroyed === false) setImmediate(() => pour(response, piece));
  });
}
