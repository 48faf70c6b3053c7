import { expect, test } from 'vitest';
import { listenerHealth } from './listener-health.ts';

const closed = { problem: undefined, port: undefined, refusedConnections: 0 };
const webhooks = { status: 'degraded', message: 'signatures are wrong' } as const;

test.each([
  ['closed', closed, 'ok', 'Off: no public URL is set (option public_url)'],
  ['that could not be opened', { ...closed, problem: 'The port is taken' }, 'down', 'The port is taken'],
  ['that is open', { ...closed, port: 8081 }, 'degraded', 'Listens on port 8081; signatures are wrong'],
  [
    'that cuts bad sources',
    { ...closed, port: 8081, refusedConnections: 2 },
    'degraded',
    'Listens on port 8081; signatures are wrong; 2 connections of bad sources cut',
  ],
] as const)('health of a public listener %s', (_listener, state, status, message) => {
  expect(listenerHealth(state, webhooks)).toEqual({ status, message });
});
