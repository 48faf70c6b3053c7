import type { OngoingCall } from './ongoing-call.ts';
import type { HouseStep, PlannedRoute } from './planned-route.ts';
import type { PlannedStep } from './planned-step.ts';
import type { Diversion } from './ports.ts';

/** So that phones that forward to each other in a row come to an end. */
const maxRedirects = 5;

/** What has been rung in a call: nothing is twice, which ends a circle of phones that forward to each other. */
export class RungTargets {
  readonly #devices: Set<string>;
  readonly #numbers: Set<string>;
  #redirectsLeft: number;

  constructor(call: Pick<OngoingCall, 'record' | 'legs' | 'targets'>) {
    const { targets, legs, record } = call;
    const ids = [record.caller.deviceId, ...[...legs].map(({ deviceId }) => deviceId)];
    this.#devices = new Set(ids.filter((id) => id !== undefined));
    this.#numbers = new Set(targets.flatMap((target) => (target.kind === 'trunk' ? target.number : [])));
    this.#redirectsLeft =
      maxRedirects - new Set(targets.flatMap((target) => (target.kind === 'voice' ? [] : (target.diverted?.number ?? [])))).size;
  }

  /** What is left of a route without what was rung before; from then on the rest counts as rung. */
  excludeRung(routed: PlannedRoute): PlannedRoute | undefined {
    const { ring } = routed;
    if (this.#redirectsLeft <= 0) return undefined;
    // A phone that is away is where the call may go, and why nobody answers it.
    if (ring.kind === 'nothing' || ring.kind === 'spoken') return ring.verdict.reason === 'offline' ? routed : undefined;
    if (ring.kind === 'trunks') {
      // Whoever calls a friend must not reach the police.
      if (ring.isEmergency || this.#numbers.has(ring.number)) return undefined;
      this.#numbers.add(ring.number);
      return routed;
    }
    const steps = ring.steps
      .map((step) => this.#withoutRung(step))
      .filter((one) => one.deviceIds.length + one.forwards.length > 0);
    return steps.length === 0 ? undefined : { ...routed, ring: { ...ring, steps } };
  }

  #withoutRung(step: HouseStep): HouseStep {
    const deviceIds = step.deviceIds.filter((id) => !this.#devices.has(id));
    const forwards = step.forwards.filter(({ number }) => !this.#numbers.has(number));
    for (const id of deviceIds) this.#devices.add(id);
    for (const { number } of forwards) this.#numbers.add(number);
    return { ...step, deviceIds, forwards };
  }
}

/** The same steps, each leg of which says who forwarded the call there. */
export function divert(steps: readonly PlannedStep[], diverted: Diversion): readonly PlannedStep[] {
  return steps.map((step) => ({
    ...step,
    legs: step.legs.map((one) =>
      one.target === undefined || one.target.kind === 'voice' ? one : { ...one, target: { ...one.target, diverted } },
    ),
  }));
}
