import { describe, expect, it } from 'vitest';
import { isPrivate, normalizeAddress, subscriberKey } from './private-address.ts';

describe('addresses of the house', () => {
  it.each([
    ['10.1.2.3', true],
    ['172.16.0.1', true],
    ['172.32.0.1', false],
    ['192.168.178.20', true],
    ['100.64.0.1', true],
    ['169.254.1.1', true],
    ['127.0.0.1', true],
    ['0.0.0.0', true],
    ['203.0.113.9', false],
    ['8.8.8.8', false],
    ['2001:db8::1', false],
    ['::1', true],
    ['::', true],
    ['fd12:3456::1', true],
    ['fe80::1', true],
    ['fe80::1%eth0', true],
    ['fec0::1', false],
    ['::ffff:192.168.1.2', true],
    ['::ffff:c0a8:0102', true],
    ['::ffff:203.0.113.9', false],
    ['', false],
    ['kitchen', false],
  ])('%s: %s', (address, expected) => {
    expect(isPrivate(address)).toBe(expected);
  });
});

it.each([
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:192.0.2.1', '192.0.2.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['192.0.2.1', '192.0.2.1'],
])('%s is written %s', (address, expected) => {
  expect(normalizeAddress(address)).toBe(expected);
});

describe('one line to the internet is one source', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8:1:2::1', '2001:db8:1:ff::1', true],
    ['2001:db8:1:2::1', '2001:db8:1:102::1', false],
    ['2001:db8::1', '2001:db8:0:0:1::', true],
    ['2001:db8:0:12::', '2001:DB8::0012:0:0:0:1', true],
    ['fe80::1%eth0', 'fe80::2', true],
  ])('%s and %s: %s', (one, other, same) => {
    expect(subscriberKey(one) === subscriberKey(other)).toBe(same);
  });
});
