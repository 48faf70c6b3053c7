import { expect, test } from 'vitest';
import { FakeClock } from '#testing/fake-clock.ts';
import { defaultLimits } from './limits.ts';
import { SourceLimits } from './source-limits.ts';

function limitsWith(changes: Partial<typeof defaultLimits>): { clock: FakeClock; sources: SourceLimits } {
  const clock = new FakeClock();
  return { clock, sources: new SourceLimits({ clock, limits: { ...defaultLimits, ...changes } }) };
}

function admitted(sources: SourceLimits, address: string, times: number): number {
  let count = 0;
  for (let index = 0; index < times; index += 1) if (sources.admit(address)) count += 1;
  return count;
}

test('a source may burst, then has its rate', () => {
  const { clock, sources } = limitsWith({ requestsPerSecond: 10, requestBurst: 20 });
  expect(admitted(sources, '192.0.2.1', 50)).toBe(20);
  clock.advance(1000);
  expect(admitted(sources, '192.0.2.1', 50)).toBe(10);
  expect(admitted(sources, '192.0.2.2', 50)).toBe(20);
  clock.advance(3_600_000);
  expect(admitted(sources, '192.0.2.1', 50)).toBe(20);
});

test('a trusted source is never limited until it is untrusted', () => {
  const { sources } = limitsWith({ requestsPerSecond: 10, requestBurst: 20 });
  expect(sources.trust('192.0.2.0/24')).toBe(true);
  expect(sources.trust('trunk.example')).toBe(false);
  expect(admitted(sources, '192.0.2.1', 1000)).toBe(1000);
  sources.untrust('192.0.2.0/24');
  expect(admitted(sources, '192.0.2.1', 1000)).toBe(0);
});

test('forged addresses cannot grow the table', () => {
  const { sources } = limitsWith({ limitedSources: 100 });
  for (let index = 0; index < 10_000; index += 1) sources.admit(`10.0.${index >> 8}.${index & 255}`);
  expect(sources.sizes().limitedSources).toBeLessThanOrEqual(100);
});

test('a source in steady use keeps its bucket while others come and go', () => {
  const { sources } = limitsWith({ requestsPerSecond: 1, requestBurst: 5, limitedSources: 100 });
  expect(admitted(sources, '192.0.2.1', 10)).toBe(5);
  for (let index = 0; index < 500; index += 1) {
    sources.admit(`10.0.${index >> 8}.${index & 255}`);
    if (index % 20 === 0) expect(sources.admit('192.0.2.1')).toBe(false);
  }
});

test('an IPv6 network of one subscriber is one source', () => {
  const { sources } = limitsWith({ requestsPerSecond: 1, requestBurst: 2 });
  expect(sources.admit('2001:db8:0:1::1')).toBe(true);
  expect(sources.admit('2001:db8:0:1::2')).toBe(true);
  expect(sources.admit('2001:db8:0:1:ffff::3')).toBe(false);
  expect(sources.admit('2001:db8:0:2::1')).toBe(true);
});

test('connections are capped for each address and in total, and freed', () => {
  const { sources } = limitsWith({ connections: 3, connectionsPerAddress: 2 });
  expect([1, 2, 3].map(() => sources.openConnection('192.0.2.1'))).toEqual([true, true, false]);
  expect([1, 2].map(() => sources.openConnection('192.0.2.2'))).toEqual([true, false]);
  sources.closeConnection('192.0.2.1');
  expect(sources.openConnection('192.0.2.2')).toBe(true);
  for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.2', '192.0.2.9']) sources.closeConnection(address);
  expect(sources.sizes()).toMatchObject({ connectionSources: 0, connections: 0 });
});

test('a table full of strangers leaves room for the phones of the house', () => {
  const { sources } = limitsWith({ connections: 8, connectionsPerAddress: 8 });
  sources.trust('192.0.2.9');
  for (let n = 0; n < 8; n += 1) sources.openConnection(`198.51.100.${n}`);
  expect(sources.openConnection('198.51.100.9')).toBe(false);
  expect([1, 2, 3].map(() => sources.openConnection('192.0.2.9'))).toEqual([true, true, false]);
});

test('connections that come and go use up the rate of their source', () => {
  const { clock, sources } = limitsWith({ requestsPerSecond: 2, requestBurst: 5 });
  const comeAndGo = (): boolean => {
    const isOpen = sources.openConnection('192.0.2.1');
    if (isOpen) sources.closeConnection('192.0.2.1');
    return isOpen;
  };
  expect([1, 2, 3, 4, 5, 6].map(comeAndGo)).toEqual([true, true, true, true, true, false]);
  clock.advance(1_000);
  expect([1, 2, 3].map(comeAndGo)).toEqual([true, true, false]);
});
