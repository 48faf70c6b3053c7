import { expect, test } from 'vitest';
import { KnownHosts, parseKnownHost } from './known-hosts.ts';

test.each<[string, ReturnType<typeof parseKnownHost>]>([
  ['192.0.2.1', { address: '192.0.2.1', port: undefined }],
  ['192.0.2.1:5061', { address: '192.0.2.1', port: 5061 }],
  ['2001:db8::1', { address: '2001:db8::1', port: undefined }],
  ['[2001:db8::1]:5061', { address: '2001:db8::1', port: 5061 }],
  ['example.org', undefined],
  ['192.0.2.1:0', undefined],
  ['192.0.2.1:70000', undefined],
  ['', undefined],
])('a known host is written %j', (text, expected) => {
  expect(parseKnownHost(text)).toEqual(expected);
});

test('the longest name that fits wins', () => {
  const hosts = new KnownHosts({
    '*.example.org': '192.0.2.1',
    '*.SIP.example.org': '192.0.2.2:5061',
    'a.sip.example.org': '192.0.2.3',
  });
  expect(hosts.find('a.sip.example.org')?.address).toBe('192.0.2.3');
  expect(hosts.find('b.sip.example.org')).toEqual({ address: '192.0.2.2', port: 5061 });
  expect(hosts.find('c.b.example.org')?.address).toBe('192.0.2.1');
  expect(hosts.find('example.org')).toBeUndefined();
});
