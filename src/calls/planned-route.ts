import type { AfterRing, RingPlanStep, RoutingPlan, RoutingReason } from '#routing/decision.ts';
import type { CallRecord, Party } from './call.ts';
import type { ChallengeRule } from '#routing/routing-settings.ts';
import type { Phrase } from './phrase.ts';
import { unanswered } from '#routing/mailbox-plan.ts';
import type { Device } from '#devices/device.ts';
import type { Attempt, CallerId } from './ports.ts';
import type { CallRoute, TrunkRing } from './route-call.ts';
import type { Verdict } from './verdict.ts';

/** A number outside that is to ring. Screened: whoever answers must press a key, so that no mailbox takes the call. */
export type Forward = { readonly number: string; readonly isScreened: boolean };

/** What rings together, for so long. */
export type HouseStep = Pick<RingPlanStep, 'deviceIds' | 'seconds' | 'isScreened'> & { readonly forwards: readonly Forward[] };

/** What a call is to ring, or why it cannot. Legs are made of it by who knows the registrations. */
export type PlannedRoute = Omit<CallRoute, 'ring' | 'reasons'> & {
  readonly ring:
    | {
        readonly kind: 'steps';
        readonly steps: readonly HouseStep[];
        readonly from: CallerId;
        /** The caller must press a key first. */
        readonly challenge?: ChallengeRule;
      }
    | TrunkRing
    /** The caller hears the house itself, and the call is over. */
    | { readonly kind: 'spoken'; readonly say: readonly Phrase[]; readonly verdict: Verdict }
    | { readonly kind: 'nothing'; readonly verdict: Verdict };
  /** Why, where it was decided and not only read. */
  readonly reasons: readonly RoutingReason[];
  /** What was decided, where something was. */
  readonly plan?: RoutingPlan;
};

/** A route for which nothing needs to be decided. */
export function undecided(route: Omit<PlannedRoute, 'reasons'> & Pick<CallRoute, 'reasons'>): PlannedRoute {
  return { ...route, reasons: route.reasons ?? [] };
}

/** A call outside that is refused before a trunk is asked. */
export function refusedRoute(route: CallRoute, { verdict, reason }: RefusedRoute): PlannedRoute {
  return { ...route, ring: nothing(verdict), reasons: [...(route.reasons ?? []), reason] };
}

type RefusedRoute = { readonly verdict: Verdict; readonly reason: RoutingReason };

type Decided = {
  readonly plan: RoutingPlan;
  readonly reasons: readonly RoutingReason[];
  readonly caller: { readonly name: string };
};

/** A call to the house, as it was decided; the name of the caller is the one that the house knows. */
export function decided(route: CallRoute, { plan, reasons, caller: { name } }: Decided): PlannedRoute {
  const caller: Party = { ...route.caller, name };
  return {
    ...route,
    caller,
    reasons: [...(route.reasons ?? []), ...reasons],
    plan,
    ring: ringOf(plan, { caller, isContinued: false }),
  };
}

/** A call that was decided when the network reported it: whatever follows the ringing, the network is told then. */
export function decidedBefore({ direction, caller, callee, number, reasons }: CallRecord, plan: RoutingPlan): PlannedRoute {
  return { direction, caller, callee, number, reasons, plan, ring: ringOf(plan, { caller, isContinued: true }) };
}

type RingOptions = { readonly caller: Party; readonly isContinued: boolean };

function ringOf(plan: RoutingPlan, { caller: { number, name }, isContinued }: RingOptions): PlannedRoute['ring'] {
  const from = { number, name };
  // The network has asked already.
  const challenge = isContinued || !('challenge' in plan) || plan.challenge === undefined ? {} : { challenge: plan.challenge };
  switch (plan.kind) {
    case 'ring': {
      const rung = plan.steps.map(({ forwards, ...step }) => ({ ...step, forwards: forwards.map(toScreened) }));
      return { kind: 'steps', from, ...challenge, steps: isContinued ? rung : [...rung, ...stepsOf(plan.then)] };
    }
    case 'forward':
      return { kind: 'steps', from, ...challenge, steps: [...stepsOf(plan), ...stepsOf(plan.then)] };
    case 'voicemail':
      return nothing(unanswered(plan.reason));
    case 'reject':
      return nothing(plan.verdict);
    case 'play':
      return {
        kind: 'spoken',
        say: [{ kind: 'text', text: plan.text, language: plan.language }],
        verdict: { disposition: 'missed', reason: 'announcement' },
      };
  }
}

function toScreened(number: string): Forward {
  return { number, isScreened: true };
}

function stepsOf(after: AfterRing | Extract<RoutingPlan, { kind: 'forward' }>): readonly HouseStep[] {
  if (after.kind !== 'forward') return [];
  const { number, isScreened, seconds } = after;
  return [{ deviceIds: [], forwards: [{ number, isScreened }], seconds }];
}

function nothing(verdict: Verdict): PlannedRoute['ring'] {
  return { kind: 'nothing', verdict };
}

/** A phone that the house itself calls rings whatever its switches and rules say. */
export function directRing(
  { id }: Pick<Device, 'id'>,
  { party, shown = party, ringSeconds }: Extract<Attempt['caller'], { kind: 'house' }>,
  usualSeconds: number,
): PlannedRoute['ring'] {
  const { number, name } = shown;
  return {
    kind: 'steps',
    from: { number, name },
    steps: [{ deviceIds: [id], forwards: [], seconds: ringSeconds ?? usualSeconds }],
  };
}
