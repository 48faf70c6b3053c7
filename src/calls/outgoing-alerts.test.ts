import { expect, test } from 'vitest';
import { outgoingAlerts } from './outgoing-alerts.ts';

const refusal = {
  deviceId: 'dev_1',
  deviceName: 'Hall',
  number: '+37160000000',
  reason: 'destination-not-allowed',
  destination: 'LV',
  times: 2,
  at: 0,
} as const;

test('each phone with refused calls is one alert, by its newest refusal', () => {
  const [refused] = outgoingAlerts(() => [
    { ...refusal, destination: 'EE' },
    { ...refusal, deviceId: 'dev_2', deviceName: 'Desk', reason: 'outgoing-limit', destination: undefined, times: 1 },
    refusal,
  ]);
  expect(refused?.active()).toMatchObject([
    {
      about: 'dev_1',
      message: expect.stringMatching(/^Hall was refused 2 times \(destination-not-allowed: LV\)\. .*make a new one$/),
      values: { phone: 'Hall', reason: 'destination-not-allowed', times: 2 },
    },
    { about: 'dev_2', message: expect.stringMatching(/^Desk was refused once \(outgoing-limit\)\./) },
  ]);
  expect(refused?.changedBy).toEqual(['outgoing.refused']);
  expect(outgoingAlerts(() => [])[0]?.active()).toEqual([]);
});
