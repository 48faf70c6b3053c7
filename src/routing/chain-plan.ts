import type { EscalationChain, EscalationTarget } from './escalation-chain.ts';
import type { RingPlanStep } from './decision.ts';
import type { RingTarget } from './ring-group.ts';
import { ringSteps } from './ring-plan.ts';
import type { RingSteps } from './ring-plan.ts';
import type { RoutingScope } from './routing-scope.ts';

/** No caller waits longer, and networks give up. */
const maxRingSeconds = 300;

/** The steps of a chain for a call: whoever answers must press 1, so that exactly one person gets it and no mailbox does. */
export function chainSteps({ name, steps, rounds, ignoresDnd }: EscalationChain, scope: RoutingScope): RingSteps {
  const rung = steps.map(({ targets, seconds }) =>
    ringSteps({ name, seconds, ignoresDnd, targets: targets.map(toRingTarget), order: 'all' }, scope),
  );
  const round = rung.flatMap((one) => one.steps.map((step) => ({ ...step, isScreened: true })));
  return {
    steps: inTime(Array.from({ length: rounds }, () => round).flat()),
    nobody: round.length > 0 ? undefined : (rung[0]?.nobody ?? 'no-devices'),
    strangers: rung.flatMap((one) => one.strangers),
    missing: rung.flatMap((one) => one.missing),
  };
}

function inTime(steps: readonly RingPlanStep[]): readonly RingPlanStep[] {
  let before = 0;
  return steps.filter(({ seconds }) => (before += seconds) <= maxRingSeconds);
}

function toRingTarget(target: EscalationTarget): RingTarget {
  return target.kind === 'contact' ? { kind: 'number', number: target.number } : target;
}
