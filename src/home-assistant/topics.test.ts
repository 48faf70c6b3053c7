import { expect, it } from 'vitest';
import { topicsOf } from './topics.ts';

const topics = topicsOf({ base: 'home/gosip', prefix: 'homeassistant' });

it.each([
  ['home/gosip/dev_1/dnd/set', { kind: 'set', address: { ownerId: 'dev_1', key: 'dnd' } }],
  ['home/gosip/command/call', { kind: 'command', name: 'call' }],
  ['home/gosip/status', { kind: 'availability' }],
  ['homeassistant/status', { kind: 'home-assistant' }],
  ['homeassistant/device/gosip_dev_1/config', { kind: 'discovery', ownerId: 'dev_1' }],
  ['homeassistant/device/other_1/config', undefined],
  ['homeassistant/device/gosip_1/config/more', undefined],
  ['home/gosip/dev_1/dnd', undefined],
  ['home/gosip/dev_1/dnd/set/more', undefined],
  ['home/gosip2/dev_1/dnd/set', undefined],
])('a message on %s is about %j', (topic, expected) => {
  expect(topics.parse(topic)).toEqual(expected);
});

it('every topic that is subscribed to takes in the ones that are published', () => {
  expect(topics.set({ ownerId: 'dev_1', key: 'dnd' })).toBe('home/gosip/dev_1/dnd/set');
  expect(topics.discovery('dev_1')).toBe('homeassistant/device/gosip_dev_1/config');
  expect([topics.allSets, topics.allCommands, topics.allDiscovery]).toEqual([
    ...['home/gosip/+/+/set', 'home/gosip/command/+', 'homeassistant/device/+/config'],
  ]);
});
