import type { AfterRing, RoutingDecision, RoutingPlan, RoutingReason } from './decision.ts';

/** The decision without numbers outside that the house may not call: a rule must not cost what no phone may. Pure. */
export function allowedForwards(decision: RoutingDecision, mayCall: (number: string) => boolean): RoutingDecision {
  const refused = forwardsOf(decision.plan).filter((number) => !mayCall(number));
  if (refused.length === 0) return decision;
  const reasons = refused.map((number): RoutingReason => ({ code: 'forward-not-allowed', params: { number } }));
  return { plan: without(decision.plan, new Set(refused)), reasons: [...decision.reasons, ...reasons] };
}

function forwardsOf(plan: RoutingPlan): readonly string[] {
  if (plan.kind !== 'ring' && plan.kind !== 'forward') return [];
  const first = plan.kind === 'ring' ? plan.steps.flatMap(({ forwards }) => forwards) : [plan.number];
  return [...new Set([...first, ...(plan.then.kind === 'forward' ? [plan.then.number] : [])])];
}

function without(plan: RoutingPlan, refused: ReadonlySet<string>): RoutingPlan {
  if (plan.kind !== 'ring' && plan.kind !== 'forward') return plan;
  const then: AfterRing = plan.then.kind === 'forward' && refused.has(plan.then.number) ? { kind: 'hang-up' } : plan.then;
  const challenge = plan.challenge === undefined ? {} : { challenge: plan.challenge };
  if (plan.kind === 'forward') return refused.has(plan.number) ? instead(then, challenge) : { ...plan, then };
  const steps = plan.steps
    .map((step) => ({ ...step, forwards: step.forwards.filter((number) => !refused.has(number)) }))
    .filter(({ deviceIds, forwards }) => deviceIds.length + forwards.length > 0);
  return steps.length === 0 ? instead(then, challenge) : { ...plan, steps, then };
}

/** What would have followed, at once. */
function instead(then: AfterRing, challenge: Pick<Extract<RoutingPlan, { kind: 'ring' }>, 'challenge'>): RoutingPlan {
  switch (then.kind) {
    case 'voicemail':
      return { kind: 'voicemail', personId: then.personId, reason: 'redirected', ...challenge };
    case 'forward':
      return { ...then, then: { kind: 'hang-up' }, ...challenge };
    case 'reject':
    case 'hang-up':
      return { kind: 'reject', tone: 'busy', verdict: { disposition: 'failed', reason: 'redirected' } };
  }
}
