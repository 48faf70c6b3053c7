import { expect, test } from 'vitest';
import { recordAlerts } from './record-alerts.ts';

test.each([
  [true, 1],
  [false, 0],
])('call records that cannot be written (%s) are %i alert', (isRecordFailing, count) => {
  const [failing] = recordAlerts({ isRecordFailing });
  expect(failing?.active()).toHaveLength(count);
  expect(failing?.changedBy).toContain('storage.failed');
});
