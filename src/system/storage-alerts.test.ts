import { expect, test } from 'vitest';
import { outboxAlerts, storageAlerts } from './storage-alerts.ts';

test('a storage that fails is an alert until it is well again', () => {
  let problem: string | undefined = 'The disk is full.';
  const [failed] = storageAlerts({ problem: () => problem });
  expect(failed?.active()).toEqual([{ about: 'database', message: 'The disk is full.' }]);
  expect(failed?.changedBy).toEqual(['storage.failed', 'storage.recovered']);
  problem = undefined;
  expect(failed?.active()).toEqual([]);
});

test('each service that is not reached is an alert of its own', () => {
  const problems = new Map([['Twilio', 'No route']]);
  const [failing] = outboxAlerts({ services: ['Twilio', 'mail'], problemOf: (service) => problems.get(service) });
  expect(failing?.active()).toEqual([{ about: 'Twilio', message: 'No route' }]);
  expect(failing?.changedBy).toEqual(['outbox.failing', 'outbox.recovered']);
  problems.clear();
  expect(failing?.active()).toEqual([]);
});
