import { nameOfHolder, parentMailbox } from './child-calls.ts';
import type { ChildLine } from './child-line.ts';
import type { RoutingPlan } from './decision.ts';
import { afterRing, unansweredPlan } from './mailbox-plan.ts';
import { ringSteps } from './ring-plan.ts';
import type { RoutingScope } from './routing-scope.ts';

/** What becomes of a caller whom none of the children's lines knows that would have rung: the parents' phones ring, and they decide. */
export function askParents(lines: readonly ChildLine[], scope: RoutingScope): RoutingPlan {
  // A phone of the house that is not on the list is refused: there is nobody new to let in.
  if (scope.call.caller.kind === 'device') return unansweredPlan('not-on-list', undefined, scope);
  const { ringSeconds: seconds } = scope.facts.settings;
  const targets = lines.flatMap(({ parents }) => parents);
  const mailbox = parentMailbox(lines, scope);
  if (targets.length === 0) return unansweredPlan('not-on-list', mailbox, scope);
  scope.add({ code: 'parents-asked', params: {} });
  const { steps, nobody } = ringSteps({ name: '', targets, order: 'all', seconds, isInstead: true }, scope);
  if (nobody === undefined) {
    const name = [...new Set(lines.map(({ holder }) => nameOfHolder(holder, scope)))].join(', ');
    const approval = { lines: [...new Set(lines.map(({ holder }) => holder))], name };
    return { kind: 'ring', steps, then: afterRing(mailbox, scope), approval };
  }
  if (nobody === 'no-devices' || nobody === 'offline' || nobody === 'unreachable') scope.add({ code: nobody, params: {} });
  return unansweredPlan(nobody, mailbox, scope);
}
