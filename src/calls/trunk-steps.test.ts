import { expect, test } from 'vitest';
import type { PlannedLeg } from './planned-step.ts';
import { trunkSteps } from './trunk-steps.ts';

const legTo = (trunk: string) => ({ leg: { id: `leg_${trunk}` }, group: trunk, target: undefined }) as unknown as PlannedLeg;
const stepTo = (trunk: string) => ({ legs: [legTo(trunk)], seconds: 180 });
const timeouts = { tryingSeconds: 3.5, ringingSeconds: 12 };

test('a usual call goes on to the next trunk only where the one before could not be reached', () => {
  expect(trunkSteps(['a', 'b'], { isEmergency: false, legTo })).toEqual([
    { ...stepTo('a'), onlyIfUnreachable: false },
    { ...stepTo('b'), onlyIfUnreachable: true },
  ]);
});

test('an emergency call tries every trunk, waits for none that is silent, and then tries once more', () => {
  const steps = ['a', 'b'].map((trunk) => ({ ...stepTo(trunk), onlyIfUnreachable: false, timeouts }));
  expect(trunkSteps(['a', 'b'], { isEmergency: true, legTo })).toEqual([
    ...steps,
    ...steps.map((step) => ({ ...step, isRetry: true })),
  ]);
});

test('without a trunk there is no step', () => {
  for (const isEmergency of [false, true]) expect(trunkSteps([], { isEmergency, legTo })).toEqual([]);
});
