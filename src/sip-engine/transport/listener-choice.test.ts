import { expect, test } from 'vitest';
import { parseNetwork } from '../message/addresses.ts';
import { chooseListener, protocolsFor } from './listener-choice.ts';
import type { ListenerCandidate } from './listener-choice.ts';
import type { Listener, Protocol } from './transport.ts';

type CandidateOptions = { protocol?: Protocol; external?: string; networks?: string[] };

function candidate(address: string, { protocol = 'udp', external, networks = [] }: CandidateOptions = {}): ListenerCandidate {
  const family = address.includes(':') ? 6 : 4;
  const listener: Listener = { protocol, family, address, port: 5060, advertisedHost: external ?? address, advertisedPort: 5060 };
  return { listener, localNetworks: networks.map((text) => parseNetwork(text)!), isExternal: external !== undefined };
}

function chosen(candidates: ListenerCandidate[], address: string, protocol: Protocol = 'udp'): string | undefined {
  return chooseListener(candidates, protocol, address)?.advertisedHost;
}

const house = [
  candidate('127.0.0.1', { networks: ['127.0.0.0/8'] }),
  candidate('192.168.1.5', { networks: ['192.168.1.0/24'] }),
  candidate('192.168.1.5', { external: '203.0.113.5' }),
  candidate('10.0.0.5', { networks: ['10.0.0.0/24'] }),
  candidate('2001:db8::5'),
  candidate('192.168.1.5', { protocol: 'tcp' }),
];

test.each([
  ['192.168.1.20', '192.168.1.5'],
  ['10.0.0.20', '10.0.0.5'],
  ['127.0.0.9', '127.0.0.1'],
  ['198.51.100.1', '203.0.113.5'],
  ['10.9.0.1', '10.0.0.5'],
  ['2001:db9::1', '2001:db8::5'],
])('%s is reached as %s', (address, host) => {
  expect(chosen(house, address)).toBe(host);
});

test('without an external address, one that is not loopback reaches the outside', () => {
  expect(chosen([candidate('127.0.0.1'), candidate('192.168.1.5')], '198.51.100.1')).toBe('192.168.1.5');
  expect(chosen([candidate('127.0.0.1')], '198.51.100.1')).toBe('127.0.0.1');
});

test('no listener of that family or protocol', () => {
  expect(chosen([candidate('127.0.0.1')], '::1')).toBeUndefined();
  expect(chosen(house, '192.168.1.1', 'tls')).toBeUndefined();
});

const uri = { scheme: 'sip', transport: undefined, family: undefined };
const listeners = (...protocols: Protocol[]): Listener[] =>
  protocols.map((protocol) => candidate('127.0.0.1', { protocol }).listener);

test('the protocols for a URI', () => {
  expect(protocolsFor(listeners('tcp', 'udp', 'tls'), uri)).toEqual(['udp', 'tcp', 'tls']);
  expect(protocolsFor(listeners('tcp'), uri)).toEqual(['tcp']);
  expect(protocolsFor(listeners('udp', 'tcp'), { ...uri, transport: 'TCP' })).toEqual(['tcp']);
  expect(protocolsFor(listeners('udp'), { ...uri, transport: 'tcp' })).toEqual([]);
  expect(protocolsFor(listeners('udp'), { ...uri, transport: 'sctp' })).toEqual([]);
  expect(protocolsFor(listeners('udp', 'tls'), { ...uri, scheme: 'sips' })).toEqual(['tls']);
  expect(protocolsFor(listeners('udp', 'tls'), { ...uri, scheme: 'sips', transport: 'tcp' })).toEqual(['tls']);
  expect(protocolsFor(listeners('udp', 'wss'), { ...uri, scheme: 'sips', transport: 'ws' })).toEqual(['wss']);
  expect(protocolsFor(listeners('udp'), { ...uri, scheme: 'sips' })).toEqual([]);
  expect(protocolsFor(listeners('udp'), { ...uri, family: 6 })).toEqual([]);
});
