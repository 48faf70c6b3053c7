import type { RoutingPlan } from '#routing/decision.ts';

/** What is left of a plan once the house has rung all that it rings itself: what the network still has to do with the caller. */
export function remainingPlan(plan: RoutingPlan): RoutingPlan {
  if (plan.kind !== 'ring' && plan.kind !== 'forward') return plan;
  return { kind: 'ring', steps: [], then: plan.then.kind === 'forward' ? { kind: 'hang-up' } : plan.then };
}
