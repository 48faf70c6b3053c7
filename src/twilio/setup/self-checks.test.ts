import { expect, test } from 'vitest';
import { selfChecks } from './self-checks.ts';
import type { SelfCheckDeps } from './self-checks.ts';

const publicUrl = 'https://home.example';
const deps: SelfCheckDeps = {
  settings: () => ({ publicUrl, inbound: 'webhook' }),
  selfTest: { run: () => Promise.resolve({ kind: 'passed', milliseconds: 5, message: 'Twilio can reach it' }) },
  isRegistered: () => true,
  mediaRelay: () => ({ status: 'degraded', message: 'rtpengine is missing' }),
};

async function check(name: string, changes: Partial<SelfCheckDeps> = {}) {
  return selfChecks({ ...deps, ...changes })
    .find((one) => one.name === name)
    ?.run();
}

test('the public address is tried where there is one', async () => {
  expect(await check('public address')).toEqual({ status: 'ok', message: 'Twilio can reach it' });
  const failing = {
    run: () => Promise.resolve({ kind: 'failed', hop: 'network', message: 'No answer came', trace: [] } as const),
  };
  expect(await check('public address', { selfTest: failing })).toEqual({ status: 'down', message: 'No answer came' });
  const settings = () => ({ publicUrl: undefined, inbound: 'webhook' }) as const;
  expect(await check('public address', { settings, selfTest: failing })).toEqual({ status: 'ok', message: 'There is none' });
});

test.each([
  ['webhook', true, 'ok', 'The house is registered at its SIP Domain'],
  ['webhook', false, 'down', 'The house is not registered at its SIP Domain: inbound calls go to voicemail'],
  ['trunk', false, 'ok', 'Calls do not come in by registration'],
] as const)('registration, with calls by %s and registered: %s', async (inbound, isRegistered, status, message) => {
  const changes = { settings: () => ({ publicUrl, inbound }), isRegistered: () => isRegistered };
  expect(await check('registration', changes)).toEqual({ status, message });
});

test('the media relay is as its health says', async () => {
  expect(await check('media relay')).toEqual({ status: 'degraded', message: 'rtpengine is missing' });
});
