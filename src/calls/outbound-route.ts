import type { PlannedRoute } from './planned-route.ts';

export function isEmergencyRoute({ ring }: Pick<PlannedRoute, 'ring'>): boolean {
  return ring.kind === 'trunks' && ring.isEmergency;
}

/** Directory assistance connects to any number, at a price of its own. */
const directoryAssistance = /^118\d{0,3}$/;

/**
 * Whether the outbound call limits hold for it: not for an emergency call, nor for a short number, since crisis lines are among them,
 * unless it is premium rate.
 */
export function isLimitedRoute({ ring }: Pick<PlannedRoute, 'ring'>): boolean {
  if (ring.kind === 'steps') return ring.steps.some(({ forwards }) => forwards.length > 0);
  if (ring.kind !== 'trunks' || ring.isEmergency) return false;
  return ring.shortCost === undefined || ring.shortCost === 'premium' || directoryAssistance.test(ring.number);
}
