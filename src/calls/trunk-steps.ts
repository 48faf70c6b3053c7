import type { StepTimeouts } from './call-transition.ts';
import type { PlannedLeg, PlannedStep } from './planned-step.ts';

/** A trunk may need long to reach a far network; the far side's own ring time ends before this. */
const ringSeconds = 180;

/**
 * An emergency call does not wait for a dead trunk: without a 100 after this long the next one is tried beside it. With a 100 it gets the
 * time that far networks need until something rings.
 */
const timeouts: StepTimeouts = { tryingSeconds: 3.5, ringingSeconds: 12 };

type TrunkStepOptions = { readonly isEmergency: boolean; readonly legTo: (trunk: string) => PlannedLeg };

/**
 * The trunks in their order. A usual call goes on to the next one only where the one before could not be reached: a refusal is final. An
 * emergency call goes on after every failure, and then once more to those that may have recovered.
 */
export function trunkSteps(names: readonly string[], { isEmergency, legTo }: TrunkStepOptions): readonly PlannedStep[] {
  const stepTo = (trunk: string) => ({ legs: [legTo(trunk)], seconds: ringSeconds });
  if (!isEmergency) return names.map((trunk, index) => ({ ...stepTo(trunk), onlyIfUnreachable: index > 0 }));
  const first = names.map((trunk) => ({ ...stepTo(trunk), onlyIfUnreachable: false, timeouts }));
  const second = names.map((trunk) => ({ ...stepTo(trunk), onlyIfUnreachable: false, timeouts, isRetry: true }));
  return [...first, ...second];
}
