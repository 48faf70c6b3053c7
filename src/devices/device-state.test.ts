import { expect, test } from 'vitest';
import { deviceState } from './device-state.ts';
import type { DeviceStateFacts } from './device-state.ts';

const here = { protocol: 'udp', address: '192.168.1.20', port: 5060 } as const;
const registered = { source: here, registeredAt: 1000 };
const refused = { source: { ...here, port: 5071 }, at: 2000 };
const fine: DeviceStateFacts = { device: { enabled: true }, registrations: [registered], fault: undefined, isSilent: false };

test.each<[string, Partial<DeviceStateFacts>, string]>([
  ['is registered', {}, 'online'],
  ['is registered and answers nothing, which nobody calls online', { isSilent: true }, 'silent'],
  ['has no registration', { registrations: [] }, 'offline'],
  ['is switched off, registered or not', { device: { enabled: false } }, 'off'],
  ['registered a while ago and signs in with a wrong password now', { fault: refused }, 'refused'],
  ['has signed in again since', { fault: { ...refused, at: 900 } }, 'online'],
  ['is tried by another address', { fault: { source: { ...here, address: '192.168.1.9' }, at: 2000 } }, 'online'],
  ['answers nothing, and its password is wrong', { fault: refused, isSilent: true }, 'silent'],
])('a phone that %s', (_what, facts, state) => {
  expect(deviceState({ ...fine, ...facts })).toBe(state);
});
