import { keysFor } from './call-approval.ts';
import type { Party } from './call.ts';
import type { Phrase } from './phrase.ts';
import type { PlannedLeg, PlannedStep } from './planned-step.ts';
import type { Attempt, LegScreen, RingTarget } from './ports.ts';

/** Long enough to hear the words twice and find the keys; a mailbox that records is gone by then. */
const seconds = 30;

/** Asks whoever answers a forwarded call for the key 1, and says who calls. */
export function forwardScreen({ number }: Pick<Party, 'number'>): LegScreen {
  const who = numberPhrase(number);
  const from: readonly Phrase[] = who.kind === 'number' ? [{ kind: 'prompt', name: 'call-from' }, who] : [who];
  return { say: [...from, { kind: 'prompt', name: 'press-to-accept' }], accept: ['1'], refuse: ['2'], seconds };
}

/** Tells a parent who calls the child, and takes their answer. */
export function approvalScreen({ number }: Pick<Party, 'number'>, onKey: (key: string) => void): LegScreen {
  const say: readonly Phrase[] = [numberPhrase(number), { kind: 'prompt', name: 'unknown-caller-for-child' }];
  return { say, accept: keysFor('once', 'always'), refuse: keysFor('block'), seconds, onKey };
}

function numberPhrase(number: string): Phrase {
  const digits = number.replaceAll(/\D/g, '');
  return digits === '' ? { kind: 'prompt', name: 'hidden-number' } : { kind: 'number', digits };
}

/** The same steps, each leg of which asks whoever answers it. */
export function screenSteps(steps: readonly PlannedStep[], screen: LegScreen | undefined): readonly PlannedStep[] {
  return screen === undefined ? steps : screenEach(steps, () => screen);
}

/** The same steps, each leg of which asks whoever answers it in its own way. */
export function screenEach(steps: readonly PlannedStep[], screenOf: (leg: PlannedLeg) => LegScreen): readonly PlannedStep[] {
  return changeTargets(steps, (target, leg) => ({ ...target, screen: screenOf(leg) }));
}

/** The same steps, as the house itself rings them. */
export function houseSteps(steps: readonly PlannedStep[], { screen, autoAnswer = false }: HouseCallerOf): readonly PlannedStep[] {
  const asked = screenSteps(steps, screen);
  return autoAnswer ? changeTargets(asked, (target) => (target.kind === 'phone' ? { ...target, autoAnswer } : target)) : asked;
}

type HouseCallerOf = Extract<Attempt['caller'], { kind: 'house' }>;
type ChangeTarget = (target: RingTarget, leg: PlannedLeg) => RingTarget;

function changeTargets(steps: readonly PlannedStep[], change: ChangeTarget): readonly PlannedStep[] {
  return steps.map((step) => ({
    ...step,
    legs: step.legs.map((one) => (one.target === undefined ? one : { ...one, target: change(one.target, one) })),
  }));
}
