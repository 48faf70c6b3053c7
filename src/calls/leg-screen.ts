import type { Party } from './call.ts';
import type { Phrase } from './phrase.ts';
import type { PlannedStep } from './planned-step.ts';
import type { LegScreen } from './ports.ts';

/** Long enough to hear the words twice and find the keys; a mailbox that records is gone by then. */
const seconds = 30;

/** Asks whoever answers a forwarded call for the key 1, and says who calls. */
export function forwardScreen({ number }: Pick<Party, 'number'>): LegScreen {
  const digits = number.replaceAll(/\D/g, '');
  const who: readonly Phrase[] =
    digits === ''
      ? [{ kind: 'prompt', name: 'hidden-number' }]
      : [
          { kind: 'prompt', name: 'call-from' },
          { kind: 'number', digits },
        ];
  return { say: [...who, { kind: 'prompt', name: 'press-to-accept' }], accept: ['1'], refuse: [], seconds };
}

/** The same steps, each leg of which asks whoever answers it. */
export function screenSteps(steps: readonly PlannedStep[], screen: LegScreen | undefined): readonly PlannedStep[] {
  if (screen === undefined) return steps;
  return steps.map((step) => ({
    ...step,
    legs: step.legs.map((one) => (one.target === undefined ? one : { ...one, target: { ...one.target, screen } })),
  }));
}
