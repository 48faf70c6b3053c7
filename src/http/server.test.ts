import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#base/errors.ts';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import { endpoint, handle, noContent } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { errorReply } from '#contract/errors.ts';
import type { Facts } from '#contract/facts.ts';
import { listQuery } from '#contract/page.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { tokenView } from '#testing/harness/http-identities.ts';
import { LiveStream } from './live.ts';
import { HttpServer } from './server.ts';
import type { HttpServerOptions } from './server.ts';

const people: Readonly<Record<string, Identity>> = {
  'admin-token': { kind: 'token', id: 'token_1', personId: undefined, role: 'admin' },
  'user-token': { kind: 'token', id: 'person_1', personId: 'person_1', role: 'user' },
};

const open = endpoint({
  id: 'open',
  method: 'GET',
  path: '/open',
  access: 'public',
  summary: '',
  reply: z.object({ a: z.number() }),
});
const large = endpoint({
  id: 'large',
  method: 'GET',
  path: '/large',
  access: 'public',
  summary: '',
  reply: z.object({ text: z.string() }),
});
const mine = endpoint({
  id: 'mine',
  method: 'GET',
  path: '/mine',
  access: 'user',
  summary: '',
  query: listQuery(['name'], {}),
  reply: z.object({ who: z.string(), page: z.number() }),
});
const make = endpoint({
  id: 'make',
  method: 'POST',
  path: '/things/:id',
  access: 'admin',
  summary: '',
  status: 201,
  params: z.object({ id: z.string().max(5) }),
  body: z.strictObject({ name: z.string().min(2), size: z.number().optional() }),
  reply: z.object({ id: z.string(), name: z.string() }),
});
const drop = endpoint({
  id: 'drop',
  method: 'DELETE',
  path: '/things/:id',
  access: 'admin',
  summary: '',
  status: 204,
  params: z.object({ id: z.string() }),
  reply: noContent,
});
const fail = endpoint({
  id: 'fail',
  method: 'POST',
  path: '/fail/:how',
  access: 'public',
  summary: '',
  params: z.object({ how: z.string() }),
  reply: z.object({}),
});
const lie = endpoint({
  id: 'lie',
  method: 'GET',
  path: '/lie',
  access: 'public',
  summary: '',
  reply: z.object({ a: z.number() }),
});

const surprise = endpoint({ ...open, id: 'surprise', path: '/surprise' });
const sync = endpoint({ ...open, id: 'sync', method: 'POST', path: '/things/sync' });

const routes: Route[] = [
  handle(sync, () => ({ a: 1 })),
  handle(surprise, () => {
    throw new AppError('conflict', 'Not described');
  }),
  handle(open, () => ({ a: 1, secret: 'x' })),
  handle(mine, ({ identity, query }) => ({ who: identity?.id ?? '', page: query.page })),
  handle(make, ({ params, body }) => ({ id: params.id, name: body.name })),
  handle(drop, () => {}),
  handle(fail, ({ params }) => {
    if (params.how === 'known') throw new AppError('conflict', 'Taken', { details: [{ field: 'name', message: 'is taken' }] });
    if (params.how === 'later') throw new AppError('unavailable', 'Full', { retryAfterSeconds: 7 });
    throw new Error('secret inner words');
  }),
  handle(lie, () => ({ a: 'no number' }) as never),
];

describe('the HTTP server', () => {
  let clock: FakeClock;
  let events: Events<Facts>;
  let live: LiveStream;
  let server: HttpServer;
  let base: string;

  async function start(changes: Partial<HttpServerOptions> = {}) {
    const log = createLog({ level: 'silent' });
    clock = new FakeClock();
    events = new Events<Facts>(log);
    live = new LiveStream({
      events,
      clock,
      log,
      positionKey: Buffer.alloc(16, 7),
      audience: {
        ownerOfDevice: () => undefined,
        personsOfCall: (callId) => (callId === 'call_1' ? ['person_1'] : []),
        personsOfEscalation: () => [],
      },
    });
    const view = tokenView((token) => people[token]);
    const options = { host: '127.0.0.1', port: 0, version: '1', routes, view, live, clock, log, isReplyStrict: true };
    server = new HttpServer({ ...options, ...changes });
    await server.start();
    base = `http://127.0.0.1:${server.address.port}/api`;
  }

  beforeEach(() => start());
  afterEach(() => server.stop());

  const as = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
  const post = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json', path = '/things/a') =>
    fetch(`${base}${path}`, { method: 'POST', body, headers: { Authorization: 'Bearer admin-token', 'Content-Type': type } });

  async function errorOf(response: Response) {
    return errorReply.parse(await response.json()).error;
  }

  it('answers a public endpoint without asking, and sends only what the contract promises', async () => {
    const response = await fetch(`${base}/open`, as('wrong'));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ a: 1 });
  });

  it.each([
    ['/open', undefined, 200],
    ['/mine', undefined, 401],
    ['/mine', 'wrong', 401],
    ['/mine', 'user-token', 200],
    ['/mine', 'admin-token', 200],
    ['/events', undefined, 401],
    ['/events', 'wrong', 401],
  ])('answers GET %s with the token %s by %i', async (path, token, status) => {
    const response = await fetch(`${base}${path}`, token === undefined ? {} : as(token));
    expect(response.status).toBe(status);
    if (status === 401) {
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="GoSIP"');
      expect((await errorOf(response)).code).toBe('AUTHENTICATION_ERROR');
    }
  });

  it('refuses a user what is for administrators, before it looks at the body', async () => {
    const response = await fetch(`${base}/things/a`, { method: 'POST', body: 'nonsense', ...as('user-token') });
    expect(response.status).toBe(403);
    expect((await errorOf(response)).code).toBe('AUTHORIZATION_ERROR');
  });

  it('parses path, query and body', async () => {
    const created = await post('{"name":"Lamp"}');
    expect(created.status).toBe(201);
    expect(await created.json()).toEqual({ id: 'a', name: 'Lamp' });
    const page = await fetch(`${base}/mine?page=3`, as('user-token'));
    expect(await page.json()).toEqual({ who: 'person_1', page: 3 });
    const gone = await fetch(`${base}/things/a`, { method: 'DELETE', ...as('admin-token') });
    expect([gone.status, await gone.text()]).toEqual([204, '']);
  });

  it('names every field that is wrong', async () => {
    const body = await errorOf(await post('{"size":"big","colour":1}', 'application/json', '/things/abcdefgh'));
    expect(body.code).toBe('VALIDATION_ERROR');
    expect(body.details).toEqual(
      expect.arrayContaining([
        { field: 'id', message: 'must be at most 5 characters long' },
        { field: 'name', message: 'is missing' },
        { field: 'size', message: 'must be a number' },
        { field: 'colour', message: 'is not known here' },
      ]),
    );
    const query = await errorOf(await fetch(`${base}/mine?per_page=1000&pgae=2&page=1&page=2`, as('user-token')));
    expect(query.details.map((one) => one.field).sort()).toEqual(['page', 'per_page', 'pgae']);
  });

  it.each([
    ['a body that is not JSON', 400, '{"name":', 'application/json'],
    ['a body that is not UTF-8', 400, new Uint8Array([0x22, 0xff, 0x22]), 'application/json'],
    ['an empty body', 400, '', 'application/json'],
    ['a body of another kind', 415, 'name=x', 'application/x-www-form-urlencoded'],
    ['another character set', 415, '{"name":"xx"}', 'application/json; charset=latin1'],
    ['a body of nothing but brackets', 400, '['.repeat(1_000_000), 'application/json'],
    ['a body that reaches for the prototype', 400, '{"name":"xx","__proto__":{"role":"admin"}}', 'application/json'],
    ['a body above 1 MiB', 413, `"${'x'.repeat(1024 * 1024)}"`, 'application/json'],
  ])('refuses %s by %i', async (_what, status, body, type) => {
    const response = await post(body, type);
    expect(response.status).toBe(status);
    expect((await errorOf(response)).code).toBe('VALIDATION_ERROR');
  });

  it('refuses a chunked body above 1 MiB without reading all of it', async () => {
    let sent = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
        if (sent > 64 * 1024 * 1024) controller.close();
      },
    });
    const request = { method: 'POST', body: stream, duplex: 'half', headers: { 'Content-Type': 'application/json' } };
    const headers = { ...request.headers, Authorization: 'Bearer admin-token' };
    const response = await fetch(`${base}/things/a`, { ...request, headers } as RequestInit).catch(() => undefined);
    // The peer may see the closed connection before it reads the answer.
    if (response !== undefined) expect(response.status).toBe(413);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('says what does not exist and what is not possible', async () => {
    const unknown = await fetch(`${base}/nowhere`);
    expect([unknown.status, (await errorOf(unknown)).code]).toEqual([404, 'NOT_FOUND']);
    const outside = await fetch(base.replace('/api', '/'));
    expect([outside.status, (await errorOf(outside)).code]).toEqual([404, 'NOT_FOUND']);
    const wrongMethod = await fetch(`${base}/things/a`, { method: 'PUT' });
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST, DELETE']);
    expect((await errorOf(wrongMethod)).code).toBe('VALIDATION_ERROR');
    expect((await fetch(`${base}/things/%ff`, { method: 'DELETE', ...as('admin-token') })).status).toBeLessThan(500);
  });

  it('answers what is no HTTP in the same shape', async () => {
    const socket = connect(server.address.port, '127.0.0.1');
    socket.write('REGISTER sip:x SIP/2.0\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toContain('400 Bad Request');
    expect(errorReply.parse(JSON.parse(text.slice(text.indexOf('{')))).error.code).toBe('VALIDATION_ERROR');
  });

  it('shows known errors and hides the words of unknown ones', async () => {
    const known = await fetch(`${base}/fail/known`, { method: 'POST' });
    expect(known.status).toBe(409);
    expect(await errorOf(known)).toEqual({
      code: 'CONFLICT',
      message: 'Taken',
      details: [{ field: 'name', message: 'is taken' }],
    });
    const later = await fetch(`${base}/fail/later`, { method: 'POST' });
    expect([later.status, later.headers.get('retry-after')]).toEqual([503, '7']);
    const unknown = await fetch(`${base}/fail/badly`, { method: 'POST' });
    expect(unknown.status).toBe(500);
    expect(JSON.stringify(await errorOf(unknown))).not.toContain('inner');
  });

  it('takes a reply that breaks the contract as a fault in tests, and sends it nonetheless in production', async () => {
    expect((await fetch(`${base}/lie`)).status).toBe(500);
    await server.stop();
    await start({ isReplyStrict: false });
    const response = await fetch(`${base}/lie`);
    expect([response.status, await response.json()]).toEqual([200, { a: 'no number' }]);
  });

  it('takes a refusal that its description does not name as a fault in tests, and sends it nonetheless in production', async () => {
    const refused = await fetch(`${base}/surprise`);
    expect(refused.status).toBe(500);
    expect((await errorOf(refused)).message).toBe('surprise answers 409, which is not described');
    await server.stop();
    await start({ isReplyStrict: false });
    expect((await fetch(`${base}/surprise`)).status).toBe(409);
  });

  it('sends nothing again to a client that polls and has it already', async () => {
    const first = await fetch(`${base}/mine?page=2`, as('user-token'));
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    const { headers } = as('user-token');
    const poll = (path: string, more = {}) => {
      // Without it `fetch` adds `no-cache`, which asks for everything anew.
      const given = { ...headers, 'If-None-Match': etag, 'Cache-Control': 'max-age=0' };
      return fetch(`${base}${path}`, { headers: given, ...more });
    };
    for (const method of ['GET', 'HEAD']) {
      const again = await poll('/mine?page=2', { method });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    const other = await poll('/mine?page=3');
    expect([other.status, await other.json()]).toEqual([200, { who: 'person_1', page: 3 }]);
    const admins = await poll('/mine?page=2', { headers: { ...as('admin-token').headers, 'If-None-Match': etag } });
    expect([admins.status, await admins.json()]).toEqual([200, { who: 'token_1', page: 2 }]);
  });

  it('asks the endpoint that is named, in whatever order they are declared', async () => {
    const byId = endpoint({ ...open, id: 'byId', path: '/named/:id', params: z.object({ id: z.string() }) });
    const named = endpoint({ ...open, id: 'named', path: '/named/here' });
    await server.stop();
    await start({ routes: [handle(byId, () => ({ a: 1 })), handle(named, () => ({ a: 2 }))] });
    expect(await (await fetch(`${base}/named/here`)).json()).toEqual({ a: 2 });
    expect(await (await fetch(`${base}/named/there`)).json()).toEqual({ a: 1 });
  });

  it('names as possible only what exists at the path', async () => {
    const options = await fetch(`${base}/things/sync`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('sends the security headers with every reply', async () => {
    for (const path of ['/open', '/nowhere', '/mine', '/docs', '/openapi.json']) {
      const { headers } = await fetch(`${base}${path}`);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('resets no request of a proxy or browser that uses its connection again: none keeps one as long as the server', async () => {
    const { headers } = await fetch(`${base}/open`);
    const [, seconds] = /^timeout=(\d+)$/.exec(headers.get('keep-alive') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(120);
  });

  it('describes itself as OpenAPI and as a page that loads nothing', async () => {
    const api = (await (await fetch(`${base}/openapi.json`)).json()) as { openapi: string; paths: object };
    expect(api.openapi).toBe('3.1.1');
    expect(Object.keys(api.paths)).toEqual(expect.arrayContaining(['/open', '/things/{id}', '/events']));
    const page = await (await fetch(`${base}/docs`)).text();
    expect(page).toContain('<code>/api/things/{id}</code>');
    expect(page).not.toMatch(/<script|src=|@import|url\(/);
  });

  it('says in one sentence that its port is taken', async () => {
    const { port } = server.address;
    const log = createLog({ level: 'silent' });
    const second = new HttpServer({
      host: '127.0.0.1',
      port,
      version: '1',
      routes,
      view: tokenView(() => undefined),
      live,
      clock,
      log,
      isReplyStrict: true,
    });
    await expect(second.start()).rejects.toThrow(`The web port TCP ${port} on 127.0.0.1 (option http_port) is taken`);
    await second.stop();
  });

  it('stops at once, whatever connections a browser has opened ahead or keeps', async () => {
    await fetch(`${base}/open`);
    const ahead = connect(server.address.port, '127.0.0.1');
    const closed = new Promise((resolve) => ahead.once('close', resolve));
    await new Promise((resolve) => ahead.once('connect', resolve));
    // By the next answer the server has taken up the one before.
    await fetch(`${base}/open`);
    await server.stop();
    await closed;
    await start();
  });

  describe('a host that holds all connections and asks for nothing', () => {
    const request = 'GET /api/open HTTP/1.1\r\nHost: x\r\n\r\n';
    const slowBody = 'POST /api/things/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{';
    beforeEach(async () => {
      await server.stop();
      await start({ slots: 20 });
    });

    it.each([
      ['idle', ''],
      ['in the middle of its headers', request.slice(0, 20)],
      ['in the middle of its body', slowBody],
      ['asked once and silent since', request],
    ])('does not keep others out: %s', async (_how, sent) => {
      const idle = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const socket = connect({ port: server.address.port, host: '127.0.0.1', localAddress: '127.0.0.9' });
          socket.on('error', () => {});
          await new Promise((resolve) => socket.once('connect', resolve));
          socket.write(sent);
          if (sent === request) await new Promise((resolve) => socket.once('data', resolve));
          return socket;
        }),
      );
      for (let count = 0; count < 30; count += 1) {
        const answer = await fetch(`${base}/open`, { headers: { connection: 'close' } });
        expect(answer.status).toBe(200);
      }
      expect(server.evictedConnections).toBeGreaterThan(0);
      for (const socket of idle) socket.destroy();
    });

    it('does not keep others out: it requests much and reads nothing', async () => {
      await server.stop();
      await start({ slots: 4, routes: [handle(large, () => ({ text: 'x'.repeat(16e6) })), ...routes] });
      const deaf = await Promise.all(Array.from({ length: 4 }, () => ask('/large', 1)));
      const open = async () => (await fetch(`${base}/open`).catch(() => undefined))?.status;
      await expect.poll(open, { timeout: 30_000 }).toBe(200);
      expect(server.evictedConnections).toBeGreaterThan(0);
      for (const socket of deaf) socket.destroy();
    });

    it('costs nothing: it asks a thousand times on one connection before it has an answer', async () => {
      const socket = await ask('/docs', 1_500);
      await new Promise((resolve) => socket.once('close', resolve));
      expect(socket.bytesRead).toBeLessThan(1e6);
      expect((await fetch(`${base}/open`)).status).toBe(200);
    });

    /** Asks so often, and takes no answer. */
    async function ask(path: string, times: number) {
      const socket = connect({ port: server.address.port, host: '127.0.0.1', localAddress: '127.0.0.9' });
      socket.on('error', () => {});
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write(`GET /api${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(times));
      return socket;
    }
  });

  describe('live events', () => {
    async function listen(token: string, more: Record<string, string> = {}) {
      const leave = new AbortController();
      const response = await fetch(`${base}/events`, { headers: { ...as(token).headers, ...more }, signal: leave.signal });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let seen = '';
      const until = async (part: string) => {
        while (!seen.includes(part)) {
          const { value, done } = (await reader?.read()) ?? { value: '', done: true };
          if (done) throw new Error(`The stream ended without ${part}: ${seen}`);
          seen += value;
        }
        return seen;
      };
      const ended = async () => {
        while (!((await reader?.read()) ?? { done: true }).done);
        return true;
      };
      await until('connected');
      return { response, until, ended, leave: () => leave.abort() };
    }

    it('sends each person only their own facts', async () => {
      const admin = await listen('admin-token');
      const user = await listen('user-token');
      expect(admin.response.headers.get('content-type')).toBe('text/event-stream');
      events.emit('device.created', { deviceId: 'dev_1' });
      events.emit('call.started', { callId: 'call_1' });
      expect(await admin.until('call.started')).toContain('event: device.created\ndata: {"deviceId":"dev_1"}\n\n');
      expect(await user.until('call_1')).not.toContain('dev_1');
      admin.leave();
      user.leave();
    });

    it('keeps the line alive, and ends it once the token is revoked', async () => {
      const identities: Record<string, Identity> = { ...people };
      await server.stop();
      await start({ view: tokenView((token) => identities[token]) });
      const user = await listen('user-token');
      clock.advance(25_000);
      await user.until('still here');
      delete identities['user-token'];
      clock.advance(25_000);
      expect(await user.ended()).toBe(true);
      expect(live.clientCount).toBe(0);
    });

    const lastId = (seen: string) => [...seen.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '';
    const namesIn = (seen: string) => [...seen.matchAll(/^event: (.+)$/gm)].map(([, name]) => name);

    it('sends a client whose line broke what it missed, and nothing of others', async () => {
      const before = await listen('user-token');
      events.emit('call.started', { callId: 'call_1' });
      const id = lastId(await before.until('call_1'));
      before.leave();
      events.emit('device.created', { deviceId: 'dev_1' });
      events.emit('call.changed', { callId: 'call_1', state: 'in_call' });
      events.emit('call.changed', { callId: 'call_2', state: 'in_call' });
      events.emit('call.ended', { callId: 'call_1', disposition: 'answered', reason: 'caller-hung-up' });
      const user = await listen('user-token', { 'Last-Event-ID': id });
      expect(namesIn(await user.until('call.ended'))).toEqual(['call.changed', 'call.ended']);
      expect(await user.until('call.ended')).not.toMatch(/dev_1|call_2/);
      const admin = await listen('admin-token', { 'Last-Event-ID': id });
      expect(namesIn(await admin.until('call.ended'))).toEqual(['device.created', 'call.changed', 'call.changed', 'call.ended']);
      events.emit('call.started', { callId: 'call_1' });
      expect(namesIn(await user.until('call.started'))).toEqual(['call.changed', 'call.ended', 'call.started']);
      for (const one of [user, admin]) one.leave();
    });

    it('repeats nothing for a client that begins anew, and lets it resume from there', async () => {
      const first = await listen('admin-token');
      events.emit('device.created', { deviceId: 'dev_1' });
      await first.until('dev_1');
      const second = await listen('admin-token');
      const seen = await second.until('\n\n');
      expect(namesIn(seen)).toEqual([]);
      second.leave();
      events.emit('device.created', { deviceId: 'dev_2' });
      const resumed = await listen('admin-token', { 'Last-Event-ID': lastId(seen) });
      expect(await resumed.until('dev_2')).not.toContain('dev_1');
      for (const one of [first, resumed]) one.leave();
    });

    it.each(['restarted', 'too-long'])(
      'tells a client to read the lists again where it cannot be told what it missed: %s',
      async (reason) => {
        const before = await listen('admin-token');
        events.emit('device.created', { deviceId: 'dev_1' });
        const id = lastId(await before.until('dev_1'));
        before.leave();
        if (reason === 'too-long') for (let n = 0; n < 2001; n += 1) events.emit('device.created', { deviceId: 'dev_2' });
        const resumed = await listen('admin-token', { 'Last-Event-ID': reason === 'restarted' ? 'AAAAAAAAAAAAAAAAAAAAAA' : id });
        const seen = await resumed.until('reset');
        expect(seen).toContain(`event: reset\ndata: {"reason":"${reason}"}\nid: `);
        events.emit('device.deleted', { deviceId: 'dev_1', personId: null });
        const again = await listen('admin-token', { 'Last-Event-ID': lastId(seen) });
        expect(namesIn(await again.until('device.deleted'))).toEqual(['device.deleted']);
        for (const one of [resumed, again]) one.leave();
      },
    );

    it('keeps the position of somebody for whom nothing happens while much happens to others', async () => {
      const user = await listen('user-token');
      for (let n = 0; n < 3000; n += 1) events.emit('device.created', { deviceId: 'dev_1' });
      clock.advance(25_000);
      const id = lastId(await user.until('still here'));
      user.leave();
      events.emit('call.started', { callId: 'call_1' });
      const resumed = await listen('user-token', { 'Last-Event-ID': id });
      expect(namesIn(await resumed.until('call_1'))).toEqual(['call.started']);
      resumed.leave();
    });

    it('does not tell by its ids whether anything happened to others', async () => {
      const user = await listen('user-token');
      clock.advance(25_000);
      const quiet = await user.until('still here');
      const ids = [...quiet.matchAll(/^id: (.+)$/gm)].map(([, id]) => id);
      expect(ids).toHaveLength(2);
      expect(ids[0]).not.toBe(ids[1]);
      user.leave();
    });

    it('refuses a client that takes no events', async () => {
      const accept = (Accept: string) =>
        fetch(`${base}/events`, { method: 'HEAD', headers: { ...as('admin-token').headers, Accept } });
      expect((await accept('application/json')).status).toBe(406);
      for (const type of ['text/event-stream', '*/*', 'text/*;q=0.5']) expect((await accept(type)).status).toBe(200);
    });

    it('tells nothing more to somebody who was signed out, or made a user, a moment ago', async () => {
      const identities: Record<string, Identity> = { ...people, other: { ...people['admin-token']!, id: 'token_2' } };
      await server.stop();
      await start({ view: tokenView((token) => identities[token]) });
      const [gone, demoted, stays] = [await listen('admin-token'), await listen('other'), await listen('admin-token')];
      identities['other'] = { ...people['admin-token']!, id: 'token_2', role: 'user' };
      events.emit('device.created', { deviceId: 'dev_1' });
      await stays.until('dev_1');
      expect(await demoted.ended()).toBe(true);
      delete identities['admin-token'];
      events.emit('device.created', { deviceId: 'dev_2' });
      expect([await gone.ended(), await stays.ended(), live.clientCount]).toEqual([true, true, 0]);
    });

    it('drops a client that does not read', async () => {
      const socket = connect(server.address.port, '127.0.0.1');
      socket.write('GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token\r\n\r\n');
      await new Promise((resolve) => socket.once('readable', resolve));
      const reason = 'x'.repeat(100_000);
      for (let round = 0; round < 1000 && live.clientCount > 0; round += 1) {
        events.emit('storage.failed', { reason });
        await new Promise(setImmediate);
      }
      expect(live.clientCount).toBe(0);
      socket.destroy();
    });

    it('answers HEAD without opening a stream', async () => {
      const response = await fetch(`${base}/events`, { method: 'HEAD', ...as('admin-token') });
      expect([response.status, await response.text(), live.clientCount]).toEqual([200, '', 0]);
    });

    it('keeps a person who opens streams without end from shutting the others out', async () => {
      const mine = await Promise.all(Array.from({ length: 50 }, () => listen('admin-token')));
      const refused = await fetch(`${base}/events`, as('admin-token'));
      expect([refused.status, (await errorOf(refused)).code]).toEqual([503, 'UNAVAILABLE']);
      const other = await listen('user-token');
      for (const one of [...mine, other]) one.leave();
    });

    it('closes the oldest stream of the identity with the most when all slots are taken', async () => {
      const identities = Object.fromEntries(
        ['a', 'b', 'c', 'd', 'e'].map((name): [string, Identity] => [
          name,
          { kind: 'token', id: `token_${name}` as const, personId: undefined, role: 'admin' },
        ]),
      );
      await server.stop();
      await start({ view: tokenView((token) => identities[token]) });
      const held = [];
      for (const name of ['a', 'b', 'c', 'd']) {
        for (let count = 0; count < 50; count += 1) held.push(await listen(name));
      }
      const late = await listen('e');
      expect(await held[0]?.ended()).toBe(true);
      expect(live.clientCount).toBe(200);
      events.emit('device.created', { deviceId: 'dev_1' });
      expect(await late.until('dev_1')).toContain('device.created');
      for (const one of [...held, late]) one.leave();
    });

    it('ends when the server stops', async () => {
      const user = await listen('user-token');
      await server.stop();
      expect(await user.ended()).toBe(true);
      await start();
    });
  });
});
