import type { FencedResult } from '../fence/fenced-request.ts';
import { outcomeOfFailure, outcomeOfStatus } from '../fence/status-outcome.ts';
import type { Outcome } from '../kinds/channel.ts';

/**
 * Of all statuses that say no, those after which the same bytes would be refused for ever: not understood, too long, not wanted any more,
 * sent on elsewhere. Whoever has the receiver has a day to mend the others, such as a missing address or a signature that is not accepted.
 */
const final = new Set([400, 410, 413, 415, 422]);

/** What a reply, or the want of one, makes of a try. */
export function webhookOutcome(result: FencedResult, now: number): Outcome {
  if (result.kind !== 'replied') return outcomeOfFailure(result);
  const { status } = result;
  const outcome = outcomeOfStatus(status, result.headers, now);
  if (outcome.kind !== 'permanent') return outcome;
  if (final.has(status)) return { ...outcome, reason: status === 413 || status === 410 ? outcome.reason : 'refused-content' };
  if (outcome.reason === 'redirect-refused') return outcome;
  const { reason, detail } = outcome;
  return {
    kind: 'temporary',
    reason: reason === 'refused-content' || reason === 'target-gone' ? 'server-error' : reason,
    detail,
  };
}
