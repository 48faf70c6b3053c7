import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { parseHosts } from './dns-records.ts';
import type { DnsQueries, Naptr, Srv } from './dns-records.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { createResolver } from './resolver.ts';
import type { SipResolver } from './resolver.ts';
import { srvOrder } from './srv-order.ts';
import type { Protocol, Target } from '../transport/transport.ts';

type Zone = {
  hosts?: Record<string, string[]>;
  naptr?: Record<string, Naptr[]>;
  srv?: Record<string, Srv[]>;
  addresses?: Record<string, string[]>;
};

class FakeDns implements DnsQueries {
  readonly asked: string[] = [];
  /** Questions about these names are never answered. */
  readonly silent = new Set<string>();
  readonly #zone: Zone;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  hosts = (name: string): readonly string[] | undefined => this.#zone.hosts?.[name];
  naptr = (name: string, done: (records: readonly Naptr[]) => void): void =>
    this.#answer(`NAPTR ${name}`, this.#zone.naptr?.[name], done);
  srv = (name: string, done: (records: readonly Srv[]) => void): void =>
    this.#answer(`SRV ${name}`, this.#zone.srv?.[name], done);
  addresses = (name: string, done: (found: readonly string[]) => void): void =>
    this.#answer(`A ${name}`, this.#zone.addresses?.[name], done);
  stop = (): void => {};

  #answer<R>(question: string, records: readonly R[] | undefined, done: (records: readonly R[]) => void): void {
    this.asked.push(question);
    if (!this.silent.has(question)) setImmediate(done, records ?? []);
  }
}

function resolverFor(zone: Zone, hook?: (host: string) => readonly string[] | undefined) {
  const clock = new FakeClock();
  const dns = new FakeDns(zone);
  const resolver = createResolver({ clock, log: silentLog, limits: { dnsQueries: 3 }, queries: dns, random: () => 0.5, hook });
  return { clock, dns, resolver };
}

type Uri = { host: string; scheme?: string; port?: number; transport?: string; maddr?: string };

function ask(resolver: SipResolver, uri: Uri, protocols: Protocol[] = ['udp', 'tcp', 'tls']): Promise<string[]> {
  return new Promise((resolve) => {
    const whole = { scheme: 'sip', port: undefined, transport: undefined, maddr: undefined, ...uri };
    resolver.resolve(whole, protocols, (targets) => resolve(targets.map(text)));
  });
}

function text({ protocol, address, port }: Target): string {
  return `${protocol} ${address} ${port}`;
}

const trunk: Zone = {
  naptr: {
    'trunk.example': [
      { order: 20, preference: 1, service: 'SIP+D2U', flags: 's', replacement: '_sip._udp.trunk.example' },
      { order: 10, preference: 1, service: 'SIP+D2T', flags: 'S', replacement: '_sip._tcp.trunk.example' },
      { order: 1, preference: 1, service: 'SIP+D2S', flags: 's', replacement: '_sip._sctp.trunk.example' },
    ],
  },
  srv: {
    '_sip._udp.trunk.example': [
      { priority: 20, weight: 1, port: 5080, name: 'b.trunk.example' },
      { priority: 10, weight: 1, port: 5070, name: 'a.trunk.example' },
    ],
    '_sip._tcp.trunk.example': [{ priority: 1, weight: 1, port: 5060, name: 'c.trunk.example' }],
    '_sips._tcp.trunk.example': [{ priority: 1, weight: 1, port: 5061, name: 'c.trunk.example' }],
  },
  addresses: {
    'a.trunk.example': ['192.0.2.1'],
    'b.trunk.example': ['192.0.2.2', '2001:db8::2'],
    'c.trunk.example': ['192.0.2.3'],
    'trunk.example': ['192.0.2.9'],
    plain: ['192.0.2.8'],
    'plain.example': ['192.0.2.7'],
  },
};

test('a numeric host needs no lookup and is answered at once', () => {
  const { resolver, dns } = resolverFor({});
  const seen: string[][] = [];
  const uri = { scheme: 'sip', port: undefined, transport: undefined, maddr: undefined };
  for (const host of ['192.0.2.1', '[2001:db8::1]'])
    resolver.resolve({ ...uri, host }, ['udp'], (targets) => seen.push(targets.map(text)));
  resolver.resolve({ ...uri, host: 'x.example', maddr: '192.0.2.5', port: 5090 }, ['tls'], (targets) =>
    seen.push(targets.map(text)),
  );
  resolver.resolve({ ...uri, host: '192.0.2.1' }, [], (targets) => seen.push(targets.map(text)));
  resolver.resolve({ ...uri, host: 'abc.invalid' }, ['udp'], (targets) => seen.push(targets.map(text)));
  expect(seen).toEqual([['udp 192.0.2.1 5060'], ['udp 2001:db8::1 5060'], ['tls 192.0.2.5 5090'], [], []]);
  expect(dns.asked).toEqual([]);
});

test('NAPTR chooses the protocols, SRV the servers in their order, A and AAAA the addresses', async () => {
  const { resolver, dns } = resolverFor(trunk);
  expect(await ask(resolver, { host: 'trunk.example' }, ['udp', 'tcp'])).toEqual([
    'tcp 192.0.2.3 5060',
    'udp 192.0.2.1 5070',
    'udp 192.0.2.2 5080',
    'udp 2001:db8::2 5080',
  ]);
  expect(dns.asked[0]).toBe('NAPTR trunk.example');
});

test('a transport in the URI asks no NAPTR; a port asks for addresses alone', async () => {
  const { resolver, dns } = resolverFor(trunk);
  expect(await ask(resolver, { host: 'trunk.example', transport: 'tcp' }, ['tcp'])).toEqual(['tcp 192.0.2.3 5060']);
  expect(dns.asked).toEqual(['SRV _sip._tcp.trunk.example', 'A c.trunk.example']);
  expect(await ask(resolver, { host: 'trunk.example', port: 5090 })).toEqual(['udp 192.0.2.9 5090']);
  expect(dns.asked.slice(2)).toEqual(['A trunk.example']);
});

test('without NAPTR each protocol that listens has its SRV asked for, and without SRV the address has the default port', async () => {
  const { resolver, dns } = resolverFor({ ...trunk, naptr: {} });
  expect(await ask(resolver, { host: 'trunk.example' }, ['tls'])).toEqual(['tls 192.0.2.3 5061']);
  expect(await ask(resolver, { host: 'plain.example' }, ['tcp'])).toEqual(['tcp 192.0.2.7 5060']);
  dns.asked.length = 0;
  expect(await ask(resolver, { host: 'plain' }, ['udp', 'tcp'])).toEqual(['udp 192.0.2.8 5060']);
  expect(dns.asked).toEqual(['A plain']);
});

test('the hook comes before the hosts file, and that before DNS', async () => {
  const zone = { ...trunk, hosts: { 'trunk.example': ['198.51.100.1'], 'other.example': ['198.51.100.2', '::1'] } };
  const { resolver, dns } = resolverFor(zone, (host) => (host === 'trunk.example' ? ['198.51.100.9'] : undefined));
  expect(await ask(resolver, { host: 'Trunk.Example' })).toEqual(['udp 198.51.100.9 5060']);
  expect(await ask(resolver, { host: 'other.example' })).toEqual(['udp 198.51.100.2 5060', 'udp ::1 5060']);
  expect(dns.asked).toEqual([]);
});

test('a target that failed is tried last for ten minutes', async () => {
  const { resolver, clock } = resolverFor(trunk);
  const uri = { host: 'trunk.example', transport: 'udp' };
  resolver.reportFailure({ protocol: 'udp', address: '192.0.2.1', port: 5070 });
  expect(await ask(resolver, uri, ['udp'])).toEqual(['udp 192.0.2.2 5080', 'udp 2001:db8::2 5080', 'udp 192.0.2.1 5070']);
  clock.advance(600_000);
  expect((await ask(resolver, uri, ['udp']))[0]).toBe('udp 192.0.2.1 5070');
});

test('an unknown name gives no targets', async () => {
  const { resolver } = resolverFor({});
  expect(await ask(resolver, { host: 'nowhere.example' })).toEqual([]);
});

test('the same question is asked once at a time, and its answer kept for a while', async () => {
  const { resolver, dns, clock } = resolverFor(trunk);
  await Promise.all([1, 2, 3].map(() => ask(resolver, { host: 'trunk.example', transport: 'tcp' }, ['tcp'])));
  await ask(resolver, { host: 'trunk.example', transport: 'tcp' }, ['tcp']);
  expect(dns.asked).toHaveLength(2);
  clock.advance(31_000);
  await ask(resolver, { host: 'trunk.example', transport: 'tcp' }, ['tcp']);
  expect(dns.asked).toHaveLength(4);
});

test('DNS that never answers ends in nothing after the deadline, and no more than the limit are under way', async () => {
  const { resolver, dns, clock } = resolverFor({});
  for (const name of ['a', 'b', 'c']) dns.silent.add(`A ${name}.example`);
  const asked = ['a', 'b', 'c'].map((name) => ask(resolver, { host: `${name}.example`, port: 5060 }));
  expect(await ask(resolver, { host: 'd.example', port: 5060 })).toEqual([]);
  expect(dns.asked).not.toContain('A d.example');
  expect(resolver.sizes().dnsQueries).toBe(3);
  clock.advance(12_000);
  expect(await Promise.all(asked)).toEqual([[], [], []]);
  expect(resolver.sizes().dnsQueries).toBe(0);
  expect(clock.pending).toBe(0);
});

test('weights of one priority share the first place', () => {
  let seed = 1;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const records = [
    { priority: 1, weight: 75, name: 'big' },
    { priority: 1, weight: 25, name: 'small' },
    { priority: 2, weight: 100, name: 'spare' },
  ];
  const first = Array.from({ length: 4000 }, () => srvOrder(records, random));
  expect(first.every((order) => order.length === 3 && order[2]?.name === 'spare')).toBe(true);
  const share = first.filter((order) => order[0]?.name === 'big').length / first.length;
  expect(share).toBeGreaterThan(0.7);
  expect(share).toBeLessThan(0.8);
});

test('the hosts file has several names a line and comments', () => {
  const table = parseHosts(
    '127.0.0.1 localhost # me\n::1\tlocalhost ip6\n\n#192.0.2.1 no\n192.0.2.5 PBX.Example pbx\nbad name\n',
  );
  expect(Object.fromEntries(table)).toEqual({
    localhost: ['127.0.0.1', '::1'],
    ip6: ['::1'],
    'pbx.example': ['192.0.2.5'],
    pbx: ['192.0.2.5'],
  });
});
