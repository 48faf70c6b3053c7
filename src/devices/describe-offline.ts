import { isoTime } from '#base/clock.ts';
import type { Offline } from './registrations.ts';

/** As the API shows it. */
export function describeOffline(offline: Offline | undefined) {
  return offline === undefined ? null : { since: isoTime(offline.since), reason: offline.reason };
}
