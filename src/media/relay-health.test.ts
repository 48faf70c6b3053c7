import { expect, test } from 'vitest';
import { relayHealth } from './relay-health.ts';

const working = { problem: undefined, health: () => ({ status: 'ok', message: 'Relays 0 calls' }) as const };
const missing = {
  problem: 'rtpengine is missing',
  health: () => ({ status: 'degraded', message: 'rtpengine is missing' }) as const,
};

test.each([
  ['a relay that works', working, true, { status: 'ok', message: 'Relays 0 calls' }],
  ['a relay that works but has nothing to do', working, false, { status: 'ok', message: 'Relays 0 calls' }],
  ['a missing relay with a trunk', missing, true, { status: 'degraded', message: 'rtpengine is missing' }],
] as const)('health of %s', (_relay, relay, hasTrunk, expected) => {
  expect(relayHealth(relay, hasTrunk)).toEqual(expected);
});

test('a missing relay is no problem without a trunk, and health says that it would be one with it', () => {
  expect(relayHealth(missing, false)).toEqual({ status: 'ok', message: expect.stringMatching(/no trunk.*rtpengine is missing/) });
});
