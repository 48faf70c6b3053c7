import { expect, test } from 'vitest';
import type { PingedListener } from './listener-pings.ts';
import { transportsHealth } from './transports-health.ts';

const listener = (protocol: PingedListener['protocol'], outcome: PingedListener['outcome'], address = '192.0.2.1') => ({
  protocol,
  address,
  port: 5060,
  outcome,
});
const challenged = { kind: 'answered', status: 401 } as const;
const refused = { kind: 'answered', status: 503 } as const;
const closed = { kind: 'failed', why: 'the port is closed' } as const;

test.each([
  [
    'all answer',
    [listener('udp', challenged), listener('udp', challenged, '::1'), listener('tcp', challenged)],
    'ok',
    'UDP, TCP',
  ],
  [
    'one is closed',
    [listener('udp', challenged), listener('tcp', closed, '::1')],
    'degraded',
    'by TCP [::1]:5060 (the port is closed): phones that use it',
  ],
  [
    'no application is behind one',
    [listener('udp', refused), listener('tcp', challenged)],
    'degraded',
    'UDP 192.0.2.1:5060 (refused with 503)',
  ],
  [
    'none answers',
    [listener('udp', refused), listener('tls', closed)],
    'down',
    'answered nowhere: UDP 192.0.2.1:5060 (refused with 503), TLS 192.0.2.1:5060 (the port is closed)',
  ],
  ['there is none', [], 'down', 'listens nowhere'],
] as const)('health of the transports where %s', (_where, listeners, status, message) => {
  expect(transportsHealth(listeners)).toEqual({ status, message: expect.stringContaining(message) as string });
});
