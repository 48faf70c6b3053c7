import type { PersonId } from '#base/ids.ts';
import type { Verdict, VoicemailReason } from '#contract/call-verdicts.ts';
import type { AfterRing, RoutingPlan } from './decision.ts';
import type { RoutingScope } from './routing-scope.ts';

/** What becomes of a call that rings nobody: the mailbox where there is one. */
export function unansweredPlan(reason: VoicemailReason, personId: PersonId | undefined, scope: RoutingScope): RoutingPlan {
  if (personId !== undefined && scope.hasMailbox(personId)) return { kind: 'voicemail', personId, reason };
  return { kind: 'reject', tone: 'busy', verdict: unanswered(reason) };
}

/** What follows where nobody answers: the mailbox where there is one. */
export function afterRing(personId: PersonId | undefined, scope: RoutingScope): AfterRing {
  return personId !== undefined && scope.hasMailbox(personId) ? { kind: 'voicemail', personId } : { kind: 'hang-up' };
}

/** How a call ended that was not answered and in which no message was left. */
export function unanswered(reason: VoicemailReason): Verdict {
  switch (reason) {
    case 'busy':
      return { disposition: 'busy', reason };
    case 'redirected':
    case 'internal':
      return { disposition: 'failed', reason };
    default:
      return { disposition: 'missed', reason };
  }
}
