import { expect, test } from 'vitest';
import { relayAddresses } from './relay-addresses.ts';

test.each([
  ['the address that is set', { address: '192.0.2.9', listen: ['udp:192.0.2.5:5060'] }, '192.0.2.9'],
  ['the first address of SIP', { listen: ['udp:[2001:db8::5]:5060', 'udp:192.0.2.5:5060', 'udp:192.0.2.6:5060'] }, '192.0.2.5'],
  ['none where SIP is on every address', { listen: ['udp:0.0.0.0:5060', 'udp:*:5060', 'tls:*'] }, undefined],
])('media comes from %s', (_from, options, address) => {
  expect(relayAddresses(options).address).toBe(address);
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8::9', undefined],
  ['home.example', undefined],
  [undefined, undefined],
])('with the external address %s of SIP, media is sent to %s', (externalIp, expected) => {
  expect(relayAddresses({ listen: [], externalIp }).externalIp).toBe(expected);
});
