import { expect, test } from 'vitest';
import { addressBytes, equalOctets, familyOf, isInNetwork, isSameAddress, isUnicastPeer, parseNetwork } from './addresses.ts';

test.each([
  ['192.0.2.1', [192, 0, 2, 1]],
  ['::1', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  ['2001:db8::', [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
  ['::ffff:192.0.2.1', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1]],
  ['fe80::1%eth0', [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  ['pbx.example', undefined],
  ['1.2.3', undefined],
  ['[::1]', undefined],
])('bytes of %s', (address, bytes) => {
  expect(addressBytes(address)).toEqual(bytes);
});

test.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['11.1.2.3', '10.0.0.0/8', false],
  ['172.31.0.1', '172.16.0.0/12', true],
  ['172.32.0.1', '172.16.0.0/12', false],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.8', '192.0.2.7/32', false],
  ['192.0.2.8', '0.0.0.0/0', true],
  ['2001:db8::5', '2001:db8::/32', true],
  ['2001:db9::5', '2001:db8::/32', false],
  ['192.0.2.8', '::/0', false],
  ['name', '0.0.0.0/0', false],
])('%s in %s: %s', (address, text, isIn) => {
  expect(isInNetwork(address, parseNetwork(text)!)).toBe(isIn);
});

test.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/x', '10.0.0/8', 'name', '::/129', '1.2.3.4/8/8', ''])(
  '"%s" is no network',
  (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  },
);

test('IPv6 addresses are the same however they are written; names are never', () => {
  expect(isSameAddress('2001:DB8:0:0::1', '2001:db8::1')).toBe(true);
  expect(isSameAddress('2001:db8::2', '2001:db8::1')).toBe(false);
  expect(isSameAddress('192.0.2.1', '192.0.2.1')).toBe(true);
  expect(isSameAddress('phone', 'phone')).toBe(false);
  expect(isSameAddress('::1', '127.0.0.1')).toBe(false);
});

test('leading octets in common', () => {
  expect(equalOctets('192.168.1.5', '192.168.1.9')).toBe(3);
  expect(equalOctets('192.168.1.5', '192.168.1.5')).toBe(4);
  expect(equalOctets('192.168.1.5', '10.168.1.5')).toBe(0);
  expect(equalOctets('192.168.1.5', '::1')).toBe(0);
});

test('nothing is sent to multicast, broadcast, the unspecified address or port 0', () => {
  const bad = ['224.0.1.75', '239.1.1.1', '255.255.255.255', '0.0.0.0', '::', 'ff02::1', 'phone', ''];
  expect(bad.filter((address) => isUnicastPeer(address, 5060))).toEqual([]);
  expect(isUnicastPeer('192.0.2.1', 0)).toBe(false);
  expect(isUnicastPeer('192.0.2.1', 65_536)).toBe(false);
  expect(isUnicastPeer('192.0.2.1', Number.NaN)).toBe(false);
  expect(isUnicastPeer('192.0.2.1', 5060)).toBe(true);
  expect(isUnicastPeer('2001:db8::1', 5060)).toBe(true);
  expect(familyOf('2001:db8::1')).toBe(6);
});
