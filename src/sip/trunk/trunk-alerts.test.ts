import { expect, test } from 'vitest';
import { trunkAlerts } from './trunk-alerts.ts';

const at = (since: number, isReady: boolean) => ({
  name: 'Provider',
  isReady,
  status: { kind: isReady ? 'registered' : 'refused', since, sipStatus: 403, reason: 'Blocked' } as const,
});

test.each([
  ['has just gone', [at(700_000, false)], []],
  ['is there', [at(0, true)], []],
  [
    'was away for five minutes',
    [at(600_000, false)],
    [
      {
        about: 'Provider',
        message: 'Provider refuses the registration (403 Blocked): no calls come in or go out over it. Look at it under Trunks',
        values: { state: 'refused' },
      },
    ],
  ],
])('a trunk that %s', (_what, states, expected) => {
  const [alert] = trunkAlerts({ trunkStates: () => states }, { now: () => 900_000 });
  expect(alert?.active()).toEqual(expected);
});
