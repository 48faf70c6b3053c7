import type { CallPermissions } from './call-permissions.ts';
import type { OngoingCall } from './ongoing-call.ts';
import { isEmergencyRoute, isLimitedRoute } from './outbound-route.ts';
import type { PlannedRoute } from './planned-route.ts';
import type { PlannedStep } from './planned-step.ts';
import type { Attempt } from './ports.ts';
import { RefusedCallReports } from './refused-call-reports.ts';
import type { RefusedCallReportsDeps } from './refused-call-reports.ts';
import type { TollFraudGuard } from './toll-fraud-guard.ts';
import type { Verdict } from './verdict.ts';

export type CallAdmissionDeps = RefusedCallReportsDeps & {
  /** The outbound call limits; none where undefined. */
  readonly tollFraudGuard?: TollFraudGuard;
  /** What each phone and person may call; everything where undefined. */
  readonly permissions?: Pick<CallPermissions, 'refusal'>;
  /** Calls at one time; further ones are refused. */
  readonly maxCalls?: number;
};

/** So that a busy trunk exhausts neither our memory nor the phones. */
const defaultMaxCalls = 2000;

/** Call admission control: why a call may not ring, by what goes on at the moment. Emergency calls are never refused for it. */
export class CallAdmission {
  readonly #deps: CallAdmissionDeps;
  readonly #ongoing: ReadonlyMap<string, OngoingCall>;
  readonly #reports: RefusedCallReports;

  constructor(deps: CallAdmissionDeps, ongoing: ReadonlyMap<string, OngoingCall>) {
    this.#deps = deps;
    this.#ongoing = ongoing;
    this.#reports = new RefusedCallReports(deps);
  }

  get isFull(): boolean {
    return this.#ongoing.size >= (this.#deps.maxCalls ?? defaultMaxCalls);
  }

  /** The longest that a limited call may last. */
  get maxMinutes(): number | undefined {
    return this.#deps.tollFraudGuard?.limits.callMinutes;
  }

  /** Reports it where a phone is not permitted to call. */
  refusal(attempt: Pick<Attempt, 'caller' | 'source'>, routed: PlannedRoute, steps: readonly PlannedStep[]): Verdict | undefined {
    const refusal = this.#refusal(attempt, routed, steps);
    const { caller } = attempt;
    if (refusal !== undefined && caller.kind === 'device') this.#reports.add(caller.device, routed.callee.number, refusal);
    return refusal;
  }

  #refusal(
    attempt: Pick<Attempt, 'caller' | 'source'>,
    routed: PlannedRoute,
    steps: readonly PlannedStep[],
  ): Verdict | undefined {
    if (routed.ring.kind === 'nothing') return routed.ring.verdict;
    if (this.isFull && !isEmergencyRoute(routed)) return { disposition: 'failed', reason: 'too-many-calls' };
    if (steps.length === 0) return { disposition: 'failed', reason: 'no-trunk' };
    return this.#outboundRefusal(attempt, routed);
  }

  /** For every call of a phone or of the house itself to a trunk: dialled, transferred, or forwarded. */
  #outboundRefusal({ caller, source }: Pick<Attempt, 'caller' | 'source'>, routed: PlannedRoute): Verdict | undefined {
    const { tollFraudGuard, permissions } = this.#deps;
    const { ring } = routed;
    if (caller.kind === 'trunk' || ring.kind !== 'trunks' || ring.isEmergency) return undefined;
    const { number, shortCost } = ring;
    const device = caller.kind === 'device' ? caller.device : undefined;
    const notPermitted = device === undefined ? undefined : permissions?.refusal({ device, number, shortCost });
    if (notPermitted !== undefined) return notPermitted;
    if (tollFraudGuard === undefined || !isLimitedRoute(routed)) return undefined;
    const ongoing = [...this.#ongoing.values()].flatMap(({ outbound }) =>
      outbound.isLimited ? [{ deviceId: outbound.requestedBy, talkTimeMs: outbound.talkTimeMs }] : [],
    );
    return tollFraudGuard.refusal({ device, number, shortCost, source, ongoing });
  }
}
