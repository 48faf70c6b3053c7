import { callVerdicts } from '#contract/call-verdicts.ts';
import type { Verdict } from '#contract/call-verdicts.ts';

export type { Verdict } from '#contract/call-verdicts.ts';

/** Why, as a sentence part for the person who runs the house. */
export function explain({ reason }: Verdict): string {
  return callVerdicts[reason].sentence;
}
