import { expect, test } from 'vitest';
import { clockBehindMs, clockHealth } from './clock-health.ts';

const noon = Date.UTC(2026, 0, 1, 12);

test.each([
  ['never ran before', undefined, 0],
  ['ran an hour ago', noon - 3_600_000, 0],
  ['ran two seconds from now: a clock may lose as much', noon + 2_000, 0],
  ['ran in what is the future now', noon + 2_001, 2_001],
])('how far the clock is behind where the house %s', (_where, lastSeen, expected) => {
  expect(clockBehindMs(noon, lastSeen)).toBe(expected);
});

test('health says that the clock is behind until it has reached the time that it showed before', () => {
  expect(clockHealth(noon, undefined)).toEqual({ status: 'ok', message: 'It is 2026-01-01T12:00:00.000Z' });
  const behind = clockHealth(noon, noon + 60_000);
  expect(behind.status).toBe('degraded');
  expect(behind.message).toContain('shows 2026-01-01T12:00:00.000Z, and GoSIP ran until 2026-01-01T12:01:00.000Z');
  expect(clockHealth(noon + 60_000, noon + 60_000).status).toBe('ok');
});
