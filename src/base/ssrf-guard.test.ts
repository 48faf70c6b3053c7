import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import { fetchPublic, isPublicHost, publicOnlyLookup } from './ssrf-guard.ts';

describe('where a file may be fetched from that Twilio points to', () => {
  it.each([
    ['https://media.example.org/RE1', true],
    ['https://media.example.org:443/RE1', true],
    ['https://media.example.org:8443/RE1', false],
    ['https://user:word@media.example.org/RE1', false],
    ['https://203.0.113.7/RE1', false],
    ['https://[2001:db8::1]/RE1', false],
    ['https://router/RE1', false],
    ['https://nas.home.arpa./RE1', false],
  ])('%s: %s', (address, expected) => {
    expect(isPublicHost(new URL(address))).toBe(expected);
  });
});

describe('a name that leads into the house', () => {
  it.each([
    ['10.0.0.1'],
    ['127.0.0.1'],
    ['192.168.178.1'],
    ['169.254.169.254'],
    ['::1'],
    ['fd00::5'],
    ['fe80::1'],
    ['::ffff:10.0.0.1'],
  ])('leads nowhere: %s, alone or beside one outside', (address) => {
    const family = address.includes(':') ? 6 : 4;
    for (const addresses of [
      [{ address, family }],
      [
        { address: '203.0.113.7', family: 4 },
        { address, family },
      ],
    ]) {
      const told: unknown[] = [];
      publicOnlyLookup((_, done) => done(null, addresses))('media.example.org', { all: true }, (error, found) =>
        told.push(error?.message, found),
      );
      expect(told).toEqual(['media.example.org resolves to a private address', '']);
    }
  });

  it('and one outside leads there, with all its addresses or one', () => {
    const addresses = [
      { address: '2001:db8::7', family: 6 },
      { address: '203.0.113.7', family: 4 },
    ];
    const found: unknown[] = [];
    const lookup = publicOnlyLookup((_, done) => done(null, addresses));
    lookup('media.example.org', { all: true }, (_error, all) => found.push(all));
    lookup('media.example.org', {}, (_error, address, family) => found.push(address, family));
    expect(found).toEqual([addresses, '2001:db8::7', 6]);
  });
});

describe('a server inside', () => {
  const certificate = makeCertificate();
  let asked = 0;
  const server = createServer(
    { key: readFileSync(certificate.keyFile), cert: readFileSync(certificate.certFile) },
    (_, response) => {
      asked += 1;
      response.end('secret');
    },
  );
  server.on('connection', () => void (asked += 1));
  beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
  afterAll(() => {
    server.close();
    certificate.remove();
  });

  it('hears nothing from us, whatever name it has', async () => {
    const { port } = server.address() as AddressInfo;
    const url = new URL(`https://cdn.example.org:${port}/`);
    const asking = fetchPublic(url, {
      headers: {},
      signal: AbortSignal.timeout(5_000),
      resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    await expect(asking).rejects.toThrow('resolves to a private address');
    expect(asked).toBe(0);
  });
});
