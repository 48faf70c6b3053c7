import { expect, test } from 'vitest';
import { isOutdated, testSteps } from './test-steps.ts';

const at = '2026-11-30T12:00:00.000Z';
const begun = {
  callId: 'call_1',
  ringingAt: null,
  answeredAt: null,
  isHeard: false,
  hearsUs: 'not-known',
  result: null,
} as const;
const talking = { ...begun, ringingAt: at, answeredAt: at } as const;

test.each([
  ['that has just begun', begun, 'done now open open open'],
  ['that rings', { ...begun, ringingAt: at }, 'done done now open open'],
  ['in which the phone is heard', { ...talking, isHeard: true }, 'done done done done now'],
  [
    'whose phone reports sound, and whose key is not pressed yet',
    { ...talking, isHeard: true, hearsUs: 'reported' },
    'done done done done now',
  ],
  [
    'whose phone reported sound, and whose key nobody pressed',
    { ...talking, isHeard: true, hearsUs: 'reported', result: 'works' },
    'done done done done done',
  ],
  ['of a phone that is not connected', { ...begun, result: 'not-registered' }, 'failed open open open open'],
  ['of a phone that was lost since it registered', { ...begun, result: 'unreachable' }, 'failed open open open open'],
  ['of a phone that said busy', { ...begun, result: 'busy' }, 'done failed open open open'],
  ['that rang and nobody answered', { ...begun, ringingAt: at, result: 'no-answer' }, 'done done failed open open'],
  ['without any sound', { ...talking, result: 'no-sound-from-phone' }, 'done done done failed open'],
  ['that nobody confirmed', { ...talking, isHeard: true, result: 'unconfirmed' }, 'done done done done open'],
  ['that was stopped', { ...begun, result: 'stopped' }, 'done open open open open'],
  ['that works', { ...talking, isHeard: true, hearsUs: 'confirmed', result: 'works' }, 'done done done done done'],
] as const)('a test call %s', (_what, call, states) => {
  const found = testSteps({ ...call, callId: 'call_1' });
  expect(found.map(({ state }) => state).join(' ')).toBe(states);
});

test('a test that did not reach a phone says nothing of one that signed in since', () => {
  const lost = { result: 'unreachable', endedAt: at } as const;
  expect(isOutdated(lost, '2026-11-30T12:01:00.000Z')).toBe(true);
  expect(isOutdated(lost, '2026-11-30T11:59:00.000Z')).toBe(false);
  expect(isOutdated({ ...lost, result: 'no-sound-from-phone' }, '2026-11-30T12:01:00.000Z')).toBe(false);
  expect(isOutdated({ result: null, endedAt: null }, '2026-11-30T12:01:00.000Z')).toBe(false);
});
