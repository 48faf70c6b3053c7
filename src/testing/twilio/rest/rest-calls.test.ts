import { expect, test } from 'vitest';
import { statusInApi } from './rest-calls.ts';

test.each([
  ['queued', 'queued'],
  ['initiated', 'queued'],
  ['ringing', 'ringing'],
  ['no-answer', 'no-answer'],
] as const)('a call whose callbacks say %s is %s in the REST API', (status, expected) => {
  expect(statusInApi(status)).toBe(expected);
});
