import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Readable } from 'node:stream';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import { startDnsServer } from '#testing/peers/dns-server.ts';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer, PeerFault } from '#testing/peers/http-peer.ts';
import type { Resolve } from './fence.ts';
import { fencedFetch } from './fenced-fetch.ts';
import type { FencedRequest, FencedResult } from './fenced-request.ts';

const signal = new AbortController().signal;
const to4 = (...addresses: string[]): Resolve => {
  return async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
};

let peer: HttpPeer;
let ownPorts: number[] = [];
let resolve: Resolve | undefined;
let commits = 0;
beforeEach(async () => {
  peer = await startHttpPeer();
  ownPorts = [];
  resolve = undefined;
  commits = 0;
});
afterEach(() => peer.close());

function ask(request: Partial<FencedRequest> & { readonly url: string }, more: object = {}): Promise<FencedResult> {
  const fence = { clock: systemClock, ownPorts: () => ownPorts, ...(resolve === undefined ? {} : { resolve }) };
  return fencedFetch({ allowsOwnNetwork: false, ...request }, { ...fence, signal, commit: () => void (commits += 1), ...more });
}

describe('where nothing is ever sent', () => {
  it.each([
    'http://127.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f000001:PORT/',
    'http://0x7f.1:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://017700000001:PORT/',
    'http://127.0.0.1.:PORT/',
    'http://１２７.０.０.１:PORT/',
    'http://[::1]:PORT/',
    'http://[0:0:0:0:0:0:0:1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
    'http://localhost:PORT/',
    'http://10.0.0.1:PORT/',
    'https://192.168.178.1/',
    'https://[fd00::1]/',
  ])('is the own network, unless somebody chose it: %s', async (url) => {
    const result = await ask({ url: url.replace('PORT', String(peer.port)) });
    expect(result).toMatchObject({ kind: 'blocked', reason: 'address-forbidden', hasCommitted: false });
    expect(peer.connections()).toBe(0);
  });

  it.each([
    'http://0.0.0.0:PORT/',
    'http://0:PORT/',
    'http://[::]:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://100.100.100.200/',
    'http://172.30.32.2/',
    'http://[::7f00:1]:PORT/',
    'http://[64:ff9b::7f00:1]:PORT/',
    'http://[2002:7f00:1::]:PORT/',
    'http://[2001:0:7f00:1::]:PORT/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
  ])('is %s, whatever somebody chose', async (url) => {
    for (const allowsOwnNetwork of [false, true]) {
      const result = await ask({ url: url.replace('PORT', String(peer.port)), allowsOwnNetwork });
      expect(result).toMatchObject({ kind: 'blocked', reason: 'address-forbidden' });
    }
    expect(peer.connections()).toBe(0);
  });

  it.each([
    ['file:///etc/hostname'],
    ['ftp://example.org/'],
    ['data:text/plain,x'],
    ['javascript:alert(1)'],
    ['https://me:word@example.org/'],
    ['no address'],
  ])('is %s', async (url) => {
    expect(await ask({ url, allowsOwnNetwork: true })).toMatchObject({ kind: 'blocked' });
  });

  it.each([
    ['127.0.0.1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['10.0.0.1'],
    ['fd00::1'],
    ['169.254.169.254'],
    ['fe80::1%lo'],
    ['0.0.0.0'],
  ])('is a name of the internet that leads to %s', async (address) => {
    resolve = to4(address);
    const result = await ask({ url: `https://hook.example.org:${peer.port}/` });
    expect(result).toMatchObject({ kind: 'blocked', detail: expect.stringContaining(`hook.example.org (${address})`) });
    expect(peer.connections()).toBe(0);
  });

  it('is where the house itself listens, by any address of this machine', async () => {
    ownPorts = [peer.port];
    const mine = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ address }) => !address.startsWith('fe80'))
      .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', ...mine]) {
      const result = await ask({ url: `http://${host}:${peer.port}/api/people`, allowsOwnNetwork: true });
      expect(result, host).toMatchObject({ kind: 'blocked', detail: expect.stringContaining('one of its own') });
    }
    expect(peer.connections()).toBe(0);
  });

  it('is the internet without encryption, also by a name of the own network that leads there', async () => {
    resolve = to4('203.0.113.7');
    for (const url of ['http://example.org/', 'http://nas.lan/']) {
      expect(await ask({ url, allowsOwnNetwork: true })).toMatchObject({
        kind: 'blocked',
        detail: expect.stringContaining('encrypted'),
      });
    }
  });
});

describe('a name that leads elsewhere when it is asked again', () => {
  it('is asked once: what was checked is what is connected to', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    let asked = 0;
    resolve = async () => [{ address: answers[asked++] ?? '', family: 4 }];
    const result = await ask({ url: `http://rebind.lan:${peer.port}/`, allowsOwnNetwork: true });
    expect(result).toMatchObject({ kind: 'replied', status: 200 });
    expect(asked).toBe(1);
    expect(peer.requests).toMatchObject([{ headers: { host: `rebind.lan:${peer.port}` } }]);
    // The next request asks again, and finds what it leads to now.
    expect(await ask({ url: `http://rebind.lan:${peer.port}/`, allowsOwnNetwork: true })).toMatchObject({ kind: 'blocked' });
    expect(peer.connections()).toBe(1);
  });

  it('does not get into the house by a real server of names that changes its mind', async () => {
    const records = [{ name: 'rebind.example.org', type: 'A' as const, data: [Buffer.from([203, 0, 113, 7])] }];
    const dns = await startDnsServer(records);
    try {
      const resolver = new Resolver();
      resolver.setServers([dns.address]);
      resolve = async (host) => {
        const found = (await resolver.resolve4(host)).map((address) => ({ address, family: 4 }));
        records[0]!.data = [Buffer.from([127, 0, 0, 1])];
        return found;
      };
      const clock = new FakeClock();
      const asking = ask({ url: `https://rebind.example.org:${peer.port}/` }, { clock });
      // Nobody answers at the address of the documentation; whoever asked again would be at the peer by now.
      await expect.poll(() => dns.queries).toEqual(['A rebind.example.org']);
      await clock.advanceAsync(20_000);
      expect(await asking).toMatchObject({ kind: 'unreachable', hasCommitted: false });
      expect(peer.connections()).toBe(0);
      expect(dns.queries).toHaveLength(1);
      expect(await ask({ url: `https://rebind.example.org:${peer.port}/` })).toMatchObject({ kind: 'blocked' });
    } finally {
      await dns.close();
    }
  });

  it('reaches the permitted one of its addresses, and no other', async () => {
    resolve = to4('169.254.169.254', '127.0.0.1');
    const url = `http://two.lan:${peer.port}/`;
    expect(await ask({ url, allowsOwnNetwork: true })).toMatchObject({ status: 200 });
  });

  it('is reached by its second address where the first one refuses', async () => {
    resolve = to4('127.0.0.2', '127.0.0.1');
    const only = await startHttpPeer();
    const url = `http://two.lan:${only.port}/`;
    expect(await ask({ url, allowsOwnNetwork: true })).toMatchObject({ status: 200 });
    await only.close();
  });

  it('is not found: nothing was sent', async () => {
    resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const expected = { kind: 'unreachable', reason: 'name-unknown', detail: 'The name example.org is not found (ENOTFOUND)' };
    expect(await ask({ url: 'https://example.org/' })).toMatchObject(expected);
    resolve = to4();
    expect(await ask({ url: 'https://example.org/' })).toMatchObject({ kind: 'unreachable', reason: 'name-unknown' });
  });
});

describe('a redirect', () => {
  const redirect = (location: string, status = 302) => ({ status, headers: { location } });

  it('is the reply where none is followed, and of whatever is sent', async () => {
    peer.otherwise = redirect('http://169.254.169.254/');
    expect(await ask({ url: peer.url, allowsOwnNetwork: true })).toMatchObject({ status: 302 });
    const posted = await ask({ url: peer.url, method: 'POST', body: 'x', allowsOwnNetwork: true, redirects: 3 });
    expect(posted).toMatchObject({ kind: 'blocked', reason: 'redirect-refused' });
    expect(peer.requests).toHaveLength(2);
  });

  it.each([
    'http://169.254.169.254/',
    'http://[::ffff:169.254.169.254]/',
    'http://0.0.0.0:1/',
    '//172.30.32.2/',
    'http://2852039166/',
  ])('to where nothing is sent is not followed: %s', async (location) => {
    peer.otherwise = redirect(location);
    const result = await ask({ url: peer.url, allowsOwnNetwork: true, redirects: 3 });
    expect(result).toMatchObject({ kind: 'blocked', reason: 'address-forbidden' });
  });

  it('into the own network is not followed from outside', async () => {
    const inside = await startHttpPeer();
    resolve = async (host) => [{ address: host === 'outside.example.org' ? '203.0.113.7' : '127.0.0.1', family: 4 }];
    // The first hop is in the own network here, as no test reaches the internet: the second one is one of the house's own ports.
    ownPorts = [inside.port];
    peer.otherwise = redirect(`http://127.0.0.1:${inside.port}/api/people`);
    expect(await ask({ url: peer.url, allowsOwnNetwork: true, redirects: 3 })).toMatchObject({ kind: 'blocked' });
    expect(inside.connections()).toBe(0);
    await inside.close();
  });

  it('is followed three times at most', async () => {
    peer.otherwise = redirect('/again');
    expect(await ask({ url: peer.url, allowsOwnNetwork: true, redirects: 99 })).toMatchObject({ status: 302 });
    expect(peer.requests.map(({ path }) => path)).toEqual(['/', '/again', '/again', '/again']);
  });

  it('to another server takes nothing along that was meant for the first one', async () => {
    const other = await startHttpPeer();
    peer.answers.push(redirect('/near'), redirect(other.url));
    const headers = { authorization: 'Bearer secret', 'x-gotify-key': 'secret', accept: 'application/json' };
    expect(await ask({ url: peer.url, headers, allowsOwnNetwork: true, redirects: 3 })).toMatchObject({ status: 200 });
    expect(peer.requests[1]?.headers).toMatchObject(headers);
    expect(JSON.stringify(other.requests)).not.toContain('secret');
    expect(other.requests[0]?.headers).toMatchObject({ accept: 'application/json' });
    await other.close();
  });
});

describe('a server that is not as it should be', () => {
  it.each<[PeerFault, object]>([
    ['drop', { kind: 'cut-off', reason: 'cut-off', hasCommitted: true }],
    ['drop-in-body', { kind: 'replied', status: 200, isCut: true }],
    ['huge', { kind: 'replied', status: 200, isCut: true }],
    ['long-headers', { kind: 'cut-off', hasCommitted: true }],
    ['switch', { kind: 'cut-off', hasCommitted: true }],
  ])('%s', async (fault, expected) => {
    peer.otherwise = fault;
    const result = await ask({ url: peer.url, allowsOwnNetwork: true });
    expect(result).toMatchObject(expected);
    if (result.kind === 'replied') expect(result.body.length).toBeLessThanOrEqual(64 * 1024);
    expect(commits).toBe(1);
  });

  it('stall: it ends when its time is over, by the clock', async () => {
    const clock = new FakeClock();
    peer.otherwise = 'stall';
    const asking = ask({ url: peer.url, allowsOwnNetwork: true }, { clock });
    await peer.received(1);
    await clock.advanceAsync(15_000);
    const expected = { kind: 'cut-off', reason: 'timed-out', detail: 'No answer within 15 s', hasCommitted: true };
    expect(await asking).toMatchObject(expected);
    expect(clock.pending).toBe(0);
  });

  it('drip: one byte after the other does not make its time longer', async () => {
    peer.otherwise = 'drip';
    const limits = { totalMs: 1500, maxReplyBytes: 1e9 };
    const result = await ask({ url: peer.url, allowsOwnNetwork: true, limits });
    expect(result).toMatchObject({ kind: 'replied', status: 200, isCut: true });
  });

  it('is not heard at all: nothing was sent', async () => {
    const { port } = peer;
    await peer.close();
    const refused = await ask({ url: `http://127.0.0.1:${port}/`, allowsOwnNetwork: true });
    expect(refused).toMatchObject({ kind: 'unreachable', reason: 'unreachable', hasCommitted: false });
    expect(commits).toBe(0);
  });

  it('is let go at the stop', async () => {
    peer.otherwise = 'stall';
    const stop = new AbortController();
    const asking = ask({ url: peer.url, allowsOwnNetwork: true }, { signal: stop.signal });
    await peer.received(1);
    stop.abort(new Error('stop'));
    expect(await asking).toMatchObject({ kind: 'cut-off', hasCommitted: true });
    expect(await ask({ url: peer.url, allowsOwnNetwork: true }, { signal: stop.signal })).toMatchObject({ kind: 'unreachable' });
  });
});

describe('a request', () => {
  it('arrives as it is', async () => {
    peer.otherwise = { status: 201, headers: { 'x-one': 'a' }, body: '{"ok":true}' };
    const url = `${peer.url}/path/%20x?y=1`;
    const result = await ask({ url, method: 'POST', headers: { 'x-mine': 'b' }, body: '{"ü":1}', allowsOwnNetwork: true });
    expect(result).toMatchObject({ kind: 'replied', status: 201, headers: { 'x-one': 'a' }, isCut: false });
    expect(result.kind === 'replied' && result.body.toString()).toBe('{"ok":true}');
    expect(peer.requests).toMatchObject([
      {
        method: 'POST',
        path: '/path/%20x?y=1',
        body: '{"ü":1}',
        headers: { 'x-mine': 'b', 'content-length': '8', connection: 'close' },
      },
    ]);
  });

  it('streams what is a stream', async () => {
    const body = Readable.from([Buffer.from('one '), Buffer.from('two')]);
    await ask({ url: peer.url, method: 'POST', body, allowsOwnNetwork: true });
    expect(peer.requests).toMatchObject([{ body: 'one two' }]);
  });

  it('with a header that is none sends nothing', async () => {
    const result = await ask({ url: peer.url, headers: { 'x-bad': 'a\r\nx-more: b' }, allowsOwnNetwork: true });
    expect(result).toMatchObject({ kind: 'unreachable', hasCommitted: false });
    expect(peer.requests).toEqual([]);
  });
});

describe('over TLS', () => {
  const certificate = makeCertificate(['DNS:hook.lan', 'IP:127.0.0.1']);
  const before = getCACertificates('default');
  let secure: HttpPeer;
  beforeEach(async () => {
    secure = await startHttpPeer({ certificate });
  });
  afterEach(async () => {
    setDefaultCACertificates(before);
    await secure.close();
  });

  it('arrives where the certificate is that of the name, or of the address', async () => {
    setDefaultCACertificates([...before, readFileSync(certificate.certFile, 'utf8')]);
    resolve = to4('127.0.0.1');
    for (const host of ['hook.lan', '127.0.0.1']) {
      expect(await ask({ url: `https://${host}:${secure.port}/`, allowsOwnNetwork: true })).toMatchObject({ status: 200 });
    }
    const other = await ask({ url: `https://other.lan:${secure.port}/`, allowsOwnNetwork: true });
    expect(other).toMatchObject({ kind: 'unreachable', reason: 'certificate', hasCommitted: false });
    expect(secure.requests).toHaveLength(2);
  });

  it('sends nothing to a certificate that nobody vouches for, nor to what speaks no TLS', async () => {
    const unknown = await ask({ url: secure.url, allowsOwnNetwork: true });
    expect(unknown).toMatchObject({ kind: 'unreachable', reason: 'certificate' });
    const plain = await ask({ url: `https://127.0.0.1:${peer.port}/`, allowsOwnNetwork: true });
    expect(plain).toMatchObject({ kind: 'unreachable', reason: 'tls-failed' });
    expect([commits, secure.requests, peer.requests]).toEqual([0, [], []]);
  });

  it('does not go on without encryption where a redirect says so', async () => {
    setDefaultCACertificates([...before, readFileSync(certificate.certFile, 'utf8')]);
    secure.otherwise = { status: 302, headers: { location: peer.url } };
    const result = await ask({ url: secure.url, allowsOwnNetwork: true, redirects: 3 });
    expect(result).toMatchObject({ kind: 'blocked', reason: 'redirect-refused' });
    expect(peer.connections()).toBe(0);
  });
});

it('leaves the peer closable: no connection stays behind', async () => {
  await ask({ url: peer.url, allowsOwnNetwork: true });
  const socket = connect(peer.port, '127.0.0.1');
  await new Promise((done) => socket.once('connect', done));
  socket.destroy();
  expect(peer.requests).toHaveLength(1);
});
