import { describe, expect, it, test } from 'vitest';
import { isInNetwork } from '../message/addresses.ts';
import { localNetworksOf } from './listener-options.ts';
import type { ListenerOptions } from './listener-options.ts';
import { planListeners } from './listener-plan.ts';

function plan(texts: readonly string[], externalHost?: string): readonly ListenerOptions[] {
  const planned = planListeners(texts, externalHost);
  if (planned.kind === 'problem') throw new Error(planned.text);
  return planned.listeners;
}

const shown = (listeners: readonly ListenerOptions[]) =>
  listeners.map(({ protocol, host, port, externalHost, localNetworks, isDialOnly }) =>
    [
      `${protocol}:${host}:${port}`,
      ...(externalHost === undefined ? [] : [`as ${externalHost}`]),
      ...(localNetworks === undefined ? [] : ['private']),
      ...(isDialOnly === true ? ['dial only'] : []),
    ].join(' '),
  );

test('without an external address each listener is there once', () => {
  expect(shown(plan(['udp:192.0.2.5:5060', 'tls:192.0.2.5:5061']))).toEqual(['udp:192.0.2.5:5060', 'tls:192.0.2.5:5061']);
});

test('with an external address phones in private networks get the inner one, all others the external one', () => {
  expect(shown(plan(['tls:192.168.1.5:5061'], '203.0.113.9'))).toEqual([
    'tls:192.168.1.5:5061 private',
    'tls:192.168.1.5:5061 as 203.0.113.9',
  ]);
});

test.each([
  ['tls:[2001:db8::5]:5061', '203.0.113.9', ['tls:2001:db8::5:5061 private']],
  ['tls:192.168.1.5:5061', '2001:db8::9', ['tls:192.168.1.5:5061 private']],
  ['tls:[2001:db8::5]:5061', '2001:db8::9', ['tls:2001:db8::5:5061 private', 'tls:2001:db8::5:5061 as 2001:db8::9']],
  ['tls:*', 'home.example', ['tls:*:5061 private', 'tls:*:5061 as home.example']],
])('%s is shown as %s only where the families fit', (text, externalHost, expected) => {
  expect(shown(plan([text], externalHost))).toEqual(expected);
});

test('without TLS to listen on there is one dial-only TLS way out for each address', () => {
  expect(shown(plan(['udp,tcp:192.0.2.5:5060', 'udp:192.0.2.6:5060']))).toEqual([
    'udp:192.0.2.5:5060',
    'tcp:192.0.2.5:5060',
    'udp:192.0.2.6:5060',
    'tls:192.0.2.5:5061 dial only',
    'tls:192.0.2.6:5061 dial only',
  ]);
  expect(shown(plan(['udp:192.0.2.5:5060'], '203.0.113.9'))).toContain('tls:192.0.2.5:5061 as 203.0.113.9 dial only');
});

describe('a phone at a private address is never given the external one', () => {
  const [local] = plan(['tls:192.0.2.5:5061'], '203.0.113.9');
  const networks = localNetworksOf(local!, [{ address: '192.0.2.5', cidr: '192.0.2.5/24' }]);
  const isInside = (address: string) => networks.some((network) => isInNetwork(address, network));

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '10.255.255.254',
    '172.16.0.1',
    '172.31.255.254',
    '192.168.0.1',
    '192.168.255.254',
    '169.254.1.1',
    '192.0.2.77',
    '::1',
    'fd00::1',
    'fe80::1',
  ])('%s', (address) => {
    expect(isInside(address)).toBe(true);
  });

  it.each(['9.255.255.255', '11.0.0.1', '172.32.0.1', '192.169.0.1', '203.0.113.9', '2001:db8::1'])('but %s is', (address) => {
    expect(isInside(address)).toBe(false);
  });
});

test('the text that cannot be read is named', () => {
  expect(planListeners(['udp:192.0.2.5:5060', 'carrier pigeon'], undefined)).toEqual({
    kind: 'problem',
    text: expect.stringContaining('"carrier pigeon"'),
  });
});
