import type { CallLeg } from './call.ts';
import type { PlannedLeg, PlannedStep } from './planned-step.ts';
import type { OutgoingLeg, RingTarget } from './ports.ts';

/** The legs of one call: those that may be rung, those that are, and what the record says of each. */
export class CallLegs {
  readonly #planned = new Map<string, PlannedLeg>();
  readonly #outgoing = new Map<string, OutgoingLeg>();
  readonly #records = new Map<string, CallLeg>();

  constructor(callerLeg: CallLeg, steps: readonly PlannedStep[]) {
    this.#records.set(callerLeg.id, callerLeg);
    this.plan(steps);
  }

  /** Legs that may be rung from now on. */
  plan(steps: readonly PlannedStep[]): void {
    for (const planned of steps.flatMap(({ legs }) => legs)) this.#planned.set(planned.leg.id, planned);
  }

  /** From now on the record has the legs of this step, rung or not. */
  record(step: PlannedStep | undefined): void {
    for (const { leg, target } of step?.legs ?? []) if (target?.kind !== 'voice') this.#records.set(leg.id, leg);
  }

  planned(id: string): PlannedLeg | undefined {
    return this.#planned.get(id);
  }

  outgoing(id: string): OutgoingLeg | undefined {
    return this.#outgoing.get(id);
  }

  rings(id: string, leg: OutgoingLeg): void {
    this.#outgoing.set(id, leg);
    this.change(id, { sipCallId: leg.sipCallId });
  }

  get(id: string): CallLeg | undefined {
    return this.#records.get(id);
  }

  /** Takes a planned leg into the record; what the house says itself is a matter between it and the caller's leg. */
  change(id: string, change: Partial<CallLeg>): void {
    const planned = this.#planned.get(id);
    if (planned?.target?.kind === 'voice') return;
    const leg = this.#records.get(id) ?? planned?.leg;
    if (leg !== undefined) this.#records.set(id, { ...leg, ...change });
  }

  end(endedAt: number): void {
    for (const leg of this.#records.values()) if (leg.endedAt === undefined) this.#records.set(leg.id, { ...leg, endedAt });
  }

  get records(): Iterable<CallLeg> {
    return this.#records.values();
  }

  /** Where the call has been rung, or may be yet. */
  get targets(): readonly RingTarget[] {
    return [...this.#planned.values()].flatMap(({ target }) => target ?? []);
  }
}
