import { expect, it } from 'vitest';
import { isPrivate } from './private-address.ts';

it.each([
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.178.20', true],
  ['100.64.0.1', true],
  ['169.254.1.1', true],
  ['127.0.0.1', true],
  ['203.0.113.9', false],
  ['8.8.8.8', false],
  ['2001:db8::1', false],
  ['', false],
  ['kitchen', false],
])('%s: %s', (address, expected) => {
  expect(isPrivate(address)).toBe(expected);
});
