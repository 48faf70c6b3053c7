import type { RoutingPlan } from './decision.ts';
import { unansweredPlan } from './mailbox-plan.ts';
import { isAnonymous } from './routing-scope.ts';
import type { RoutingScope } from './routing-scope.ts';

/** The blocklist, then hidden numbers, then lists and scores of spam; undefined: the caller may go on. */
export function screenCaller(scope: RoutingScope): RoutingPlan | undefined {
  if (scope.call.caller.kind === 'device') return undefined;
  return blocked(scope) ?? anonymous(scope) ?? listed(scope) ?? scored(scope);
}

function blocked(scope: RoutingScope): RoutingPlan | undefined {
  const { blocked: entry } = scope.call.caller;
  if (entry === undefined) return undefined;
  const { entryId, kind, reason } = entry;
  scope.add({ code: 'blocklist', params: { entryId, kind, reason } });
  return refused('blocklist');
}

function anonymous(scope: RoutingScope): RoutingPlan | undefined {
  const policy = scope.facts.settings.anonymousPolicy;
  if (policy === 'allow' || !isAnonymous(scope.call.caller)) return undefined;
  if (policy === 'reject') {
    scope.add({ code: 'anonymous-refused', params: {} });
    return refused('anonymous');
  }
  scope.add({ code: 'anonymous-voicemail', params: {} });
  return unansweredPlan('anonymous', scope.owner, scope);
}

function listed(scope: RoutingScope): RoutingPlan | undefined {
  const { listed: list } = scope.call.caller;
  if (list === undefined || isOverruled('spam-list', scope)) return undefined;
  scope.add({ code: 'spam-list', params: list });
  return refused('spam-list');
}

function scored(scope: RoutingScope): RoutingPlan | undefined {
  const { spamScore: score } = scope.call.caller;
  const threshold = scope.facts.settings.spamThreshold;
  if (score === undefined || score <= threshold || isOverruled('spam-score', scope)) return undefined;
  scope.add({ code: 'spam-score', params: { score, threshold } });
  return refused('spam');
}

/** What others say of a caller counts less than that the house knows them. */
function isOverruled(overruled: 'spam-list' | 'spam-score', scope: RoutingScope): boolean {
  const { contact, dialledAt } = scope.call.caller;
  if (contact !== undefined) {
    scope.add({ code: 'trusted-contact', params: { contactId: contact.id, name: contact.name, overruled } });
    return true;
  }
  if (dialledAt === undefined) return false;
  scope.add({ code: 'trusted-dialled', params: { dialledAt, overruled } });
  return true;
}

function refused(reason: 'blocklist' | 'anonymous' | 'spam-list' | 'spam'): RoutingPlan {
  return { kind: 'reject', tone: 'rejected', verdict: { disposition: 'blocked', reason } };
}
