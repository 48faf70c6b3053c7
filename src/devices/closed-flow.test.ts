import { expect, test } from 'vitest';
import { withoutFlow } from './closed-flow.ts';
import type { SipTransport } from './device.ts';
import { noParams } from './registration.ts';
import type { Registration } from './registration.ts';

function binding(contactUri: string, protocol: SipTransport, more: Partial<Registration> = {}): Registration {
  return {
    id: 'reg_1',
    deviceId: 'dev_1',
    contactUri,
    q: 1,
    params: noParams,
    path: [],
    instanceId: undefined,
    regId: undefined,
    source: { protocol, address: '192.0.2.10', port: 40_000 },
    userAgent: undefined,
    callId: 'c',
    cseq: 1,
    lastNonceSerial: 0,
    registeredAt: 0,
    expiresAt: 1,
    ...more,
  };
}

test.each([
  ['a browser', 'sip:x@df7jal23ls0d.invalid;transport=ws', 'ws'],
  ['a browser that names an address', 'sip:x@192.0.2.10:5060;transport=tcp', 'wss'],
  ['a phone that repeats the port of its connection', 'sip:201@192.0.2.10:40000;transport=tcp', 'tcp'],
  ['a phone behind address translation', 'sip:201@10.0.0.5:5060;transport=tcp', 'tcp'],
  ['a phone that names a host', 'sip:201@phone.example;transport=tcp', 'tcp'],
  ['a phone that names another transport', 'sip:201@192.0.2.10:5060;transport=udp', 'tcp'],
  ['a phone over TLS', 'sip:201@192.0.2.10:5061;transport=tls', 'tls'],
  ['a phone that wants TLS all the way', 'sips:201@192.0.2.10:5061', 'tcp'],
  ['port 0', 'sip:201@192.0.2.10:0', 'tcp'],
] as const)('a phone whose connection closed is gone: %s', (_what, contactUri, protocol) => {
  expect(withoutFlow(binding(contactUri, protocol))).toBeUndefined();
});

test('a flow of outbound is gone with its connection, whatever its Contact', () => {
  expect(withoutFlow(binding('sip:201@192.0.2.10:5060', 'tcp', { instanceId: '<urn:uuid:1>', regId: 1 }))).toBeUndefined();
});

test.each([
  ['sip:201@192.0.2.10', 5060],
  ['sip:201@192.0.2.10:5080;transport=tcp', 5080],
  ['sip:201@192.0.2.10:5060;transport=TCP;ob', 5060],
])('a phone that listens for TCP where it came from is dialled there: %s', (contactUri, port) => {
  const before = binding(contactUri, 'tcp');
  expect(withoutFlow(before)).toEqual({ ...before, source: { protocol: 'tcp', address: '192.0.2.10', port } });
});

test('over IPv6 too', () => {
  const source = { protocol: 'tcp', address: '2001:db8::5', port: 40_000 } as const;
  expect(withoutFlow(binding('sip:201@[2001:DB8::5]:5060', 'tcp', { source }))?.source.port).toBe(5060);
  expect(withoutFlow(binding('sip:201@[2001:db8::6]:5060', 'tcp', { source }))).toBeUndefined();
});
