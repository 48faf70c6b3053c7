import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { MessageSource } from './known-sources.ts';
import { defaultLimits } from '../runtime/limits.ts';
import { SourceLimits } from './source-limits.ts';

function limitsWith(changes: Partial<typeof defaultLimits>): { clock: FakeClock; sources: SourceLimits } {
  const clock = new FakeClock();
  return { clock, sources: new SourceLimits({ clock, limits: { ...defaultLimits, ...changes } }) };
}

const from = (address: string, port = 5060, protocol: MessageSource['protocol'] = 'udp'): MessageSource => ({
  protocol,
  remoteAddress: address,
  remotePort: port,
});

const tally = (times: number, ask: (index: number) => boolean): number =>
  Array.from({ length: times }, (_, index) => ask(index)).filter(Boolean).length;

const admitted = (sources: SourceLimits, address: string, times: number): number =>
  tally(times, () => sources.admitMessage(from(address)));

const untrustedAddress = (index: number): string => `198.${18 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;

test('a source may burst, then has its rate', () => {
  const { clock, sources } = limitsWith({ requestsPerSecond: 10, requestBurst: 20 });
  expect(admitted(sources, '192.0.2.1', 50)).toBe(20);
  clock.advance(1000);
  expect(admitted(sources, '192.0.2.1', 50)).toBe(10);
  expect(admitted(sources, '192.0.2.2', 50)).toBe(20);
  clock.advance(3_600_000);
  expect(admitted(sources, '192.0.2.1', 50)).toBe(20);
});

test('a phone or trunk has a higher limit than an untrusted source, but it has one', () => {
  const { sources } = limitsWith({});
  expect(sources.known.trust('192.0.2.0/24')).toBe(true);
  expect(sources.known.trust('trunk.example')).toBe(false);
  sources.known.registrationAdded({ protocol: 'udp', address: '203.0.113.5', port: 5060 });
  const most = ['192.0.2.1', '203.0.113.5', '203.0.113.6'].map((address) => admitted(sources, address, 20_000));
  expect(most).toEqual([8_000, 4_000, 200]);
  sources.known.untrust('192.0.2.0/24');
  expect(sources.standingOf(from('192.0.2.1'))).toBe('untrusted');
});

test('a phone whose requests are accepted is not limited', () => {
  const { sources } = limitsWith({});
  sources.known.registrationAdded({ protocol: 'udp', address: '203.0.113.5', port: 5060 });
  let asked = 0;
  for (let index = 0; index < 20_000; index += 1) {
    if (!sources.admitMessage(from('203.0.113.5')) || !sources.admitRequest(from('203.0.113.5'), false)) continue;
    asked += 1;
    if (index % 2 === 1) sources.markAuthenticated(from('203.0.113.5'));
  }
  expect(asked).toBe(20_000);
});

test('another source at the address of a registered phone uses up nothing of that phone', () => {
  const { sources } = limitsWith({});
  sources.known.registrationAdded({ protocol: 'udp', address: '203.0.113.5', port: 5060 });
  const others = tally(50_000, (index) => sources.admitMessage(from('203.0.113.5', 10_000 + (index % 50_000))));
  expect(others).toBe(2_000);
  expect(sources.admitMessage(from('203.0.113.5', 5060))).toBe(true);
  expect(tally(5_000, () => sources.admitRequest(from('203.0.113.5', 7_000), false))).toBe(200);
  expect(sources.admitRequest(from('203.0.113.5', 5060), false)).toBe(true);
  sources.known.registrationRemoved({ protocol: 'udp', address: '203.0.113.5', port: 5060 });
  expect(sources.standingOf(from('203.0.113.5', 5060))).toBe('untrusted');
});

test('untrusted sources of a hundred thousand addresses together are limited, and never at the expense of known ones', () => {
  const { clock, sources } = limitsWith({});
  sources.markAuthenticated(from('203.0.113.5', 6000));
  sources.known.trust('192.0.2.0/24');
  expect(tally(100_000, (index) => sources.admitMessage(from(untrustedAddress(index))))).toBe(8_000);
  expect(tally(100_000, (index) => sources.admitRequest(from(untrustedAddress(index)), false))).toBe(1_000);
  clock.advance(1_000);
  expect(tally(100_000, (index) => sources.admitMessage(from(untrustedAddress(index))))).toBe(4_000);
  expect(tally(100_000, (index) => sources.admitRequest(from(untrustedAddress(index)), false))).toBe(300);
  for (const known of [from('203.0.113.5', 6000), from('192.0.2.9')]) {
    expect([sources.standingOf(known), sources.admitMessage(known), sources.admitRequest(known, false)].slice(1)).toEqual([
      true,
      true,
    ]);
  }
  expect(sources.sizes().limitedSources).toBeLessThan(30_000);
});

test('emergency calls have a limit of their own, which those of untrusted sources do not use up for others', () => {
  const { sources } = limitsWith({});
  const phone = { protocol: 'udp', address: '203.0.113.5', port: 5060 } as const;
  sources.known.registrationAdded(phone);
  const sameAddress = from('203.0.113.5', 7000);
  tally(5_000, () => sources.admitRequest(sameAddress, false));
  tally(5_000, () => sources.admitRequest(from('203.0.113.5'), false));
  expect(tally(5_000, (index) => sources.admitRequest(from(untrustedAddress(index)), true))).toBe(1_020);
  expect([sources.admitRequest(sameAddress, false), sources.admitRequest(sameAddress, true)]).toEqual([false, true]);
  expect([sources.admitRequest(from('203.0.113.5'), false), sources.admitRequest(from('203.0.113.5'), true)]).toEqual([
    false,
    true,
  ]);
});

test('datagrams with a forged address use up nothing of connections, by which an unregistered phone can still come', () => {
  const { sources } = limitsWith({});
  for (let index = 0; index < 20_000; index += 1) {
    for (const address of [untrustedAddress(index), '203.0.113.5']) {
      sources.admitMessage(from(address));
      sources.admitRequest(from(address), false);
    }
  }
  const phone = from('203.0.113.5', 40_000, 'tcp');
  expect([sources.admitMessage(from('203.0.113.5')), sources.admitRequest(from('203.0.113.5'), false)]).toEqual([false, false]);
  expect([sources.admitMessage(phone), sources.admitRequest(phone, false)]).toEqual([true, true]);
});

test('forged addresses cannot grow the tables', () => {
  const { sources } = limitsWith({ limitedSources: 100 });
  for (let index = 0; index < 10_000; index += 1) {
    sources.admitMessage(from(untrustedAddress(index)));
    sources.markAuthenticated(from('203.0.113.5', 1_000 + index));
  }
  const { limitedSources, authenticatedSources } = sources.sizes();
  expect(limitedSources).toBeLessThanOrEqual(300);
  expect(authenticatedSources).toBe(100);
});

test('a source in steady use keeps its bucket while others come and go', () => {
  const { sources } = limitsWith({ requestsPerSecond: 1, requestBurst: 5, limitedSources: 100 });
  expect(admitted(sources, '192.0.2.1', 10)).toBe(5);
  for (let index = 0; index < 500; index += 1) {
    sources.admitMessage(from(untrustedAddress(index)));
    if (index % 20 === 0) expect(sources.admitMessage(from('192.0.2.1'))).toBe(false);
  }
});

test('an IPv6 /64 is one source, and those of one /56 are not 256 sources', () => {
  const { sources } = limitsWith({ requestsPerSecond: 1, requestBurst: 2 });
  const asks = [
    '2001:db8:0:1::1',
    '2001:db8:0:1::2',
    '2001:db8:0:1:ffff::3',
    '2001:db8:0:2::1',
    '2001:db8:0:3::1',
    '2001:db8:0:4::1',
  ];
  expect(asks.map((address) => sources.admitMessage(from(address)))).toEqual([true, true, false, true, true, false]);
  expect(sources.admitMessage(from('2001:db8:0:100::1'))).toBe(true);
});
