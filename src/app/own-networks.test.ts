import { expect, test } from 'vitest';
import { isOwnNetwork } from './own-networks.ts';

const at = (cidr: string) => [{ cidr }] as never;
const interfaces = { eth0: at('203.0.113.9/24'), eth1: at('2001:db8:1::5/64'), odd: [{ cidr: null }] as never };

test.each([
  ['203.0.113.200', true],
  ['::ffff:203.0.113.200', true],
  ['203.0.114.1', false],
  ['2001:db8:1::99', true],
  ['2001:db8:2::99', false],
  ['phone.example', false],
])('%s is in a network of this machine: %s', (address, isOwn) => {
  expect(isOwnNetwork(address, interfaces)).toBe(isOwn);
});
