import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { TwilioHttp } from './http.ts';
import type { TwilioDownload } from './records.ts';

const credentials = { username: 'AC1', password: 'token' };
const recording = 'https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1.wav';

describe('a download', () => {
  const servers: Server[] = [];
  const asked: { url: string; authorization: string | undefined }[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    asked.length = 0;
  });

  async function serve(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    address = '127.0.0.1',
  ): Promise<string> {
    const server = createServer((request, response) => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
      answer(request, response);
    });
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, address, resolve);
    });
    return `http://${address}:${(server.address() as AddressInfo).port}`;
  }

  const download = (apiBase: string, clock = new FakeClock()) =>
    new TwilioHttp({ clock, apiBase }).download(recording, credentials);

  it('reports type and length and streams the bytes', async () => {
    const base = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'audio/x-wav', 'Content-Length': 5 });
      response.end('RIFF!');
    });
    const found = await download(base);
    expect(found).toMatchObject({ kind: 'ok', value: { contentType: 'audio/x-wav', length: 5 } });
    if (found.kind === 'ok') expect((await read(found.value)).toString()).toBe('RIFF!');
    expect(asked).toEqual([
      { url: '/api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1.wav', authorization: expect.stringMatching(/^Basic /) },
    ]);
  });

  it('sends our credentials to Twilio and to no redirect target', async () => {
    const other = await serve((_, response) => void response.end('bytes'), '127.0.0.2');
    const base = await serve((_, response) => void response.writeHead(307, { Location: `${other}/bucket/RE1` }).end());
    const found = await download(base);
    if (found.kind === 'ok') expect((await read(found.value)).toString()).toBe('bytes');
    expect(asked.map(({ url, authorization }) => `${url} ${authorization === undefined ? 'anonymous' : 'us'}`)).toEqual([
      expect.stringMatching(/RE1\.wav us$/),
      '/bucket/RE1 anonymous',
    ]);
  });

  it('does not follow redirects for ever, nor out of the web', async () => {
    const round = await serve((request, response) => void response.writeHead(302, { Location: request.url }).end());
    expect(await download(round)).toMatchObject({ kind: 'refused', message: expect.stringContaining('too often') });
    expect(asked).toHaveLength(6);
    const odd = await serve((_, response) => void response.writeHead(302, { Location: 'file:///etc/passwd' }).end());
    expect(await download(odd)).toMatchObject({ kind: 'refused', message: expect.stringContaining('not followed') });
  });

  it.each([
    'https://192.168.1.1/x',
    'https://127.0.0.1:8443/x',
    'https://2130706433/x',
    'https://0x7f.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://203.0.113.7/x',
    'https://localhost/x',
    'https://LOCALHOST./x',
    'https://router/x',
    'https://supervisor.local/x',
    'https://nas.home.arpa/x',
    'https://metadata.google.internal/x',
    '//10.0.0.1/x',
  ])('never looks inside the house for %s', async (location) => {
    const base = await serve((_, response) => void response.writeHead(307, { Location: location }).end());
    expect(await download(base)).toMatchObject({ kind: 'refused', message: expect.stringContaining('not followed') });
    expect(asked).toHaveLength(1);
  });

  it('ends one that drips in without an end', async () => {
    const clock = new FakeClock();
    let drip = () => {};
    const base = await serve((_, response) => {
      drip = () => void response.write('x');
      drip();
    });
    const found = await download(base, clock);
    if (found.kind !== 'ok') throw new Error(found.message);
    let chunks = 0;
    const reading = (async () => {
      for await (const _ of found.value.chunks) {
        chunks += 1;
        if (chunks > 100) return;
        clock.advance(10_000);
        drip();
      }
    })();
    await expect(reading).rejects.toThrow();
    expect(chunks).toBeGreaterThan(10);
  });

  it('follows to a name in the public DNS', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/media.example.com/RE1') response.end('bytes');
      else response.writeHead(307, { Location: 'https://media.example.com/RE1' }).end();
    });
    expect(await download(base)).toMatchObject({ kind: 'ok' });
    expect(asked.at(-1)?.authorization).toBeUndefined();
  });

  it.each([
    [404, 'refused'],
    [401, 'refused'],
    [429, 'limited'],
    [503, 'ambiguous'],
  ])('that is answered with %i is %s', async (status, kind) => {
    const base = await serve((_, response) => void response.writeHead(status).end());
    expect(await download(base)).toMatchObject({ kind, status });
  });

  it('that breaks off is no short file', async () => {
    const base = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('only this', () => response.destroy());
    });
    const found = await download(base);
    expect(found.kind).toBe('ok');
    if (found.kind === 'ok') await expect(read(found.value)).rejects.toThrow();
  });

  it('that falls silent ends after 15 seconds without a byte', async () => {
    const clock = new FakeClock();
    const base = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('only this');
    });
    const found = await download(base, clock);
    if (found.kind !== 'ok') throw new Error(found.message);
    const chunks = found.value.chunks[Symbol.asyncIterator]();
    clock.advance(14_000);
    expect(Buffer.from((await chunks.next()).value as Uint8Array).toString()).toBe('only this');
    const next = chunks.next();
    clock.advance(14_000);
    expect(
      await Promise.race([
        next.then(
          () => 'ended',
          () => 'ended',
        ),
        Promise.resolve('waits'),
      ]),
    ).toBe('waits');
    clock.advance(1_000);
    await expect(next).rejects.toThrow();
    expect(clock.pending).toBe(0);
  });
});

async function read({ chunks }: TwilioDownload): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read);
}
