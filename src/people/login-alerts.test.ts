import { expect, test } from 'vitest';
import type { LockoutId } from '#base/ids.ts';
import { loginAlerts } from './login-alerts.ts';
import type { LoginAttempts } from './login-attempt-store.ts';

const attempts = (index: number): LoginAttempts => ({
  id: `lockout_${index}` as LockoutId,
  source: `198.51.100.${index}`,
  kind: index % 2 === 0 ? 'password' : 'token',
  failures: 5,
  failedAt: 0,
  lockedUntil: 1000 * index,
});

function active(count: number) {
  // As the store gives them: whoever waits longest first.
  const lockouts = Array.from({ length: count }, (_, index) => attempts(count - index));
  return loginAlerts(() => lockouts).flatMap((alert) => alert.active());
}

test('a flood of logins from very many addresses is one alert more, and those that are shown stay so', () => {
  expect(active(0)).toEqual([]);
  const [few, many] = [active(20).map(({ about }) => about), active(5000)];
  expect(few.slice(0, 2)).toEqual(['198.51.100.1 (token)', '198.51.100.2 (password)']);
  expect(many.map(({ about }) => about)).toEqual([...few, 'other addresses']);
  expect(many.at(-1)?.message).toMatch(/^4980 more addresses/);
});
