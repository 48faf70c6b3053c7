import { expect, test } from 'vitest';
import { isTrunkReachable } from './reachability.ts';

const trunks = [
  { name: 'Twilio', isReady: true },
  { name: 'office', isReady: false },
];

test.each([
  ['Twilio', true],
  ['office', false],
  ['one that is not there', true],
])('calls by the trunk %s reach us: %s', (name, expected) => {
  expect(isTrunkReachable(trunks, name)).toBe(expected);
});
