import { expect, test } from 'vitest';
import { deviceAlerts } from './device-alerts.ts';

test('each phone whose password is guessed is an alert by its user name, with the tries and what to do', () => {
  const [guessing] = deviceAlerts(() => [{ username: '11', name: 'Hall', tries: 24, sources: 12 }]);
  const message = expect.stringMatching(/^Hall \(24 tries from 12 addresses\)\. .*close the SIP port at the router/);
  expect(guessing?.active()).toMatchObject([{ about: '11', message }]);
  expect(guessing?.changedBy).toEqual(['device.brute-forced']);
  expect(deviceAlerts(() => [])[0]?.active()).toEqual([]);
});
