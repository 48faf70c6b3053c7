import { expect, test } from 'vitest';
import { isLocalAddress } from './own-networks.ts';

const at = (cidr: string) => [{ cidr }] as never;
const interfaces = { eth0: at('203.0.113.9/24'), eth1: at('2001:db8:1::5/64'), odd: [{ cidr: null }] as never };

test.each([
  ['203.0.113.200', true],
  ['::ffff:203.0.113.200', true],
  ['203.0.114.1', false],
  ['2001:db8:1::99', true],
  ['2001:db8:2::99', false],
  ['phone.example', false],
  ['10.1.2.3', true],
])('%s is of this house, by its private address or a network of this machine: %s', (address, isOwn) => {
  expect(isLocalAddress(address, interfaces)).toBe(isOwn);
});
