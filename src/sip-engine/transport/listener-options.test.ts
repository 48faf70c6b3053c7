import { expect, test } from 'vitest';
import { expandListener, parseListener, localNetworksOf } from './listener-options.ts';
import { parseNetwork } from '../message/addresses.ts';

test.each([
  ['udp:127.0.0.1:5062', ['udp 127.0.0.1 5062']],
  ['udp:127.0.0.1', ['udp 127.0.0.1 5060']],
  ['tls:[::1]', ['tls ::1 5061']],
  ['tcp:[2001:db8::1]:5070', ['tcp 2001:db8::1 5070']],
  ['UDP,tcp:192.0.2.1:5060', ['udp 192.0.2.1 5060', 'tcp 192.0.2.1 5060']],
  ['wss:*:8443', ['wss * 8443']],
  ['*', ['udp * 5060', 'tcp * 5060']],
  ['*:5070', ['udp * 5070', 'tcp * 5070']],
  ['0.0.0.0', ['udp 0.0.0.0 5060', 'tcp 0.0.0.0 5060']],
  ['[::]:0', ['udp :: 0', 'tcp :: 0']],
  ['sip:127.0.0.1:5080;transport=udp,tls', ['udp 127.0.0.1 5080', 'tls 127.0.0.1 5080']],
  ['sip:*', ['udp * 5060', 'tcp * 5060']],
  ['sips:*', ['tls * 5061']],
])('%s', (text, wanted) => {
  const parsed = parseListener(text);
  expect(
    parsed.kind === 'listeners' && parsed.listeners.map(({ protocol, host, port }) => `${protocol} ${host} ${port}`),
  ).toEqual(wanted);
});

test.each([
  ['', /not an address/],
  ['udp', /not an address/],
  ['udp:', /not an address/],
  ['udp:pbx.example:5060', /not an address/],
  ['udp:::1:5060', /not an address/],
  ['udp:127.0.0.1:70000', /not an address/],
  ['udp:127.0.0.1:-1', /not an address/],
  ['udp:127.0.0.300', /not an address/],
  ['sctp:127.0.0.1', /no known transport/],
  ['udp,:127.0.0.1', /no known transport/],
  ['ws:127.0.0.1', /needs a port/],
])('"%s" says what is wrong', (text, problem) => {
  const parsed = parseListener(text);
  expect(parsed.kind === 'problem' && parsed.text).toMatch(problem);
});

const machine = [
  { address: '127.0.0.1', cidr: '127.0.0.1/8' },
  { address: '192.168.1.5', cidr: '192.168.1.5/24' },
  { address: '::1', cidr: '::1/128' },
  { address: '2001:db8::5', cidr: '2001:db8::5/64' },
];

test('a wildcard is each address of the machine', () => {
  const hosts = (host: string): string[] => expandListener({ protocol: 'udp', host, port: 5060 }, machine).map((one) => one.host);
  expect(hosts('*')).toEqual(['127.0.0.1', '192.168.1.5', '::1', '2001:db8::5']);
  expect(hosts('0.0.0.0')).toEqual(['127.0.0.1', '192.168.1.5']);
  expect(hosts('::')).toEqual(['::1', '2001:db8::5']);
  expect(hosts('192.168.1.9')).toEqual(['192.168.1.9']);
});

test('the external address is advertised where it fits', () => {
  const wild = expandListener({ protocol: 'udp', host: '*', port: 5060, externalHost: '203.0.113.5' }, machine);
  expect(wild.map((one) => one.externalHost)).toEqual([undefined, '203.0.113.5', undefined, undefined]);
  const single = expandListener({ protocol: 'udp', host: '127.0.0.1', port: 5060, externalHost: '203.0.113.5' }, machine);
  expect(single[0]?.externalHost).toBe('203.0.113.5');
});

test.each([
  [{}, ['10.9.0.0/16']],
  [{ externalHost: '203.0.113.5' }, []],
  [{ localNetworks: ['own', '192.168.0.0/16'] }, ['10.9.0.0/16', '192.168.0.0/16']],
])('what %j reaches directly is %j', (more, expected) => {
  const listener = { protocol: 'udp', host: '10.9.0.5', port: 5060, ...more } as const;
  const networks = localNetworksOf(listener, [{ address: '10.9.0.5', cidr: '10.9.0.0/16' }]);
  expect(networks).toEqual(expected.map((text) => parseNetwork(text)));
});
