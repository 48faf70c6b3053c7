import { expect, test } from 'vitest';
import { controlConnectionHealth, trunksHealth } from './sip-health.ts';

const ready = { name: 'office', isReady: true, status: { kind: 'registered', since: 0 } } as const;
const missing = { name: 'Twilio', isReady: false, status: { kind: 'unreachable', since: 0 } } as const;

test.each([
  ['without a trunk', [], undefined, 'ok', 'No trunks'],
  ['with trunks that are ready', [ready], undefined, 'ok', 'All trunks are ready'],
  ['with a trunk that is not registered', [ready, missing], undefined, 'degraded', 'Twilio does not answer'],
  ['with a trunk that cannot be used', [ready], 'The key is lost', 'down', 'The key is lost'],
] as const)('health of the trunks %s', (_with, trunks, closed, status, message) => {
  expect(trunksHealth(trunks, closed)).toEqual({ status, message });
});

test('a lost control connection says what does not work', () => {
  expect(controlConnectionHealth(true).status).toBe('ok');
  expect(controlConnectionHealth(false)).toEqual({
    status: 'down',
    message: 'The SIP engine is unreachable: phones cannot register or call',
  });
});
