import type { RingStep, StepTimeouts } from './call-transition.ts';
import type { CallLeg } from './call.ts';
import type { RingTarget } from './ports.ts';
import type { Verdict } from './verdict.ts';

/** A leg that may be rung: its record, and where it goes (nowhere for a phone that is not registered). */
export type PlannedLeg = { readonly leg: CallLeg; readonly group: string; readonly target: RingTarget | undefined };

export type PlannedStep = {
  readonly legs: readonly PlannedLeg[];
  readonly seconds: number;
  readonly onlyIfUnreachable: boolean;
  readonly timeouts?: StepTimeouts;
  readonly isRetry?: boolean;
  readonly verdict?: Verdict;
};

export function toStep({ legs, ...rest }: PlannedStep): RingStep {
  return {
    ...rest,
    legs: legs.map(({ leg, group, target }) => ({
      id: leg.id,
      group,
      isTrunk: leg.trunk !== undefined,
      isOffline: target === undefined,
      isVoice: target?.kind === 'voice',
    })),
  };
}
