// Owns the one decision: what becomes of a call to the house, and why.
// Called by calls for the calls of trunks, webhooks and phones alike, and by the preview.
// Must stay true: pure and total. The order is a promise: emergency, blocklist, hidden numbers, spam, children's lines, do not disturb, rules, default.
import { allowedForwards } from './allowed-forwards.ts';
import { applyRoutes } from './apply-route.ts';
import { askParents } from './ask-parents.ts';
import { childMayCall } from './child-calls.ts';
import type { CallQuestion, RoutingDecision, RoutingFacts, RoutingPlan } from './decision.ts';
import { afterRing, unansweredPlan } from './mailbox-plan.ts';
import { ringSteps } from './ring-plan.ts';
import type { RingWish } from './ring-plan.ts';
import type { RingTarget } from './ring-group.ts';
import { isTrusted, RoutingScope } from './routing-scope.ts';
import { screenCaller } from './screen-caller.ts';
import { isHouseSilent } from './silence.ts';

type Stage = (scope: RoutingScope) => RoutingPlan | undefined;

const numberStages: readonly Stage[] = [
  emergencyCallback,
  switchedOff,
  screenCaller,
  full,
  childMayCall,
  houseSilent,
  applyRoutes,
];
const extensionStages: readonly Stage[] = [callingItself, screenCaller, childMayCall, houseSilent];

/** What becomes of a call, and the chain of reasons. `now`: milliseconds since the Unix epoch. */
export function decide(call: CallQuestion, facts: RoutingFacts, now: number): RoutingDecision {
  const { plan, reasons } = decideInDetail(call, facts, now);
  return { plan, reasons };
}

type DetailedDecision = RoutingDecision & Pick<RoutingScope, 'ruleOutcomes'>;

/** With what became of each rule that was looked at, for those who ask why. */
export function decideInDetail(call: CallQuestion, facts: RoutingFacts, now: number): DetailedDecision {
  const scope = new RoutingScope(call, facts, now);
  const [stages, last] = call.called.kind === 'number' ? [numberStages, ringOwner] : [extensionStages, ringExtension];
  let plan: RoutingPlan | undefined;
  for (const stage of stages) plan ??= stage(scope);
  const decided = challenged(plan ?? last(scope), scope);
  const { ruleOutcomes } = scope;
  return { ...allowedForwards({ plan: decided, reasons: scope.reasons }, facts.mayForward), ruleOutcomes };
}

/** Help may call back from any number, withheld or on any list: every phone rings. */
function emergencyCallback(scope: RoutingScope): RoutingPlan | undefined {
  const { emergencyUntil: until, devices, settings } = scope.facts;
  if (until === undefined || scope.now >= until || scope.call.caller.kind === 'device') return undefined;
  scope.add({ code: 'emergency-callback', params: { until } });
  const isThere = devices.some(({ isRegistered }) => isRegistered) && (scope.call.via !== 'webhook' || scope.facts.isReachable);
  const deviceIds = devices.flatMap(({ device }) => (device.enabled ? [device.id] : []));
  if (!isThere || deviceIds.length === 0) return ringOwner(scope);
  const steps = [{ deviceIds, forwards: [], seconds: settings.ringSeconds }];
  return { kind: 'ring', steps, then: afterRing(scope.owner, scope) };
}

function switchedOff(scope: RoutingScope): RoutingPlan | undefined {
  const { called } = scope.call;
  if (called.kind !== 'number' || called.number.voiceEnabled) return undefined;
  scope.add({ code: 'switched-off', params: {} });
  return { kind: 'reject', tone: 'rejected', verdict: { disposition: 'blocked', reason: 'switched-off' } };
}

function full(scope: RoutingScope): RoutingPlan | undefined {
  if (!scope.facts.isFull) return undefined;
  scope.add({ code: 'too-many-calls', params: {} });
  return { kind: 'reject', tone: 'busy', verdict: { disposition: 'failed', reason: 'too-many-calls' } };
}

function houseSilent(scope: RoutingScope): RoutingPlan | undefined {
  return isHouseSilent(scope) ? unansweredPlan('dnd', scope.owner, scope) : undefined;
}

function ringOwner(scope: RoutingScope): RoutingPlan {
  const { owner } = scope;
  if (owner === undefined) {
    scope.add({ code: 'no-owner', params: {} });
    return { kind: 'reject', tone: 'rejected', verdict: { disposition: 'failed', reason: 'no-owner' } };
  }
  scope.add({ code: 'default', params: {} });
  return ringOrVoicemail([{ kind: 'person', id: owner }], scope);
}

function callingItself(scope: RoutingScope): RoutingPlan | undefined {
  const { called, caller } = scope.call;
  if (called.kind !== 'device' || called.device.id !== caller.deviceId) return undefined;
  scope.add({ code: 'calling-itself', params: {} });
  return { kind: 'reject', tone: 'rejected', verdict: { disposition: 'failed', reason: 'calling-itself' } };
}

function ringExtension(scope: RoutingScope): RoutingPlan {
  const { called } = scope.call;
  if (called.kind === 'group') {
    const { name, members, order, seconds } = called.group;
    return ringOrVoicemail(members, scope, { name, order, seconds });
  }
  return ringOrVoicemail(called.kind === 'device' ? [{ kind: 'device', id: called.device.id }] : [], scope);
}

function ringOrVoicemail(targets: readonly RingTarget[], scope: RoutingScope, how: Partial<RingWish> = {}): RoutingPlan {
  const wish = { name: '', order: 'all', seconds: scope.facts.settings.ringSeconds, targets, ...how } as const;
  const { steps, nobody, missing, strangers } = ringSteps(wish, scope);
  for (const one of missing) scope.add({ code: 'target-missing', params: { name: wish.name, missing: one } });
  if (nobody === undefined) return { kind: 'ring', steps, then: afterRing(scope.owner, scope) };
  if (nobody === 'not-on-list') return askParents(strangers, scope);
  if (nobody !== 'dnd' && nobody !== 'quiet-hours') scope.add({ code: nobody, params: {} });
  return unansweredPlan(nobody, scope.owner, scope);
}

/** A robot presses no digit: neither phones nor mailboxes hear of it. */
function challenged(plan: RoutingPlan, scope: RoutingScope): RoutingPlan {
  const { challenge } = scope.facts.settings;
  const { emergencyUntil = 0 } = scope.facts;
  if (challenge === undefined || isTrusted(scope.call.caller) || scope.now < emergencyUntil) return plan;
  if (plan.kind === 'reject' || plan.kind === 'play') return plan;
  // A trunk leaves its voicemail to the network, which the house does not hear: nothing is to be guarded.
  if (plan.kind === 'voicemail' && scope.call.via !== 'webhook') return plan;
  // Whoever is asked is answered, and the network offers them no voicemail any more: losing the call would be worse.
  if (scope.call.via === 'failover-trunk') {
    scope.add({ code: 'challenge-impossible', params: {} });
    return plan;
  }
  scope.add({ code: 'challenge', params: { digit: challenge.digit } });
  return { ...plan, challenge };
}
