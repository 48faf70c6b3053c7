import { expect, test } from 'vitest';
import { stateSource } from '#testing/harness/state-source.ts';
import { deviceEntities } from './device-entities.ts';

const hall = { id: 'dev_1', name: 'Hall' } as const;
const desk = { id: 'dev_2', name: 'Desk' } as const;
const devices = { all: () => [hall, desk], byId: (id: string) => [hall, desk].find((one) => one.id === id) };
const registrations = { of: (deviceId: string) => (deviceId === 'dev_1' ? ['a contact'] : []) };
const registered = stateSource(deviceEntities({ devices, registrations })[0]);

test('every phone has an entity that says whether it is registered', () => {
  expect([...registered.owners()]).toEqual([hall, desk]);
  expect([registered.state('dev_1'), registered.state('dev_2'), registered.state('dev_9')]).toEqual([true, false, undefined]);
});

test.each(['device.created', 'device.changed', 'device.deleted', 'device.registered', 'device.unregistered'] as const)(
  'it may change after %s, for the phone of the fact alone',
  (name) => {
    const fact = { deviceId: 'dev_2', contact: '', expiresAt: '', reason: 'removed', personId: null } as const;
    expect(registered.changedBy[name]?.(fact)).toBe('dev_2');
  },
);
