import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { InboundConnections } from './inbound-connections.ts';
import type { ConnectionSlot } from './inbound-connections.ts';
import { defaultLimits } from '../runtime/limits.ts';
import { SourceLimits } from './source-limits.ts';

class TestConnections {
  readonly clock = new FakeClock();
  readonly sources: SourceLimits;
  readonly inbound: InboundConnections;
  readonly closed: string[] = [];

  constructor(changes: Partial<typeof defaultLimits> = {}) {
    const limits = { ...defaultLimits, ...changes };
    this.sources = new SourceLimits({ clock: this.clock, limits });
    this.inbound = new InboundConnections({ limits, sources: this.sources });
  }

  open(address: string, port = 40_000): ConnectionSlot | undefined {
    const place = this.inbound.open({ protocol: 'tcp', address, port }, () => {
      this.closed.push(address);
      place?.leave();
    });
    return place;
  }
}

test('connections are capped for each address and freed', () => {
  const connections = new TestConnections({ connectionsPerAddress: 2 });
  const places = [1, 2, 3].map(() => connections.open('192.0.2.1'));
  expect(places.map((place) => place !== undefined)).toEqual([true, true, false]);
  places[0]?.leave();
  places[0]?.leave();
  expect(connections.open('192.0.2.1')).toBeDefined();
  expect(connections.open('192.0.2.1')).toBeUndefined();
  expect(connections.inbound.sizes()).toEqual({ connections: 2, connectionSources: 1, unauthenticatedConnections: 2 });
});

test('a customer with an IPv6 /56 is no more than two sources', () => {
  const connections = new TestConnections({ connectionsPerAddress: 2 });
  const opened = [1, 2, 3, 4, 5, 6].map((n) => connections.open(`2001:db8:0:${n}::1`) !== undefined);
  expect(opened).toEqual([true, true, true, true, false, false]);
});

test('a table full of untrusted connections is open to all: the oldest unauthenticated one is closed', () => {
  const connections = new TestConnections({ connections: 4 });
  const [first] = [1, 2, 3, 4].map((n) => connections.open(`198.51.100.${n}`));
  first?.markAuthenticated();
  expect(connections.open('203.0.113.1')).toBeDefined();
  expect(connections.closed).toEqual(['198.51.100.2']);
  connections.sources.known.trust('192.0.2.9');
  expect(connections.open('192.0.2.9')).toBeDefined();
  expect(connections.closed).toEqual(['198.51.100.2', '198.51.100.3']);
});

test('untrusted connections evict neither an authenticated phone nor a source at its address', () => {
  const connections = new TestConnections({ connections: 2 });
  connections.sources.known.registrationAdded({ protocol: 'udp', address: '203.0.113.5', port: 5060 });
  connections.open('198.51.100.1')?.markAuthenticated();
  expect(connections.open('203.0.113.5')).toBeDefined();
  expect([1, 2, 3].map((n) => connections.open(`198.51.100.${n + 10}`))).toEqual([undefined, undefined, undefined]);
  expect(connections.open('203.0.113.5', 40_001)).toBeDefined();
  expect(connections.closed).toEqual(['203.0.113.5']);
});

test('connections that come and go use up the rate of their source', () => {
  const connections = new TestConnections({ requestsPerSecond: 2, requestBurst: 5 });
  const comeAndGo = (): boolean => {
    const place = connections.open('192.0.2.1');
    place?.leave();
    return place !== undefined;
  };
  expect([1, 2, 3, 4, 5, 6].map(comeAndGo)).toEqual([true, true, true, true, true, false]);
  connections.clock.advance(1_000);
  expect([1, 2, 3].map(comeAndGo)).toEqual([true, true, false]);
});
