import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import type { PublicReply, PublicRequest } from '#contract/public-request.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { PublicServer } from './public-server.ts';
import type { PublicServerOptions } from './public-server.ts';
import { SourceLimiter, defaultSourceLimits } from './source-limiter.ts';

let clock: FakeClock;
let server: PublicServer;
let seen: PublicRequest[];
let strays: string[];
let reply: (request: PublicRequest) => PublicReply | Promise<PublicReply>;

async function start(more: Pick<PublicServerOptions, 'timeouts'> = {}): Promise<void> {
  server = new PublicServer({
    host: '127.0.0.1',
    port: 0,
    clock,
    log: createLog({ level: 'silent' }),
    pathPrefix: () => '/gosip',
    onUnroutedRequest: (target) => void strays.push(target),
    handler: (request) => {
      seen.push(request);
      return reply(request);
    },
    ...more,
  });
  await server.start();
}

beforeEach(async () => {
  clock = new FakeClock();
  seen = [];
  strays = [];
  reply = () => ({ status: 200, headers: { 'Content-Type': 'text/xml' }, body: '<Response/>', isTrusted: true });
  await start();
});
afterEach(() => server.stop());

const at = (path: string) => `http://127.0.0.1:${server.address.port}${path}`;
const formType = { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' };
const post = (path: string, body: string, headers: Record<string, string> = formType) =>
  fetch(at(path), { method: 'POST', body, headers, redirect: 'manual' });

/** Sends bytes and reads until the server closes. */
async function raw(text: string): Promise<string> {
  const socket = connect(server.address.port, '127.0.0.1');
  socket.write(text);
  return await read(socket);
}

async function read(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    // A reset is an end like any other here.
  }
  return Buffer.concat(chunks).toString('latin1');
}

describe('the public listener', () => {
  it('has the webhooks and a sign of life, and nothing else', async () => {
    expect((await post('/api/webhooks/sms/inbound', 'a=b')).status).toBe(200);
    const health = await fetch(at('/healthz'));
    expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
    expect((await fetch(at('/healthz'), { method: 'HEAD' })).status).toBe(200);
    for (const path of [
      '/',
      '/api',
      '/api/users',
      '/api/events',
      '/api/docs',
      '/api/webhooks',
      '/healthz/',
      '/api/webhooks/../users',
      '/API/webhooks/x',
      '//api/webhooks/x',
      '/gosipapi/webhooks/x',
    ]) {
      const response = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      if (path === '/api/webhooks/../users') continue;
      expect(response, path).toMatch(/^HTTP\/1\.1 404 /);
    }
    expect(seen.map(({ path }) => path)).toEqual(['sms/inbound', '../users']);
    expect(strays).toContain('/api/users');
  });

  it('hands on the target as it came, with every pair of the form', async () => {
    await post('/gosip/api/webhooks/x%2Fy?b=%20&a=1&a=2#f', 'a%5Bb%5D=1&E=&T=2&T=1&B=caff%C3%A8+%26&bad=%FF&__proto__=p', {
      ...formType,
      'X-Twilio-Signature': 's',
    });
    const [request] = seen;
    expect(request).toMatchObject({ method: 'POST', target: '/gosip/api/webhooks/x%2Fy?b=%20&a=1&a=2', path: 'x%2Fy' });
    expect(request?.form).toEqual([
      ['a[b]', '1'],
      ['E', ''],
      ['T', '2'],
      ['T', '1'],
      ['B', 'caffè &'],
      ['bad', '�'],
      ['__proto__', 'p'],
    ]);
    expect(request?.headers.get('x-twilio-signature')).toBe('s');
  });

  it.each<[string, string, string, Record<string, string>, number]>([
    ['JSON', 'POST', '{}', { 'Content-Type': 'application/json' }, 415],
    ['no type', 'POST', 'a=b', { 'Content-Type': '' }, 415],
    ['a compressed form', 'POST', 'a=b', { ...formType, 'Content-Encoding': 'gzip' }, 415],
    ['a form of 65 KiB', 'POST', `a=${'x'.repeat(65 * 1024)}`, formType, 413],
    ['a form of 64 KiB', 'POST', `a=${'x'.repeat(64 * 1024 - 2)}`, formType, 200],
    ['a thousand fields', 'POST', 'a&'.repeat(1000), formType, 200],
    ['more fields', 'POST', 'a&'.repeat(1001), formType, 400],
    ['no body', 'POST', '', {}, 200],
    ['PUT', 'PUT', 'a=b', formType, 405],
    ['DELETE', 'DELETE', '', {}, 405],
  ])('answers %s', async (_case, method, body, headers, status) => {
    const init = { method, headers, ...(body === '' ? {} : { body }) };
    const response = await fetch(at('/api/webhooks/x'), init);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(seen).toHaveLength(status === 200 ? 1 : 0);
  });

  it('refuses a chunked body that never says how long it is, once it is too long', async () => {
    const head =
      'POST /api/webhooks/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n';
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    expect(await raw(head + chunk.repeat(5))).toMatch(/^HTTP\/1\.1 413 /);
    expect(seen).toEqual([]);
  });

  it('limits health checks over one connection', async () => {
    const many = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(8);
    const answers = (await raw(many)).match(/HTTP\/1\.1 200/g) ?? [];
    expect(answers).toHaveLength(1);
  });

  it('answers what is not HTTP, and ends', async () => {
    expect(await raw('INVITE sip:x SIP/2.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4/);
  });

  it('survives a client that disconnects midway, and a handler that fails', async () => {
    const socket = connect(server.address.port, '127.0.0.1');
    socket.write(
      'POST /api/webhooks/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nab',
    );
    socket.destroy();
    reply = () => Promise.reject(new Error('no'));
    await expect(post('/api/webhooks/x', 'a=b')).rejects.toThrow();
    reply = () => ({ status: 200, headers: {}, body: new Uint8Array([1, 2]), isTrusted: true });
    expect(new Uint8Array(await (await post('/api/webhooks/x', 'a=b')).arrayBuffer())).toEqual(new Uint8Array([1, 2]));
  });

  it.each([
    ['its headers', 'POST /api/webhooks/x HTTP/1.1\r\nHost: x\r\nX-A: '],
    [
      'its body',
      'POST /api/webhooks/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=',
    ],
  ])('cuts off a sender that takes its time over %s', async (_case, text) => {
    await server.stop();
    // Only here: on a busy machine an honest sender takes as long.
    await start({
      timeouts: { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50, keepAliveTimeout: 20_000 },
    });
    expect(await raw(text)).toMatch(/^HTTP\/1\.1 408 |^$/);
    expect(seen).toEqual([]);
  });

  it('says which option names the port that is taken', async () => {
    const { port } = server.address;
    const other = new PublicServer({
      host: '127.0.0.1',
      port,
      clock,
      log: createLog({ level: 'silent' }),
      pathPrefix: () => '',
      handler: () => ({ status: 200, headers: {}, body: '', isTrusted: true }),
    });
    await expect(other.start()).rejects.toThrow(`The public port TCP ${port} on 127.0.0.1 (option public_http_port) is taken`);
    await other.stop();
  });
});

describe('when every place is taken', () => {
  const body =
    'POST /api/webhooks/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=';
  let small: PublicServer;
  let answered: () => void;
  let asked: number;
  beforeEach(async () => {
    const held = Promise.withResolvers<void>();
    answered = held.resolve;
    asked = 0;
    small = new PublicServer({
      host: '127.0.0.1',
      port: 0,
      clock,
      log: createLog({ level: 'silent' }),
      pathPrefix: () => '',
      slots: { untrusted: 4, trusted: 6 },
      handler: async ({ path }) => {
        asked += 1;
        if (path === 'slow') await held.promise;
        return { status: 200, headers: {}, body: 'here', isTrusted: true };
      },
    });
    await small.start();
  });
  afterEach(() => small.stop());
  const ask = (path: string) => fetch(`http://127.0.0.1:${small.address.port}/api/webhooks/${path}`, { method: 'POST' });

  it('a newcomer is answered while slow bodies hold them all, also behind a proxy of the house', async () => {
    const slow = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const socket = connect({ port: small.address.port, host: '127.0.0.1', localAddress: `127.0.1.${index % 5}` });
        socket.on('error', () => {});
        await new Promise((resolve) => socket.once('connect', resolve));
        socket.write(body);
        return socket;
      }),
    );
    for (let count = 0; count < 10; count += 1) expect((await ask('x')).status).toBe(200);
    expect(small.refusedConnections).toBeGreaterThanOrEqual(34);
    for (const socket of slow) socket.destroy();
  });

  it('a request being answered is not cut to make room', async () => {
    const slow = Array.from({ length: 6 }, () => ask('slow'));
    await expect.poll(() => asked).toBe(6);
    await expect(ask('x')).rejects.toThrow();
    answered();
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(Array(6).fill(200));
  });
});

describe('one bad source', () => {
  const limits = { ...defaultSourceLimits, connectionsPerSource: 3, violationsPerMinute: 4, maxSources: 8 };
  const untrusted = '203.0.113.5';
  let sources: SourceLimiter;
  beforeEach(() => {
    sources = new SourceLimiter(clock, limits);
  });
  const open = (address: string, count = 1) =>
    Array.from({ length: count }, () => sources.opened(address)).filter(Boolean).length;

  it('gets few connections, and none after many bad requests, for a minute', () => {
    expect(open(untrusted, 10)).toBe(3);
    for (let n = 0; n < 3; n += 1) sources.closed(untrusted);
    expect(sources.size).toBe(0);
    for (let n = 0; n < 4; n += 1) sources.recordViolation(untrusted);
    expect(open(untrusted)).toBe(0);
    expect(open('198.51.100.9')).toBe(1);
    clock.advance(60_000);
    expect(open(untrusted)).toBe(1);
  });

  it('does not keep out who proved to be Twilio, nor a proxy of the house', () => {
    sources.markTrusted('54.172.60.1');
    for (let n = 0; n < 9; n += 1) {
      sources.recordViolation('54.172.60.1');
      sources.recordViolation('192.168.1.1');
    }
    expect(open('54.172.60.1', 20)).toBe(20);
    for (const proxy of ['192.168.1.1', '127.0.0.1', '::1', '::ffff:10.0.0.1', 'fd00::5', 'fe80::1%eth0', '172.30.32.2']) {
      expect(open(proxy, 20), proxy).toBe(20);
    }
    clock.advance(3_600_000);
    expect(sources.opened('54.172.60.1')).toBeUndefined();
  });

  it('counts a whole line of IPv6 as one', () => {
    expect(open('2001:db8:1:2::1', 2) + open('2001:db8:1:3:ffff::9', 2)).toBe(3);
    expect(open('2001:db8:1:100::1')).toBe(1);
    expect(open('2001:db8::1') + open('2001:db8:0:0:5::1', 3)).toBe(3);
  });

  it('never fills the table', () => {
    for (let n = 0; n < 100; n += 1) sources.recordViolation(`203.0.113.${n}`);
    expect(sources.size).toBe(8);
    clock.advance(60_000);
    sources.sweep();
    expect(sources.size).toBe(0);
  });
});
