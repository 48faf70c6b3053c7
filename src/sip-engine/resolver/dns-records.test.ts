import { afterEach, expect, test } from 'vitest';
import { startDnsServer } from '#testing/peers/dns-server.ts';
import type { DnsRecord, DnsServer } from '#testing/peers/dns-server.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { systemDnsQueries } from './dns-records.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { createResolver } from './resolver.ts';
import type { Protocol } from '../transport/transport.ts';

let server: DnsServer | undefined;

afterEach(() => server?.close());

const records: DnsRecord[] = [
  {
    name: 'trunk.example',
    type: 'NAPTR',
    data: [10, 1, { text: 's' }, { text: 'SIPS+D2T' }, { text: '' }, '_sips._tcp.trunk.example'],
  },
  {
    name: 'trunk.example',
    type: 'NAPTR',
    data: [20, 1, { text: 's' }, { text: 'SIP+D2U' }, { text: '' }, '_sip._udp.trunk.example'],
  },
  { name: '_sips._tcp.trunk.example', type: 'SRV', data: [1, 1, 5061, 'tls.trunk.example'] },
  { name: '_sip._udp.trunk.example', type: 'SRV', data: [1, 1, 5070, 'udp.trunk.example'] },
  { name: 'tls.trunk.example', type: 'A', data: [Buffer.of(192, 0, 2, 1)] },
  { name: 'udp.trunk.example', type: 'A', data: [Buffer.of(192, 0, 2, 2)] },
  { name: 'udp.trunk.example', type: 'AAAA', data: [Buffer.from('20010db8000000000000000000000002', 'hex')] },
  { name: 'off.example', type: 'NAPTR', data: [1, 1, { text: 's' }, { text: 'SIP+D2U' }, { text: '' }, '_sip._udp.off.example'] },
  { name: '_sip._udp.off.example', type: 'SRV', data: [0, 0, 0, '.'] },
];

async function ask(host: string, protocols: Protocol[], transport?: string): Promise<string[]> {
  server = await startDnsServer(records);
  const clock = new FakeClock();
  const queries = systemDnsQueries(clock, [server.address]);
  const resolver = createResolver({ clock, log: silentLog, limits: { dnsQueries: 10 }, queries });
  const uri = { scheme: 'sip', host, port: undefined, transport, maddr: undefined };
  const targets = await new Promise<string[]>((resolve) => {
    resolver.resolve(uri, protocols, (found) =>
      resolve(found.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`)),
    );
  });
  resolver.stop();
  return targets;
}

test('a trunk with NAPTR, SRV, A and AAAA records in real DNS', async () => {
  expect(await ask('trunk.example', ['udp', 'tcp', 'tls'])).toEqual([
    'tls 192.0.2.1 5061',
    'udp 192.0.2.2 5070',
    'udp 2001:db8::2 5070',
  ]);
});

test('only the transports that listen are asked for', async () => {
  expect(await ask('trunk.example', ['udp'])).toEqual(['udp 192.0.2.2 5070', 'udp 2001:db8::2 5070']);
  expect(server?.queries).not.toContain('SRV _sips._tcp.trunk.example');
});

test('an unknown name, and one whose service is switched off', async () => {
  expect(await ask('nowhere.example', ['udp'])).toEqual([]);
  await server?.close();
  expect(await ask('off.example', ['udp'])).toEqual([]);
});
