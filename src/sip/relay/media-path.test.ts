import { expect, it } from 'vitest';
import { receivedFrom, registeredEndpoint } from './media-path.ts';

it.each([
  ['SIP/2.0/UDP 192.168.1.5:5060;rport=40123;received=203.0.113.9;branch=z9hG4bKa', '203.0.113.9'],
  ['SIP/2.0/TLS 192.168.1.5;branch=z9hG4bKa; received = 203.0.113.9 , SIP/2.0/UDP a;received=198.51.100.1', '203.0.113.9'],
  ['SIP/2.0/UDP [2001:db8::1];received=[2001:db8::9];branch=z9hG4bKa', '2001:db8::9'],
  ['SIP/2.0/UDP 192.168.1.5;branch=z9hG4bKa, SIP/2.0/UDP a;received=198.51.100.1', undefined],
  ['SIP/2.0/UDP 192.168.1.5;received=;branch=z9hG4bKa', undefined],
  ['', undefined],
])('the topmost Via of %s came from %s', (via, address) => {
  expect(receivedFrom({ via })).toBe(address);
});

it('an answer without Via says nothing', () => {
  expect(receivedFrom({})).toBeUndefined();
});

it.each([
  ['wss', 'sip:x@abc.invalid;transport=wss', true],
  ['ws', 'sip:x@abc.invalid', true],
  ['udp', 'sip:x@192.168.1.9;transport=WS', true],
  ['tls', 'sips:x@192.168.1.9', false],
  ['udp', 'sip:ws@192.168.1.9', false],
] as const)('a phone that registered by %s as %s is a browser: %s', (protocol, contactUri, isBrowser) => {
  const source = { protocol, address: '192.168.1.9', port: 5060 };
  expect(registeredEndpoint({ contactUri, source })).toEqual({ zone: 'internal', trunk: undefined, isBrowser });
});
