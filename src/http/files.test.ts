import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import { endpoint, handle } from '#contract/endpoint.ts';
import type { Facts } from '#contract/facts.ts';
import { fileReply, uploadBody } from '#contract/file.ts';
import type { Upload } from '#contract/file.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { readRange } from './files.ts';
import { tokenView } from '#testing/harness/http-identities.ts';
import { LiveStream } from './live.ts';
import { HttpServer } from './server.ts';

const text = 'abcdefghij';

const readFile = endpoint({
  id: 'readFile',
  method: 'GET',
  path: '/file',
  access: 'user',
  summary: 'A file',
  reply: fileReply,
  replyTypes: ['audio/wav'],
});
const writeFile = endpoint({
  id: 'writeFile',
  method: 'PUT',
  path: '/file',
  access: 'user',
  summary: 'Write it',
  body: uploadBody,
  upload: { types: ['audio/wav', 'audio/mpeg'], maxBytes: 1000 },
  reply: z.object({ type: z.string(), bytes: z.number() }),
});

describe('readRange', () => {
  it.each([
    ['', { kind: 'whole' }],
    ['bytes=0-3', { kind: 'part', range: { first: 0, last: 3 } }],
    ['bytes=4-', { kind: 'part', range: { first: 4, last: 9 } }],
    ['bytes=-3', { kind: 'part', range: { first: 7, last: 9 } }],
    ['bytes=-30', { kind: 'part', range: { first: 0, last: 9 } }],
    ['bytes=8-400', { kind: 'part', range: { first: 8, last: 9 } }],
    ['bytes=10-', { kind: 'beyond' }],
    ['bytes=-0', { kind: 'beyond' }],
    ['bytes=5-2', { kind: 'whole' }],
    ['bytes=0-1,4-5', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['lines=1-2', { kind: 'whole' }],
    ['bytes=1111111111111111-', { kind: 'whole' }],
  ])('reads %s', (header, expected) => {
    expect(readRange(header, 10)).toEqual(expected);
  });
});

describe('files over HTTP', () => {
  const log = createLog({ level: 'silent' });
  const clock = new FakeClock();
  const bytes = Buffer.from(text);
  let fileName = 'a "b".wav';
  const routes = [
    handle(readFile, () => ({
      contentType: 'audio/wav',
      bytes: bytes.length,
      etag: 'v1',
      fileName,
      disposition: 'inline' as const,
      // In pieces of three, so that a part begins and ends inside one.
      read: async function* ({ first, last }: { first: number; last: number }) {
        for (let at = first; at <= last; at += 3) yield bytes.subarray(at, Math.min(at + 3, last + 1));
      },
    })),
    handle(writeFile, ({ body }: { body: Upload }) => ({ type: body.contentType, bytes: body.bytes.length })),
  ];
  const audience = { ownerOfDevice: () => undefined, personsOfCall: () => [], personsOfEscalation: () => [] };
  const live = new LiveStream({ events: new Events<Facts>(log), clock, log, audience, positionKey: Buffer.alloc(16) });
  const identity = { kind: 'token', id: 'token_1', personId: undefined, role: 'admin' } as const;
  const server = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    version: '1',
    routes,
    live,
    clock,
    log,
    isReplyStrict: true,
    view: tokenView((token) => (token === 'good' ? identity : undefined)),
  });
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  const ask = (headers: Record<string, string> = {}, more: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${server.address.port}/api/file`, { ...more, headers: { Authorization: 'Bearer good', ...headers } });

  it('sends the whole file with what a player needs to request ranges', async () => {
    const response = await ask();
    expect([response.status, await response.text()]).toEqual([200, text]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'audio/wav',
      'content-length': '10',
      'accept-ranges': 'bytes',
      etag: '"v1"',
      'content-disposition': 'inline; filename="a \\"b\\".wav"',
      'x-content-type-options': 'nosniff',
    });
  });

  it('sends ranges', async () => {
    const response = await ask({ Range: 'bytes=2-6' });
    expect([response.status, await response.text()]).toEqual([206, 'cdefg']);
    expect(response.headers.get('content-range')).toBe('bytes 2-6/10');
    expect(response.headers.get('content-length')).toBe('5');
    expect(await (await ask({ Range: 'bytes=2-6', 'If-Range': '"v1"' })).text()).toBe('cdefg');
    expect(await (await ask({ Range: 'bytes=2-6', 'If-Range': '"v0"' })).text()).toBe(text);
  });

  it('refuses a range beyond the end and says where that is', async () => {
    const response = await ask({ Range: 'bytes=10-' });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(await response.json()).toMatchObject({ error: { code: 'VALIDATION_ERROR' } });
    for (const name of ['content-disposition', 'etag', 'accept-ranges']) expect(response.headers.get(name)).toBeNull();
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('tells a download manager the whole length, also where it names a range in its HEAD', async () => {
    for (const Range of ['bytes=0-3', 'bytes=99-']) {
      const response = await ask({ Range }, { method: 'HEAD' });
      expect([response.status, response.headers.get('content-length'), response.headers.get('content-range')]).toEqual([
        200,
        '10',
        null,
      ]);
    }
  });

  it.each(['"v0"', 'W/"v1"', 'v1', '"v0", W/"v1"'])('resumes no download of another version: If-Match %s', async (etags) => {
    for (const more of [
      {},
      { Range: 'bytes=2-6' },
      { Range: 'bytes=99-' },
      { 'If-None-Match': '"v1"', ...{ 'Cache-Control': 'max-age=0' } },
    ]) {
      const response = await ask({ 'If-Match': etags, ...more });
      expect([response.status, response.headers.get('etag')]).toEqual([412, null]);
      expect(await response.json()).toMatchObject({ error: { message: 'The file has changed since' } });
    }
    expect((await ask({ 'If-Match': etags }, { method: 'HEAD' })).status).toBe(412);
  });

  it.each(['"v1"', '*', '"v0" , "v1"'])('resumes a download of this version: If-Match %s', async (etags) => {
    const response = await ask({ 'If-Match': etags, Range: 'bytes=2-6' });
    expect([response.status, await response.text()]).toEqual([206, 'cdefg']);
  });

  /** As a browser asks; without it `fetch` adds `no-cache` to an If-None-Match of ours, which is a reload. */
  const revalidation = { 'Cache-Control': 'max-age=0' };

  it.each(['"v1"', 'W/"v1"', 'W/"v0", "v1"', '"v0","v1"', '*'])('sends nothing again to a client that has %s', async (etags) => {
    for (const method of ['GET', 'HEAD']) {
      const response = await ask({ ...revalidation, 'If-None-Match': etags }, { method });
      expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([304, '', '"v1"']);
    }
    for (const Range of ['bytes=2-6', 'bytes=99-']) {
      expect((await ask({ ...revalidation, 'If-None-Match': etags, Range })).status).toBe(304);
    }
  });

  it.each(['"v0"', 'W/"v0"', '"v1', 'v1', '"v10"', ''])('sends it to a client that has %j', async (etags) => {
    const response = await ask({ ...revalidation, 'If-None-Match': etags });
    expect([response.status, await response.text()]).toEqual([200, text]);
  });

  it('sends it anew to a client that reloads', async () => {
    const response = await ask({ 'If-None-Match': '"v1"', 'Cache-Control': 'no-cache' });
    expect([response.status, await response.text()]).toEqual([200, text]);
  });

  it.each([
    ['message_1-0.jpg', 'inline; filename="message_1-0.jpg"'],
    ['Grüße.wav', 'inline; filename="Grüße.wav"'],
    ['Привет €.wav', 'inline; filename="?????? ?.wav"; filename*=UTF-8\'\'%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82%20%E2%82%AC.wav'],
    ['a"; x="b.wav', 'inline; filename="a\\"; x=\\"b.wav"'],
    ['../../etc/passwd', 'inline; filename="passwd"'],
    ['a\r\nX-Evil: 1.wav', 'inline; filename="a??X-Evil: 1.wav"; filename*=UTF-8\'\'a%0D%0AX-Evil%3A%201.wav'],
  ])('names it %j', async (name, header) => {
    fileName = name;
    const response = await ask();
    expect([response.status, response.headers.get('content-disposition')]).toEqual([200, header]);
    expect(response.headers.get('x-evil')).toBeNull();
  });

  it('answers HEAD with the length alone, and no request without a token', async () => {
    const response = await ask({}, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '10', '']);
    expect((await ask({ Authorization: '' })).status).toBe(401);
  });

  it('accepts uploads of the declared types and size only', async () => {
    const put = (type: string, body: string) => ask({ 'Content-Type': type }, { method: 'PUT', body });
    expect(await (await put('audio/mpeg', 'abc')).json()).toEqual({ type: 'audio/mpeg', bytes: 3 });
    expect((await put('application/json', '{}')).status).toBe(415);
    expect((await put('audio/wav', 'a'.repeat(1001))).status).toBe(413);
    expect((await put('audio/wav', '')).status).toBe(400);
  });
});
