import { describe, expect, it } from 'vitest';
import { addressKind, isThisMachine } from './address-verdict.ts';
import { isLocalAddress } from '#base/own-networks.ts';

describe('what an address is to somebody who wants something sent there', () => {
  it.each([
    '8.8.8.8',
    '203.0.113.7',
    '2606:4700::1',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '100.128.0.1',
    '172.32.0.1',
    '192.0.1.1',
  ])('outside: %s', (address) => {
    expect(addressKind(address)).toBe('outside');
  });

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '172.30.32.1',
    '192.168.178.1',
    '::ffff:192.168.178.1',
    '100.64.0.1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    '198.18.0.1',
  ])('of the own network: %s', (address) => {
    expect(addressKind(address)).toBe('own-network');
  });

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '::',
    '::ffff:0.0.0.0',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    'fe80::1',
    'fe80::1%eth0',
    '::1%lo',
    '192.0.0.192',
    '100.100.100.200',
    '168.63.129.16',
    'fd00:ec2::254',
    '172.30.32.2',
    '224.0.0.1',
    '239.255.255.250',
    '255.255.255.255',
    '240.0.0.1',
    'ff02::1',
    '64:ff9b::a00:1',
    '64:ff9b:1::a00:1',
    '2002:a00:1::',
    '2001:0:a00:1::',
    '::a00:1',
    '::10.0.0.1',
    '::2',
    '::ffff:0:a00:1',
    '100::1',
    // No numeric address at all: nobody has looked it up.
    '0x7f.1',
    '2130706433',
    '010.0.0.1',
    'localhost',
    '',
  ])('never: %s', (address) => {
    expect(addressKind(address)).toBe('never');
  });

  it('of the own network where this machine is in a network of the internet', () => {
    const here = {
      eth0: [{ address: '2001:db8:5:6::7', family: 'IPv6', cidr: '2001:db8:5:6::7/64' }],
    } as unknown as Parameters<typeof isLocalAddress>[1];
    const isLocal = (address: string) => isLocalAddress(address, here);
    expect(addressKind('2001:db8:5:6::99', isLocal)).toBe('own-network');
    expect(addressKind('2001:db8:5:7::99', isLocal)).toBe('outside');
    expect(isThisMachine('2001:db8:5:6::7', here)).toBe(true);
    expect(isThisMachine('2001:db8:5:6::99', here)).toBe(false);
  });

  it.each([
    ['127.8.9.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['192.168.1.1', false],
  ])('this machine: %s %s', (address, expected) => {
    expect(isThisMachine(address, {})).toBe(expected);
  });
});
