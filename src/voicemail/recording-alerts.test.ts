import { expect, test } from 'vitest';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { DiskSpaceWatch } from './disk-space-watch.ts';
import { recordingAlerts } from './recording-alerts.ts';

test('a disk with too little room for recordings is an alert by the time its fact comes, and no more when it has room again', () => {
  const events = new Events<Facts>(createLog({ level: 'silent' }));
  const space = new DiskSpaceWatch(events);
  const [suspended] = recordingAlerts(space);
  const seen: unknown[] = [];
  for (const name of suspended?.changedBy ?? []) events.on(name, () => seen.push([name, suspended?.active()]));
  space.report('call', 'Too little room');
  space.report('call', undefined);
  expect(seen).toEqual([
    ['recording.suspended', [{ about: 'disk', message: 'Too little room' }]],
    ['recording.resumed', []],
  ]);
});
