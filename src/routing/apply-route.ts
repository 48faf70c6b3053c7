import { askParents } from './ask-parents.ts';
import { mismatchOf } from './conditions.ts';
import type { AfterRing, RoutingPlan } from './decision.ts';
import { afterRing, unansweredPlan } from './mailbox-plan.ts';
import { chainSteps } from './chain-plan.ts';
import { ringSteps } from './ring-plan.ts';
import type { RingSteps } from './ring-plan.ts';
import type { AfterRoute, Route, RouteAction } from './route.ts';
import type { RoutingScope } from './routing-scope.ts';
import { isPersonSilent } from './silence.ts';
import type { VoicemailReason } from '#contract/call-verdicts.ts';

/** The plan of the first rule that applies; undefined where none does. What is broken is skipped, and said. */
export function applyRoutes(scope: RoutingScope): RoutingPlan | undefined {
  for (const route of scope.facts.routes) {
    const mismatch = route.isEnabled ? mismatchOf(route, scope) : 'off';
    const plan = mismatch === undefined ? planOf(route, scope) : undefined;
    scope.ruleOutcomes.set(route.id, mismatch ?? (plan === undefined ? 'broken' : 'applies'));
    if (plan !== undefined) return plan;
  }
  return undefined;
}

function planOf(route: Route, scope: RoutingScope): RoutingPlan | undefined {
  const missing = missingMailbox(route.action, scope);
  if (missing !== undefined) return broken(route, missing, scope);
  const matched = { code: 'route-matched', params: { routeId: route.id, name: route.name } } as const;
  if (route.action.kind === 'ring') return ringPlan(route, route.action, scope);
  if (route.action.kind === 'escalate') return escalatePlan(route, route.action, scope);
  scope.add(matched);
  return otherPlan(route.action, scope);
}

type Ring = Extract<RouteAction, { kind: 'ring' }>;
type Escalate = Extract<RouteAction, { kind: 'escalate' }>;

function ringPlan(route: Route, { targets, order, seconds, then }: Ring, scope: RoutingScope): RoutingPlan | undefined {
  const { id: routeId, name } = route;
  const exists = targets.some((target) => isThere(target, scope));
  if (!exists) return broken(route, 'whom it rings', scope);
  scope.add({ code: 'route-matched', params: { routeId, name } });
  return planOfSteps(ringSteps({ name, targets, order, seconds }, scope), { name, then, scope });
}

function escalatePlan(route: Route, { chainId, then }: Escalate, scope: RoutingScope): RoutingPlan | undefined {
  const { id: routeId, name } = route;
  const chain = scope.facts.chains.find(({ id }) => id === chainId);
  if (chain === undefined) return broken(route, 'the chain', scope);
  scope.add({ code: 'route-matched', params: { routeId, name } });
  scope.add({ code: 'escalation-chain', params: { chainId, name: chain.name } });
  return planOfSteps(chainSteps(chain, scope), { name: chain.name, then, scope });
}

type Rung = { readonly name: string; readonly then: AfterRoute; readonly scope: RoutingScope };

function planOfSteps({ steps, nobody, missing, strangers }: RingSteps, { name, then, scope }: Rung): RoutingPlan {
  for (const one of missing) scope.add({ code: 'target-missing', params: { name, missing: one } });
  if (nobody === undefined) return { kind: 'ring', steps, then: afterOf(then, scope) };
  if (nobody === 'not-on-list') return askParents(strangers, scope);
  if (nobody !== 'dnd' && nobody !== 'quiet-hours') scope.add({ code: nobody, params: {} });
  return afterPlan(then, nobody, scope);
}

function isThere(target: Ring['targets'][number], { facts }: RoutingScope): boolean {
  switch (target.kind) {
    case 'number':
      return true;
    case 'device':
      return facts.devices.some(({ device }) => device.id === target.id);
    case 'person':
      return facts.persons.some(({ id }) => id === target.id);
    case 'group':
      return facts.groups.some(({ id }) => id === target.id);
  }
}

function otherPlan(action: Exclude<RouteAction, Ring | Escalate>, scope: RoutingScope): RoutingPlan {
  switch (action.kind) {
    case 'forward': {
      const { number, seconds, isScreened, then } = action;
      if (scope.owner !== undefined && isPersonSilent(scope.owner, scope)) return afterPlan(then, 'dnd', scope);
      return { kind: 'forward', number, seconds, isScreened, then: afterOf(then, scope) };
    }
    case 'voicemail': {
      const plan = unansweredPlan('by-route', action.personId ?? scope.owner, scope);
      return plan.kind === 'voicemail' && action.greeting !== undefined ? { ...plan, greeting: action.greeting } : plan;
    }
    case 'reject':
      return action.tone === 'busy'
        ? { kind: 'reject', tone: 'busy', verdict: { disposition: 'busy', reason: 'busy-by-route' } }
        : { kind: 'reject', tone: 'rejected', verdict: { disposition: 'blocked', reason: 'rejected-by-route' } };
    case 'play':
      return { kind: 'play', text: action.text, language: action.language };
  }
}

function afterOf(then: AfterRoute, scope: RoutingScope): AfterRing {
  return then.kind === 'voicemail' ? afterRing(then.personId ?? scope.owner, scope) : then;
}

/** What follows at once, since nobody rings. */
function afterPlan(then: AfterRoute, reason: VoicemailReason, scope: RoutingScope): RoutingPlan {
  switch (then.kind) {
    case 'voicemail':
      return unansweredPlan(reason, then.personId ?? scope.owner, scope);
    case 'forward':
      if (reason === 'dnd' || reason === 'quiet-hours') return unansweredPlan(reason, scope.owner, scope);
      return { ...then, then: { kind: 'hang-up' } };
    case 'reject':
      return unansweredPlan(reason, undefined, scope);
  }
}

/** The mailbox of somebody who is no longer there. */
function missingMailbox(action: RouteAction, { facts }: RoutingScope): string | undefined {
  const targets = 'then' in action ? [action, action.then] : [action];
  const isGone = targets.some(
    (one) => one.kind === 'voicemail' && one.personId !== undefined && !facts.persons.some(({ id }) => id === one.personId),
  );
  return isGone ? 'whose mailbox it fills' : undefined;
}

function broken({ id: routeId, name }: Route, missing: string, scope: RoutingScope): undefined {
  scope.add({ code: 'route-broken', params: { routeId, name, missing } });
  return undefined;
}
