import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { TwilioClient } from './client.ts';
import { classifyResponse, classifyNetworkError } from './failure-classes.ts';
import { TwilioHttp } from './http.ts';
import type { TwilioFailure, TwilioResult } from './result.ts';

const now = Date.UTC(2026, 0, 1, 12);

function inShort(failure: TwilioFailure | undefined): string {
  if (failure === undefined) return 'ok';
  const { kind, code, retryAfterSeconds } = failure;
  return [kind, code ?? '', retryAfterSeconds === undefined ? '' : `after ${retryAfterSeconds} s`].join(' ').trim();
}

describe('the class of a response', () => {
  it.each([
    [200, '{"sid":"SM1"}', undefined, 'ok'],
    [201, '{}', undefined, 'ok'],
    [204, '', undefined, 'ok'],
    [200, '<html>', undefined, 'ambiguous'],
    [201, '', undefined, 'ambiguous'],
    [200, '{"sid":', undefined, 'ambiguous'],
    [302, '', undefined, 'ambiguous'],
    [400, '{"code":21610,"message":"stopped"}', undefined, 'refused 21610'],
    [401, '{"code":20003,"message":"Authenticate"}', undefined, 'refused 20003'],
    [403, '<html>no</html>', undefined, 'refused'],
    [404, '{"code":20404}', undefined, 'refused 20404'],
    [408, '', undefined, 'ambiguous'],
    [429, '{"code":20429,"message":"Too Many Requests"}', undefined, 'limited 20429'],
    [429, '', '7', 'limited  after 7 s'],
    [429, '', 'Thu, 01 Jan 2026 12:00:30 GMT', 'limited  after 30 s'],
    [429, '', 'Thu, 01 Jan 2026 11:00:00 GMT', 'limited  after 1 s'],
    [429, '', '0', 'limited  after 1 s'],
    [429, '', 'soon', 'limited'],
    [429, '', '99999999', 'limited  after 3600 s'],
    [500, '{"code":20500}', undefined, 'ambiguous 20500'],
    [502, '<html>Bad Gateway</html>', undefined, 'ambiguous'],
    [503, '{"code":20503}', '5', 'ambiguous 20503 after 5 s'],
    [503, '<html>Service Unavailable</html>', '1', 'ambiguous  after 1 s'],
    [503, '', 'Thu, 01 Jan 2026 12:00:30 GMT', 'ambiguous  after 30 s'],
    [503, '', undefined, 'ambiguous'],
    [500, '', '5', 'ambiguous'],
  ])('%i %s, Retry-After %s: %s', (status, body, retryAfter, expected) => {
    expect(inShort(classifyResponse({ status, body, retryAfter, now }))).toBe(expected);
  });

  it('shows the messages of newer interfaces too', () => {
    const body = JSON.stringify({ type: 'x', title: 'Bad', status: 400, detail: 'The name is too long', code: 70002 });
    expect(classifyResponse({ status: 400, body, retryAfter: undefined, now })).toMatchObject({
      code: 70002,
      message: 'The name is too long',
    });
  });
});

describe('the class of a network error', () => {
  const error = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall });
  const wrapped = (cause: unknown) => new TypeError('fetch failed', { cause });
  it.each([
    [wrapped(error('ECONNREFUSED', 'connect')), 'unreachable'],
    [wrapped(error('ENOTFOUND', 'getaddrinfo')), 'unreachable'],
    [wrapped(error('EAI_AGAIN', 'getaddrinfo')), 'unreachable'],
    [wrapped(error('EHOSTUNREACH', 'connect')), 'unreachable'],
    [wrapped(error('ETIMEDOUT', 'connect')), 'unreachable'],
    [wrapped(Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' })), 'unreachable'],
    [wrapped(error('UND_ERR_CONNECT_TIMEOUT')), 'unreachable'],
    [wrapped(error('CERT_HAS_EXPIRED')), 'unreachable'],
    [wrapped(error('DEPTH_ZERO_SELF_SIGNED_CERT')), 'unreachable'],
    [wrapped(error('ETIMEDOUT', 'read')), 'ambiguous'],
    [wrapped(error('ECONNRESET', 'read')), 'ambiguous'],
    [wrapped(error('EPIPE', 'write')), 'ambiguous'],
    [wrapped(error('UND_ERR_SOCKET')), 'ambiguous'],
    [new DOMException('aborted', 'AbortError'), 'ambiguous'],
    ['not even an error', 'ambiguous'],
  ])('%s', (broken, expected) => {
    expect(classifyNetworkError(broken).kind).toBe(expected);
  });
});

describe('the client, where the connection misbehaves', () => {
  const stack = new AsyncDisposableStack();
  let closing = stack.move();
  afterEach(async () => {
    await closing.disposeAsync();
    closing = new AsyncDisposableStack();
  });

  /** A server that does `answer` with what it gets; the port it listens on. */
  async function serve(answer: (socket: Socket, text: string) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('data', (bytes) => answer(socket, bytes.toString('latin1')));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    closing.defer(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    });
    return (server.address() as AddressInfo).port;
  }

  function clientFor(port: number, clock = new FakeClock()): TwilioClient {
    const http = new TwilioHttp({ clock, apiBase: `http://127.0.0.1:${port}` });
    closing.defer(() => http.close());
    const credentials = { accountSid: `AC${'0'.repeat(32)}`, username: `AC${'0'.repeat(32)}`, password: 'token' };
    return new TwilioClient({ credentials, http, log: createLog({ level: 'silent' }) });
  }

  const send = (client: TwilioClient): Promise<TwilioResult<unknown>> =>
    client.sendMessage({ from: '+15555550199', to: '+15555550100', body: 'hello' });

  it('reports that nothing was sent where no server listens', async () => {
    const port = await serve(() => {});
    await closing.disposeAsync();
    closing = new AsyncDisposableStack();
    expect(await send(clientFor(port))).toMatchObject({ kind: 'unreachable' });
  });

  it('reports a request whose connection was reset as ambiguous', async () => {
    const port = await serve((socket) => socket.resetAndDestroy());
    expect(await send(clientFor(port))).toMatchObject({ kind: 'ambiguous' });
  });

  it('reports a request without a response in 15 seconds as ambiguous', async () => {
    const clock = new FakeClock();
    const asked = Promise.withResolvers<void>();
    const port = await serve(() => asked.resolve());
    const sending = send(clientFor(port, clock));
    await asked.promise;
    clock.advance(14_999);
    expect(await Promise.race([sending, Promise.resolve('waits')])).toBe('waits');
    clock.advance(1);
    expect(await sending).toMatchObject({ kind: 'ambiguous' });
    expect(clock.pending).toBe(0);
  });

  it('reports a request whose response is truncated as ambiguous', async () => {
    const port = await serve((socket) => {
      socket.end('HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"sid":"SM');
    });
    expect(await send(clientFor(port))).toMatchObject({ kind: 'ambiguous' });
  });

  it('sends the form, the account and only the fields that are set', async () => {
    const asked = Promise.withResolvers<string>();
    const port = await serve((socket, text) => {
      asked.resolve(text);
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    });
    const client = clientFor(port);
    const message = { from: '+15555550199', to: '+15555550100', body: 'caffè & 100%' };
    const sent = await client.sendMessage({
      ...message,
      mediaUrls: ['https://a/1', 'https://a/2'],
      statusCallback: 'https://h/s?x=1',
    });
    expect(sent).toMatchObject({ kind: 'refused', status: 400 });
    const text = await asked.promise;
    expect(text).toContain(`POST /api.twilio.com/2010-04-01/Accounts/AC${'0'.repeat(32)}/Messages.json HTTP/1.1`);
    expect(text).toContain(`uthorization: Basic ${Buffer.from(`AC${'0'.repeat(32)}:token`).toString('base64')}`);
    const form = new URLSearchParams(text.split('\r\n\r\n')[1]);
    form.sort();
    expect([...form]).toEqual([
      ['Body', 'caffè & 100%'],
      ['From', '+15555550199'],
      ['MediaUrl', 'https://a/1'],
      ['MediaUrl', 'https://a/2'],
      ['StatusCallback', 'https://h/s?x=1'],
      ['To', '+15555550100'],
    ]);
  });

  it('has no more than two requests in flight', async () => {
    let inFlight = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const two = Promise.withResolvers<void>();
    const port = await serve((socket) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      if (inFlight === 2) two.resolve();
      waiting.push(() => {
        inFlight -= 1;
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const client = clientFor(port);
    const all = Promise.all(Array.from({ length: 6 }, () => client.fetchCall('CA1')));
    await two.promise;
    const answering = setImmediateLoop(() => waiting.shift()?.());
    expect((await all).map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'refused'));
    answering();
    expect(most).toBe(2);
  });
});

/** Does `run` in every turn of the event loop until the returned function is called. */
function setImmediateLoop(run: () => void): () => void {
  let isOver = false;
  const next = () => {
    if (isOver) return;
    run();
    setImmediate(next);
  };
  next();
  return () => {
    isOver = true;
  };
}
