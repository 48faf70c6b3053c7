import { describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import type { DeviceId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { TrustedSources } from './trusted-sources.ts';

/** `192.0.2.1` or `192.0.2.1:6000`. */
function placeOf(text: string) {
  const [address = '', port = '5060'] = text.split(':');
  return { protocol: 'udp', address, port: Number(port) } as const;
}

function open() {
  const events = new Events<Facts>(createLog({ level: 'silent' }));
  const clock = new FakeClock();
  const sources: Record<string, string[]> = {};
  const trusted = new Set<string>();
  const phones = new TrustedSources({
    events,
    clock,
    registrations: { of: (deviceId) => (sources[deviceId] ?? []).map((text) => ({ source: placeOf(text) })) },
    engine: {
      registrationAdded: ({ address, port }) => void trusted.add(port === 5060 ? address : `${address}:${port}`),
      registrationRemoved: ({ address, port }) => void trusted.delete(port === 5060 ? address : `${address}:${port}`),
    },
  });
  const register = (deviceId: DeviceId, ...addresses: string[]) => {
    sources[deviceId] = addresses;
    events.emit('device.registered', { deviceId, contact: '', expiresAt: '' });
  };
  const unregister = (deviceId: DeviceId) => {
    sources[deviceId] = [];
    events.emit('device.unregistered', { deviceId, reason: 'expired' });
  };
  return { events, clock, sources, trusted, phones, register, unregister };
}

describe('trusted phones', () => {
  it('are those registered before the start and those that come later', () => {
    const house = open();
    house.sources['dev_1'] = ['192.0.2.1'];
    house.phones.start(['dev_1']);
    house.register('dev_2', '192.0.2.2', '192.0.2.3');
    expect([...house.trusted]).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    house.unregister('dev_2');
    expect([...house.trusted]).toEqual(['192.0.2.1']);
  });

  it('behind one router are known by their ports, not by its address', () => {
    const house = open();
    house.phones.start([]);
    house.register('dev_1', '192.0.2.1:6001');
    house.register('dev_2', '192.0.2.1:6002');
    house.unregister('dev_1');
    expect([...house.trusted]).toEqual(['192.0.2.1:6002']);
  });

  it('of several accounts at one place keep it until the last of them is gone', () => {
    const house = open();
    house.phones.start([]);
    house.register('dev_1', '192.0.2.1');
    house.register('dev_2', '192.0.2.1');
    house.unregister('dev_1');
    expect([...house.trusted]).toEqual(['192.0.2.1']);
    house.unregister('dev_2');
    expect([...house.trusted]).toEqual([]);
  });

  it('that move without a word are found by the next look', () => {
    const house = open();
    house.phones.start([]);
    house.register('dev_1', '192.0.2.1');
    house.sources['dev_1'] = ['192.0.2.9'];
    house.clock.advance(60_000);
    expect([...house.trusted]).toEqual(['192.0.2.9']);
  });

  it('are looked at no more after the stop', () => {
    const house = open();
    house.phones.start([]);
    house.phones.stop();
    house.register('dev_1', '192.0.2.1');
    expect([...house.trusted]).toEqual([]);
  });
});
