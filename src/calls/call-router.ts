import type { CallId, PersonId } from '#base/ids.ts';
import type { CallAdmission } from './call-admission.ts';
import type { RefuseChildCall } from './child-line-refusal.ts';
import { callerOfParty } from './house-call.ts';
import type { DecideCall, HouseCall } from './house-call.ts';
import type { LegPlanner } from './leg-planner.ts';
import { approvalScreen, screenEach } from './leg-screen.ts';
import { decided, directRing, refusedRoute, undecided } from './planned-route.ts';
import type { PlannedRoute } from './planned-route.ts';
import type { PlannedStep } from './planned-step.ts';
import type { Attempt } from './ports.ts';
import { routeCall } from './route-call.ts';
import type { DialFacts } from './route-call.ts';

export type CallRouterDeps = {
  readonly facts: DialFacts;
  /** What becomes of a call to the house. */
  readonly decideCall: DecideCall;
  readonly ringSeconds: number;
  /** What children's lines do not allow; nothing where undefined. */
  readonly refuseChildCall?: RefuseChildCall;
  /** A key of whoever answers instead of a child. */
  readonly onApprovalKey?: (id: CallId, key: string, personId: PersonId | undefined) => void;
};

/** From what was dialled to the legs that ring. */
export class CallRouter {
  readonly #deps: CallRouterDeps;
  readonly #planner: LegPlanner;
  readonly #admission: Pick<CallAdmission, 'isFull'>;

  constructor(deps: CallRouterDeps, planner: LegPlanner, admission: Pick<CallAdmission, 'isFull'>) {
    this.#deps = deps;
    this.#planner = planner;
    this.#admission = admission;
  }

  /** Reads what was dialled, and decides where it is the house that is called. */
  route(attempt: Pick<Attempt, 'caller' | 'dialled' | 'byTrunk'>): PlannedRoute {
    const routed = routeCall(attempt, this.#deps.facts);
    const { caller } = routed;
    const { caller: from, byTrunk } = attempt;
    const ring = byTrunk !== undefined && routed.ring.kind === 'trunks' ? { ...routed.ring, byTrunk } : routed.ring;
    const isInternal = from.kind !== 'trunk';
    const refused =
      from.kind === 'device' && ring.kind === 'trunks' ? this.#deps.refuseChildCall?.(from.device, ring) : undefined;
    if (refused !== undefined) return refusedRoute(routed, refused);
    if (ring.kind !== 'house') return undecided({ ...routed, ring });
    if (from.kind === 'house' && ring.called.kind === 'device')
      return undecided({ ...routed, ring: directRing(ring.called.device, from, this.#deps.ringSeconds) });
    const decision = this.#deps.decideCall({
      called: ring.called,
      caller: callerOfParty(caller, isInternal ? 'device' : 'outside'),
      via: viaOf(from),
      isReachable: true,
      isFull: this.#admission.isFull,
    });
    return decided(routed, decision);
  }

  /** What is to ring; whoever answers instead of a child is asked about the caller. */
  steps(routed: PlannedRoute, id: CallId): readonly PlannedStep[] {
    const steps = this.#planner.steps(routed);
    if (routed.plan?.kind !== 'ring' || routed.plan.approval === undefined) return steps;
    const { caller } = routed;
    return screenEach(steps, ({ leg: { personId } }) =>
      approvalScreen(caller, (key) => this.#deps.onApprovalKey?.(id, key, personId)),
    );
  }
}

function viaOf(caller: Attempt['caller']): HouseCall['via'] {
  if (caller.kind !== 'trunk') return 'internal';
  return caller.failsOver === true ? 'failover-trunk' : 'trunk';
}
