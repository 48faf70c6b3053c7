import { expect, test } from 'vitest';
import { cidrMatcher } from './cidr-matcher.ts';

test.each([
  [['10.0.0.0/8'], '10.200.0.1', true],
  [['10.0.0.0/8'], '::ffff:10.200.0.1', true],
  [['::ffff:10.0.0.0/104'], '10.200.0.1', true],
  [['10.0.0.0/8', '192.0.2.7'], '192.0.2.7', true],
  [['192.0.2.7'], '192.0.2.8', false],
  [['2001:db8::/64'], '2001:DB8:0:0:1::9', true],
  [['2001:db8::/64'], '2001:db8:0:1::9', false],
  [['fe80::1'], 'fe80::1%eth0', true],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [[], '10.0.0.1', false],
  [['10.0.0.0/8'], '', false],
  [['10.0.0.0/8'], 'phone.example', false],
])('%j holds %s: %s', (blocks, address, isHeld) => {
  expect(cidrMatcher(blocks)(address)).toBe(isHeld);
});
