import { expect, test } from 'vitest';
import { webhookOutcome } from './webhook-outcome.ts';

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [301, 'permanent redirect-refused'],
  [400, 'permanent refused-content'],
  [401, 'temporary refused-login'],
  [403, 'temporary refused-login'],
  [404, 'temporary server-error'],
  [405, 'temporary server-error'],
  [408, 'temporary server-error'],
  [410, 'permanent target-gone'],
  [413, 'permanent too-large'],
  [415, 'permanent refused-content'],
  [418, 'temporary server-error'],
  [422, 'permanent refused-content'],
  [429, 'temporary busy'],
  [500, 'temporary server-error'],
  [503, 'temporary busy'],
])('a receiver that answers %i: %s', (status, expected) => {
  const outcome = webhookOutcome({ kind: 'replied', status, headers: {}, body: Buffer.from(''), isCut: false }, 0);
  expect(outcome.kind === 'delivered' ? outcome.kind : `${outcome.kind} ${outcome.reason}`).toBe(expected);
});

test.each([
  ['blocked', 'address-forbidden', 'permanent'],
  ['unreachable', 'name-unknown', 'temporary'],
  ['unreachable', 'certificate', 'temporary'],
  ['cut-off', 'timed-out', 'temporary'],
] as const)('a receiver that is %s because of %s: %s', (kind, reason, expected) => {
  expect(webhookOutcome({ kind, reason, detail: '', hasCommitted: false }, 0)).toMatchObject({ kind: expected, reason });
});
