import { expect, test } from 'vitest';
import { httpHealth } from './http-health.ts';

test.each([
  [0, 'Answers on port 8080'],
  [3, 'Answers on port 8080; 3 idle connections were closed to make room'],
])('health of the API after %i closed connections', (evicted, message) => {
  expect(httpHealth({ port: 8080, evicted })).toEqual({ status: 'ok', message });
});
