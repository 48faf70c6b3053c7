import { expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { EntityOwner } from '#contract/entity.ts';
import type { DeviceId } from '#base/ids.ts';
import { catalogOf } from './catalog.ts';
import { DiscoveryFeed } from './discovery-feed.ts';
import { topicsOf } from './topics.ts';

const name = { en: 'Registered', de: 'Angemeldet', fr: 'Enregistré', es: 'Registrado', nl: 'Aangemeld' };
const registered = entity({ of: 'device', component: 'binary_sensor', key: 'registered', name });
const problem = entity({ of: 'exchange', component: 'binary_sensor', key: 'problem', name });
const house = {
  topics: topicsOf({ base: 'gosip', prefix: 'homeassistant' }),
  language: 'en',
  triggerLanguage: 'en',
  version: '1.0.0',
} as const;

function feedOf(phones: EntityOwner<DeviceId>[]) {
  const sent: [string, string][] = [];
  const at = { isHeard: true };
  const entities = [
    bindEntity(problem, { owners: () => [exchange], state: () => false, changedBy: {} }),
    bindEntity(registered, { owners: () => phones, state: () => true, changedBy: {} }),
  ];
  const feed = new DiscoveryFeed({
    log: createLog({ level: 'silent' }),
    house: () => house,
    catalog: () => catalogOf(entities),
    publish: (topic, payload) => void sent.push([topic, payload]),
    isConnected: () => true,
    isHeard: () => at.isHeard,
  });
  return { feed, sent, at };
}

it('a phone that was deleted while Home Assistant did not listen goes when it does; until then the broker keeps it', () => {
  const phones = [{ id: 'dev_1' as DeviceId, name: 'Kitchen' }];
  const { feed, sent, at } = feedOf(phones);
  feed.follow();
  expect(sent.map(([topic]) => topic)).toContain('homeassistant/device/gosip_dev_1/config');
  sent.length = 0;
  at.isHeard = false;
  phones.pop();
  feed.resend();
  expect(sent.filter(([topic]) => topic.includes('dev_1'))).toEqual([]);
  at.isHeard = true;
  feed.follow();
  expect(sent).toContainEqual(['homeassistant/device/gosip_dev_1/config', '']);
});

it('a component that was of another platform is taken back, also where the broker tells of it after the new one was sent', () => {
  const { feed, sent } = feedOf([]);
  feed.follow();
  const components = { problem: { platform: 'sensor', state_topic: 'gosip/exchange/problem' } };
  feed.found('exchange', JSON.stringify({ availability_topic: 'gosip/status', components }));
  sent.length = 0;
  feed.follow();
  const told = sent.map(([, payload]) => (JSON.parse(payload) as { components: object }).components);
  expect(told).toEqual([
    { problem: { platform: 'sensor' } },
    { problem: expect.objectContaining({ platform: 'binary_sensor' }) as object },
  ]);
});

it('a message on the broker that pretends to be ours has nothing of others cleared, and no topic for which a broker ends the connection', () => {
  const { feed, sent } = feedOf([]);
  const state = (topic: string) => ({ platform: 'sensor', state_topic: topic });
  const components = {
    gone: { ...state('gosip/dev_9/gone'), json_attributes_topic: 'gosip/dev_9/gone/attributes' },
    heating: state('heating/mode'),
    hang_up: state('gosip/command/hang_up'),
    '#': state('gosip/dev_9/#'),
    constructor: state('gosip/dev_9/constructor/set'),
  };
  feed.found('dev_9', JSON.stringify({ availability_topic: 'gosip/status', components }));
  feed.follow();
  const cleared = sent.filter(([, payload]) => payload === '').map(([topic]) => topic);
  expect(cleared).toEqual(['homeassistant/device/gosip_dev_9/config', 'gosip/dev_9/gone', 'gosip/dev_9/gone/attributes']);
});
