// Owns every HTTP request out of the house for what it tells people.
// Called by the channels, by webhooks, and by the checks of their settings.
// Must stay true: it reaches only what the fence permits, also after a redirect; it ends in time, and holds no more than it was told to.
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { blocked } from './fence.ts';
import type { FencedAttempt } from './fence.ts';
import type { FencedReply, FencedRequest, FencedResult, FetchLimits } from './fenced-request.ts';
import { fencedSocket } from './fenced-socket.ts';
import { redirected } from './redirect.ts';
import { TimeOver, timeLimit } from './time-limit.ts';
import type { TimeLimit } from './time-limit.ts';

const defaults: FetchLimits = { connectMs: 5000, totalMs: 15_000, maxReplyBytes: 64 * 1024 };
const maxRedirects = 3;
const maxHeaderBytes = 16 * 1024;

/** Never rejects. */
export async function fencedFetch(request: FencedRequest, attempt: FencedAttempt): Promise<FencedResult> {
  const limits = { ...defaults, ...request.limits };
  using limit = timeLimit(attempt.clock, limits.totalMs, attempt.signal);
  const limited = { ...attempt, signal: limit.signal };
  const most = Math.min(request.redirects ?? 0, maxRedirects);
  let next = request;
  for (let followed = 0; ; followed += 1) {
    const result = await fetchOnce(next, limits, { attempt: limited, limit });
    if (result.kind !== 'replied' || followed >= most) return result;
    const then = redirected(next, result);
    if (then === undefined) return result;
    if ('kind' in then) return then;
    next = then;
  }
}

type Limited = { readonly attempt: FencedAttempt; readonly limit: TimeLimit };

async function fetchOnce(request: FencedRequest, limits: FetchLimits, { attempt, limit }: Limited): Promise<FencedResult> {
  const url = URL.parse(request.url);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return blocked('It is no address of the web');
  if (url.username !== '' || url.password !== '') return blocked('The address holds a name and a password');
  const isInClear = url.protocol === 'http:';
  // The parser has made 127.1, 0x7f.1 and 2130706433 the same address; IPv6 stands in brackets.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { allowsOwnNetwork } = request;
  const port = url.port === '' ? (isInClear ? 80 : 443) : Number(url.port);
  const { connectMs } = limits;
  const connected = await fencedSocket(
    { host, port, allowsOwnNetwork, isInClear, connectMs, ...(isInClear ? {} : { tls: {} }) },
    attempt,
  );
  if (connected.kind !== 'connected') return connected;
  try {
    return await exchange(connected.socket, { ...request, url }, { limits, attempt, limit });
  } finally {
    connected.socket.destroy();
  }
}

type Sent = Omit<FencedRequest, 'url'> & { readonly url: URL };

async function exchange(
  socket: Socket,
  request: Sent,
  { limits, attempt, limit }: Limited & { readonly limits: FetchLimits },
): Promise<FencedResult> {
  let hasCommitted = false;
  const commit = () => {
    attempt.commit?.();
    hasCommitted = true;
  };
  try {
    const message = await limit.race(send(socket, request, commit));
    return { kind: 'replied', ...headOf(message), ...(await bodyOf(message, limits.maxReplyBytes, limit)) };
  } catch (error) {
    const isTimeOver = limit.signal.aborted && limit.signal.reason instanceof TimeOver;
    return {
      kind: hasCommitted ? 'cut-off' : 'unreachable',
      reason: limit.signal.aborted ? 'timed-out' : 'cut-off',
      detail: isTimeOver
        ? (limit.signal.reason as Error).message
        : `The connection ended without a reply: ${(error as Error).message}`,
      hasCommitted,
    };
  }
}

async function send(socket: Socket, { url, method = 'GET', headers, body }: Sent, commit: () => void): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isWhole = typeof body === 'string' || Buffer.isBuffer(body);
  const sent = httpRequest({
    method,
    path: `${url.pathname}${url.search}`,
    headers: {
      ...headers,
      host: url.host,
      'accept-encoding': 'identity',
      ...(isWhole ? { 'content-length': Buffer.byteLength(body) } : {}),
    },
    maxHeaderSize: maxHeaderBytes,
    // Without the option `agent`: with `agent: false` Node.js makes one, which ignores this and resolves the name again.
    createConnection: () => socket,
  });
  sent.once('response', resolve);
  sent.on('error', reject);
  // A switch to another protocol closes it without a reply and without an error.
  sent.once('close', () => reject(new Error('it was closed')));
  commit();
  if (body === undefined || isWhole) sent.end(body);
  else body.once('error', (error) => sent.destroy(error)).pipe(sent);
  return await promise;
}

function headOf({ statusCode: status = 0, headers }: IncomingMessage): Pick<FencedReply, 'status' | 'headers'> {
  const pairs = Object.entries(headers).map(
    ([name, value = '']) => [name, Array.isArray(value) ? value.join(', ') : value] as const,
  );
  return { status, headers: Object.fromEntries(pairs) };
}

/** The status has said what became of the request: a body that does not end takes nothing of it back. */
async function bodyOf(
  message: IncomingMessage,
  maxBytes: number,
  limit: TimeLimit,
): Promise<Pick<FencedReply, 'body' | 'isCut'>> {
  const chunks: Buffer[] = [];
  let length = 0;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  message.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) resolve(true);
  });
  message.once('end', () => resolve(!message.complete));
  message.once('close', () => resolve(true));
  message.on('error', () => resolve(true));
  const isCut = await limit.race(promise).catch(() => true);
  message.destroy();
  return { body: Buffer.concat(chunks).subarray(0, maxBytes), isCut };
}
