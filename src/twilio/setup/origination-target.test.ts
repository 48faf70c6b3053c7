import { expect, test } from 'vitest';
import { originationTargetOf } from './origination-target.ts';

const externalIp = '203.0.113.9';
const [udp, tcp, tls] = ['udp:0.0.0.0:5060', 'tcp:0.0.0.0:5070', 'tls:0.0.0.0:5061'];

test.each([
  ['TLS before all others, for the secret', [udp, tcp, tls], { transport: 'tls', port: 5061 }],
  ['TCP before UDP, for long INVITEs', [udp, tcp], { transport: 'tcp', port: 5070 }],
  ['UDP where there is nothing else', [udp], { transport: 'udp', port: 5060 }],
  ['UDP where only browsers come in', ['wss:0.0.0.0:8443'], { transport: 'udp', port: 5060 }],
  ['the port of an IPv6 listener', ['tls:[::]:5099'], { transport: 'tls', port: 5099 }],
] as const)('Twilio is pointed at %s', (_at, listen, expected) => {
  expect(originationTargetOf({ listen, externalIp })).toEqual({ host: externalIp, ...expected });
});

test.each([undefined, '2001:db8::9', 'home.example'])('Twilio is not pointed at %s: it knows IPv4 addresses alone', (address) => {
  expect(originationTargetOf({ listen: [tls], externalIp: address }).host).toBeUndefined();
});
