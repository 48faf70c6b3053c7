import { readFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import type { IncomingMessage, RequestOptions, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { PstnHarness } from '#testing/harness/pstn-harness.ts';
import { VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import { LiveTwilioSettings } from '#twilio/api/settings.ts';
import { parseOptions } from '#options/options.ts';
import { composeWebhooks } from './webhooks.ts';
import type { WebhooksRoom } from './webhooks.ts';

let stack: AsyncDisposableStack;
let settings: LiveTwilioSettings;
let webhooks: WebhooksRoom;
const clock = new FakeClock();

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const harness = stack.use(new PstnHarness());
  const kept = { settings: { accountSid: 'AC1', publicUrl: 'http://127.0.0.1:1' }, secrets: { authToken: '12345' } };
  settings = new LiveTwilioSettings({ store: { load: () => kept, save: () => {} }, clock });
  const parsed = parseOptions({ public_http_host: '127.0.0.1', public_http_port: 0 });
  if (parsed.kind === 'problems') throw new Error(parsed.problems.join());
  webhooks = await composeWebhooks({
    options: parsed.options,
    settings,
    clock,
    stack,
    log: createLog({ level: 'silent' }),
    calls: harness.pstnCalls,
    voicemail: stack.use(new VoicemailHarness({ calls: harness.pstnCalls, isInMemory: true })).room,
    messages: { incoming: { receive: () => {} }, outgoing: { applyStatus: () => {} } },
    media: { publicMedia: () => undefined },
    isReachable: () => true,
    callerIdFor: () => undefined,
  });
});
afterEach(() => stack.disposeAsync());

/** What one hop does to a request: it may change what it passes on, or answer by itself. */
type Hop = {
  readonly change?: (options: RequestOptions & { body: string }) => void;
  readonly answer?: (response: ServerResponse) => boolean;
  readonly back?: (headers: IncomingMessage['headers'], body: string) => string;
};

/** Puts a proxy in front of the house and makes it the public address. */
async function behind(hop: Hop, path = ''): Promise<void> {
  const proxy: Server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      if (hop.answer?.(response) === true) return;
      const { port } = webhooks.address() ?? { port: 0 };
      const headers: RequestOptions['headers'] = { ...request.headers };
      const onward = {
        host: '127.0.0.1',
        port,
        method: request.method,
        path: request.url,
        headers,
        body: Buffer.concat(chunks).toString(),
      };
      hop.change?.(onward as RequestOptions & { body: string });
      const { body, ...options } = onward;
      delete (headers as Record<string, unknown>)['content-length'];
      const passed = send({ ...options, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (reply) => {
        void (async () => {
          const parts: Buffer[] = [];
          for await (const part of reply as AsyncIterable<Buffer>) parts.push(part);
          const text = Buffer.concat(parts).toString();
          const changed = hop.back?.(reply.headers, text) ?? text;
          response.writeHead(reply.statusCode ?? 500, {
            ...reply.headers,
            'content-length': Buffer.byteLength(changed),
            via: '1.1 hop',
          });
          response.end(changed);
        })();
      });
      passed.end(body);
    })();
  });
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
  stack.defer(() => new Promise<void>((resolve) => void proxy.close(() => resolve())));
  stack.defer(() => proxy.closeAllConnections());
  settings.change({ publicUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${path}` });
}

describe('the listener', () => {
  it('is open exactly while there is a public URL', async () => {
    const stateOf = async () => (await webhooks.face.probes.webhooks?.())?.message;
    const { port } = webhooks.address() ?? { port: 0 };
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    settings.change({ publicUrl: undefined });
    settings.change({ publicUrl: 'https://again.example.org' });
    settings.change({ publicUrl: undefined });
    await expect.poll(() => webhooks.address(), { timeout: 10_000 }).toBeUndefined();
    expect(await stateOf()).toContain('Off');
    settings.change({ publicUrl: 'https://again.example.org' });
    await expect.poll(() => webhooks.address(), { timeout: 10_000 }).toBeDefined();
    expect(await stateOf()).toContain('Listens on port');
  });
});

describe('the round through the public URL', () => {
  it('passes through a proxy that changes nothing, and reports how long it took', async () => {
    await behind({});
    expect(await webhooks.selfTest.run()).toMatchObject({
      kind: 'passed',
      milliseconds: 0,
      message: expect.stringContaining('unchanged'),
    });
    expect(await webhooks.face.probes.webhooks?.()).toMatchObject({ status: 'ok' });
  });

  it('passes with a path that the proxy keeps, and with one that it takes away', async () => {
    await behind({}, '/gosip');
    expect((await webhooks.selfTest.run()).kind).toBe('passed');
    await behind({ change: (request) => (request.path = request.path?.replace('/gosip', '') ?? null) }, '/gosip');
    expect((await webhooks.selfTest.run()).kind).toBe('passed');
  });

  it.each<[string, Hop, string, RegExp]>([
    [
      'another path',
      { change: (request) => (request.path = `/app${request.path}`) },
      'path',
      /\/api\/webhooks\/self-test was sent, \/app\/api/,
    ],
    [
      'a path without its prefix',
      { change: (request) => (request.path = request.path?.replace('/api', '') ?? null) },
      'path',
      /arrived/,
    ],
    [
      'a slash at the end',
      { change: (request) => (request.path = request.path?.replace('?', '/?') ?? null) },
      'path',
      /self-test\/ arrived/,
    ],
    [
      'a decoded query',
      { change: (request) => (request.path = request.path?.replace('a%20b', 'a+b') ?? null) },
      'query',
      /a%20b.* was sent/,
    ],
    [
      'a sorted query',
      { change: (request) => (request.path = request.path?.replace('order=2&order=1', 'order=1&order=2') ?? null) },
      'query',
      /order/,
    ],
    [
      'no signature',
      { change: ({ headers }) => void delete (headers as Record<string, unknown>)['x-twilio-signature'] },
      'headers',
      /removed/,
    ],
    [
      'another signature',
      { change: ({ headers }) => void Object.assign(headers ?? {}, { 'x-twilio-signature': 'x' }) },
      'headers',
      /changed/,
    ],
    ['a trimmed body', { change: (request) => (request.body = request.body.replace('++caff', 'caff')) }, 'body', /Body/],
    [
      'a body without empty fields',
      { change: (request) => (request.body = request.body.replace('Empty=&', '')) },
      'body',
      /Empty is missing/,
    ],
    [
      'a body without duplicates',
      { change: (request) => (request.body = request.body.replace('&Twice=1', '')) },
      'body',
      /Twice/,
    ],
    ['a field more', { change: (request) => (request.body += '&token=1') }, 'body', /token was added/],
    ['another answer', { back: () => '<html>OK</html>' }, 'response', /response was changed/],
    [
      'an answer of another type',
      { back: (headers, body) => ((headers['content-type'] = 'application/octet-stream'), body) },
      'response',
      /octet-stream/,
    ],
    [
      'a redirect',
      { answer: (response) => (response.writeHead(301, { location: 'https://x.example/' }).end(), true) },
      'redirect',
      /301/,
    ],
    [
      'a page of its own',
      { answer: (response) => (response.writeHead(200, { server: 'portal' }).end('Log in'), true) },
      'wrong-server',
      /status 200/,
    ],
  ])('names the hop that makes %s of it', async (_case, hop, name, message) => {
    await behind(hop);
    const result = await webhooks.selfTest.run();
    expect(result).toMatchObject({ kind: 'failed', hop: name });
    expect(result.message).toMatch(message);
    expect(result.kind === 'failed' ? result.trace.length : 0).toBeGreaterThan(0);
  });

  it('says what is missing, and what cannot be reached', async () => {
    settings.change({ publicUrl: 'http://127.0.0.1:1' });
    expect(await webhooks.selfTest.run()).toMatchObject({ kind: 'failed', hop: 'network' });
    settings.change({ publicUrl: 'https://nowhere.invalid' });
    expect(await webhooks.selfTest.run()).toMatchObject({ kind: 'failed', hop: 'dns' });
    settings.change({ authToken: undefined });
    expect(await webhooks.selfTest.run()).toMatchObject({
      kind: 'failed',
      hop: 'setup',
      message: expect.stringContaining('auth token'),
    });
    settings.change({ publicUrl: undefined });
    expect(await webhooks.selfTest.run()).toMatchObject({ kind: 'failed', hop: 'setup' });
  });

  it('says that a certificate is not one for the world', async () => {
    const certificate = makeCertificate(['IP:127.0.0.1']);
    stack.defer(certificate.remove);
    const { keyFile, certFile } = certificate;
    const server = createTlsServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    stack.defer(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    settings.change({ publicUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
    expect(await webhooks.selfTest.run()).toMatchObject({ kind: 'failed', hop: 'certificate' });
  });

  it('runs once at a time', async () => {
    await behind({});
    const [first, second] = await Promise.all([webhooks.selfTest.run(), webhooks.selfTest.run()]);
    expect([first.kind, second.message]).toEqual(['passed', 'The self-test is running already']);
  });
});
