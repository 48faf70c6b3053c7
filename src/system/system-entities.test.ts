import { expect, test } from 'vitest';
import { stateSource } from '#testing/harness/state-source.ts';
import { systemEntities } from './system-entities.ts';

test.each([
  ['ok', false],
  ['degraded', true],
  ['down', true],
] as const)('health that is %s is a problem of the exchange: %s', async (status, isProblem) => {
  const problem = stateSource(systemEntities({ report: () => Promise.resolve({ status }) })[0]);
  expect([...problem.owners()].map(({ id }) => id)).toEqual(['exchange']);
  expect(await problem.state('exchange')).toBe(isProblem);
});

test('the problem is read anew every minute, and after each fact that may be one', () => {
  const problem = stateSource(systemEntities({ report: () => Promise.resolve({ status: 'ok' }) })[0]);
  expect(problem.pollSeconds).toBe(60);
  expect(problem.changedBy['storage.failed']?.({ reason: '' })).toBe('exchange');
});
