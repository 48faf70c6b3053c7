import { expect, test } from 'vitest';
import { isEmergencyRoute, isLimitedRoute } from './outbound-route.ts';
import type { PlannedRoute } from './planned-route.ts';

const from = { number: '', name: '' };

function route(ring: PlannedRoute['ring']): Pick<PlannedRoute, 'ring'> {
  return { ring };
}

test.each<[string, Partial<Extract<PlannedRoute['ring'], { kind: 'trunks' }>>, boolean]>([
  ['+14165550123', {}, true],
  ['911', { isEmergency: true }, false],
  ['988', { shortCost: 'free' }, false],
  ['3200', { shortCost: 'premium' }, true],
  ['11833', { shortCost: 'unknown' }, true],
  ['118', { shortCost: 'standard' }, true],
  ['116117', { shortCost: 'free' }, false],
  ['1180001', { shortCost: 'unknown' }, false],
])('%s %j is limited: %s', (number, ring, isLimited) => {
  const routed = route({ kind: 'trunks', number, from, isEmergency: false, ...ring });
  expect([isLimitedRoute(routed), isEmergencyRoute(routed)]).toEqual([isLimited, ring.isEmergency === true]);
});

test('a call to phones is neither limited nor an emergency call', () => {
  const routed = route({ kind: 'steps', steps: [], from });
  expect([isLimitedRoute(routed), isEmergencyRoute(routed)]).toEqual([false, false]);
  const forwards = [{ number: '+14165550123', isScreened: true }];
  expect(isLimitedRoute(route({ kind: 'steps', steps: [{ deviceIds: [], forwards, seconds: 20 }], from }))).toBe(true);
});
