import { callVerdicts } from '#contract/call-verdicts.ts';
import type { CallDisposition, ReasonOf } from '#contract/call-verdicts.ts';

/** How a call ended and why. Each call ends with exactly one. */
export type Verdict = {
  [Disposition in CallDisposition]: { readonly disposition: Disposition; readonly reason: ReasonOf<Disposition> };
}[CallDisposition];

/** Why, as a sentence part for the person who runs the house. */
export function explain({ reason }: Verdict): string {
  return callVerdicts[reason].sentence;
}
