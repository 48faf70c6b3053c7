import { expect, test } from 'vitest';
import { outboxHealth } from './outbox-health.ts';

const none = { waiting: 0, attempting: 0, doubtful: 0 };

test.each([
  ['nothing waits', none, undefined, 'ok', 'Nothing is waiting to be sent'],
  [
    'some wait, are on their way or in doubt',
    { waiting: 1, attempting: 2, doubtful: 3 },
    undefined,
    'ok',
    '6 waiting to be sent',
  ],
  ['a service fails', { ...none, waiting: 1 }, 'No route', 'degraded', '1 waiting to be sent: No route'],
] as const)('health of the outbox where %s', (_where, counts, problem, status, message) => {
  expect(outboxHealth(counts, problem)).toEqual({ status, message });
});
