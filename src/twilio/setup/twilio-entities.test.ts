import { expect, test } from 'vitest';
import { stateSource } from '#testing/harness/state-source.ts';
import { twilioEntities } from './twilio-entities.ts';

const well = {
  isSetUp: () => true,
  health: () => ({ status: 'ok', message: '' }) as const,
  isTrunkReady: () => true,
  outboxProblem: () => undefined,
};

test.each([
  ['connected', {}, true],
  ['connected where the account has a flaw', { health: () => ({ status: 'degraded', message: '' }) as const }, true],
  ['unknown without an account', { isSetUp: () => false }, undefined],
  ['disconnected where the account cannot be used', { health: () => ({ status: 'down', message: '' }) as const }, false],
  ['disconnected while we are not registered', { isTrunkReady: () => false }, false],
  ['disconnected while nothing can be sent', { outboxProblem: () => 'no answer' }, false],
])('Twilio is %s', (_title, change, state) => {
  const [twilio] = twilioEntities({ ...well, ...change });
  expect(stateSource(twilio).state('exchange')).toBe(state);
});
