import type { Device } from '#devices/device.ts';
import type { CallAdmission } from './call-admission.ts';
import type { LegPlanner } from './leg-planner.ts';
import { screenSteps } from './leg-screen.ts';
import type { OngoingCall } from './ongoing-call.ts';
import { isLimitedRoute } from './outbound-route.ts';
import type { PlannedRoute } from './planned-route.ts';
import type { PlannedLeg, PlannedStep } from './planned-step.ts';
import type { Attempt, Diversion, Redirection } from './ports.ts';
import { divert, RungTargets } from './redirect.ts';

export type CallDiverterDeps = {
  readonly route: (attempt: Pick<Attempt, 'caller' | 'dialled'>) => PlannedRoute;
  readonly planner: LegPlanner;
  readonly admission: CallAdmission;
  readonly ringSeconds: number;
};

/** Call forwarding by a phone that rings (3xx, RFC 5806 diversion): as if it dialled itself, and each target once. */
export class CallDiverter {
  readonly #deps: CallDiverterDeps;

  constructor(deps: CallDiverterDeps) {
    this.#deps = deps;
  }

  /** The steps to be rung instead of the phone; none: the call may not go there. */
  follow(call: OngoingCall, { target }: PlannedLeg, redirection: Redirection): readonly PlannedStep[] {
    if (target?.kind !== 'phone') return [];
    const { device } = target;
    const rung = new RungTargets(call);
    const { ringSeconds: seconds } = this.#deps;
    const steps = redirection.to.flatMap((dialled) => this.#stepsTo(dialled, { call, device, rung, redirection }));
    return screenSteps(steps, target.screen).map((step) => ({ ...step, seconds }));
  }

  #stepsTo(dialled: string, { call, device, rung, redirection }: Diverted): readonly PlannedStep[] {
    const { route, planner, admission } = this.#deps;
    const caller = { kind: 'device', device, party: call.record.caller } as const;
    const routed = rung.excludeRung(route({ caller, dialled }));
    if (routed === undefined) return [];
    const steps = planner.steps(routed);
    const isAway = routed.ring.kind === 'nothing';
    const refusal = admission.refusal({ caller, source: undefined }, routed, steps);
    if (!isAway && refusal !== undefined) return [];
    if (isLimitedRoute(routed)) call.outbound.sentToTrunk(device.id, admission.maxMinutes);
    return divert(steps, diversionOf(device, routed, redirection));
  }
}

type Diverted = {
  readonly call: OngoingCall;
  readonly device: Device;
  readonly rung: RungTargets;
  readonly redirection: Redirection;
};

function diversionOf({ extension, name }: Device, { ring }: PlannedRoute, { reason }: Redirection): Diversion {
  return ring.kind === 'trunks' ? { ...ring.from, reason } : { number: extension, name, reason };
}
