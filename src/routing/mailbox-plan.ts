import type { PersonId } from '#base/ids.ts';
import type { Verdict, VoicemailReason } from '#contract/call-verdicts.ts';
import { mailboxOwner } from './child-calls.ts';
import type { AfterRing, RoutingPlan } from './decision.ts';
import type { RoutingScope } from './routing-scope.ts';

/** What becomes of a call that rings nobody: the mailbox where there is one. */
export function unansweredPlan(reason: VoicemailReason, personId: PersonId | undefined, scope: RoutingScope): RoutingPlan {
  const owner = mailboxOf(personId, scope);
  if (owner !== undefined) return { kind: 'voicemail', personId: owner, reason };
  return { kind: 'reject', tone: 'busy', verdict: unanswered(reason) };
}

/** What follows where nobody answers: the mailbox where there is one. */
export function afterRing(personId: PersonId | undefined, scope: RoutingScope): AfterRing {
  const owner = mailboxOf(personId, scope);
  return owner === undefined ? { kind: 'hang-up' } : { kind: 'voicemail', personId: owner };
}

function mailboxOf(personId: PersonId | undefined, scope: RoutingScope): PersonId | undefined {
  const owner = personId === undefined ? undefined : mailboxOwner(personId, scope);
  return owner !== undefined && scope.hasMailbox(owner) ? owner : undefined;
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
