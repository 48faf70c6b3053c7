import type { RetrySchedule } from '#storage/outbox-item.ts';

/** At once, then after half a minute, and ever longer until a day has passed: a receiver that is moved or mended by then misses nothing. */
export const webhookSchedule: RetrySchedule = {
  atSeconds: [0, 30, 120, 480, 1800, 5400, 14_400, 32_400, 57_600, 86_400],
};
