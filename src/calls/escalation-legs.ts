import type { EscalationFacts, EscalationLeg, EscalationOutcome, EscalationState } from './escalation.ts';

// The calls of one escalation as its state has them.

/** When something last happened to it, or was to happen. */
export function lastAt({ legs, until = 0 }: EscalationState): number {
  return Math.max(until, ...legs.map(({ startedAt, answeredAt = 0, endedAt = 0 }) => Math.max(startedAt, answeredAt, endedAt)));
}

/** A call to be made, or one that is over before it began. */
export function legTo(
  { outcome, ...callee }: ReturnType<EscalationFacts['calleesOf']>[number],
  state: EscalationState,
  facts: EscalationFacts,
): EscalationLeg {
  const { round, step } = state;
  return { ...callee, round, step, ...newLeg(facts), outcome, endedAt: outcome === undefined ? undefined : facts.now };
}

/** What every new call begins with. */
export function newLeg({ newLegId, now }: EscalationFacts) {
  const nothingYet = {
    ringingAt: undefined,
    answeredAt: undefined,
    pressedAt: undefined,
    endedAt: undefined,
    outcome: undefined,
  };
  return { id: newLegId(), startedAt: now, ...nothingYet };
}

/** A phone, or a number outside. */
export function placeOf({ deviceId, number, personId }: Pick<EscalationLeg, 'deviceId' | 'number' | 'personId'>): string {
  return deviceId ?? number ?? personId ?? '';
}

export function isOfCurrentStep({ round, step }: EscalationState, leg: EscalationLeg): boolean {
  return leg.round === round && leg.step === step;
}

/** Those that ring or were answered, and are not over. */
export function openLegs({ legs }: EscalationState): readonly EscalationLeg[] {
  return legs.filter(({ outcome }) => outcome === undefined);
}

export function openLeg(state: EscalationState, id: string): EscalationLeg | undefined {
  return openLegs(state).find((leg) => leg.id === id);
}

export function withLeg(state: EscalationState, leg: EscalationLeg): EscalationState {
  return { ...state, legs: state.legs.map((one) => (one.id === leg.id ? leg : one)) };
}

type LegEnd = { readonly outcome: EscalationOutcome; readonly at: number };

export function endLegs(state: EscalationState, which: readonly EscalationLeg[], { outcome, at }: LegEnd): EscalationState {
  const ids = new Set(which.map(({ id }) => id));
  return { ...state, legs: state.legs.map((leg) => (ids.has(leg.id) ? { ...leg, outcome, endedAt: at } : leg)) };
}
