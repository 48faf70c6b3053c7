// Owns what an event makes of an escalation: who is called next, who takes it, and when nobody is asked any more.
// Called by escalation-run.ts alone, which stores the state before it acts.
// Must stay true: pure and total; at most one taker ever; whoever takes it while it is open gets it, whatever else happens.
import type {
  Escalation,
  EscalationAction,
  EscalationEvent,
  EscalationFacts,
  EscalationLeg,
  EscalationPlan,
  EscalationState,
  EscalationTransition,
  Taker,
} from './escalation.ts';
import { endLegs, isOfCurrentStep, lastAt, legTo, newLeg, openLeg, openLegs, placeOf, withLeg } from './escalation-legs.ts';

/** The key by which one takes it. */
const takeKey = '1';

/** After so long without the house nobody is called for it any more: it may be an alarm of a backup. Administrators see it. */
const maxGapMs = 3_600_000;

/** Before the first step. */
export const unbegun: EscalationState = {
  phase: 'asking',
  round: 1,
  step: -1,
  until: undefined,
  taker: undefined,
  isReported: false,
  endedAt: undefined,
  legs: [],
};

type Subject = { readonly plan: EscalationPlan; readonly facts: EscalationFacts };

/** The first step. */
export function beginEscalation(plan: EscalationPlan, facts: EscalationFacts): EscalationTransition {
  return nextStep(unbegun, { plan, facts });
}

/** What one event makes of an escalation, and what is to be done about it. */
export function advanceEscalation(
  { plan, state }: Pick<Escalation, 'plan' | 'state'>,
  event: EscalationEvent,
  facts: EscalationFacts,
): EscalationTransition {
  const subject = { plan, facts };
  switch (event.kind) {
    case 'ringing':
      return rang(state, event.leg, facts);
    case 'answered':
      return answered(state, event.leg, subject);
    case 'key':
      return pressed(state, event, subject);
    case 'leg-ended':
      return legEnded(state, event, subject);
    case 'listened':
      return listened(state, event.leg, subject);
    case 'step-over':
      return isCurrent(state, event) ? stepOver(state, subject) : same(state);
    case 'pause-over':
      return state.phase === 'pausing' && state.round === event.round ? nextRound(state, subject) : same(state);
    case 'take':
      return take(state, event.taker);
    case 'cancel':
      return cancel(state, facts);
    case 'resume':
      return resume(state, subject);
    case 'reported':
      return isOpen(state) ? same(state) : { state: { ...state, isReported: true }, actions: [] };
  }
}

/** Whether somebody is asked, or will be. */
export function isOpen({ phase }: Pick<EscalationState, 'phase'>): boolean {
  return phase === 'asking' || phase === 'pausing';
}

/** Whether somebody may still take it: also where nobody is asked any more. */
export function isTakeable({ phase }: Pick<EscalationState, 'phase'>): boolean {
  return phase !== 'taken' && phase !== 'cancelled';
}

function isCurrent(state: EscalationState, { round, step }: { readonly round: number; readonly step: number }): boolean {
  return state.phase === 'asking' && state.round === round && state.step === step;
}

function rang(state: EscalationState, id: string, { now }: EscalationFacts): EscalationTransition {
  const leg = openLeg(state, id);
  return same(leg === undefined || leg.ringingAt !== undefined ? state : withLeg(state, { ...leg, ringingAt: now }));
}

function answered(state: EscalationState, id: string, { facts }: Subject): EscalationTransition {
  const leg = openLeg(state, id);
  if (leg === undefined || leg.answeredAt !== undefined) return same(state);
  return { state: withLeg(state, { ...leg, answeredAt: facts.now }), actions: [{ kind: 'ask', leg: leg.id }] };
}

function pressed(
  state: EscalationState,
  event: Extract<EscalationEvent, { kind: 'key' }>,
  { facts }: Subject,
): EscalationTransition {
  const leg = openLeg(state, event.leg);
  if (leg === undefined || event.key !== takeKey) return same(state);
  const { personId, name } = leg;
  const answeredAt = leg.answeredAt ?? facts.now;
  const took = { ...leg, answeredAt, pressedAt: facts.now, endedAt: facts.now, outcome: 'took' as const };
  const { state: after, actions } = take(withLeg(state, took), { personId, name, by: 'key', at: facts.now });
  return { state: after, actions: [{ kind: 'confirm', leg: leg.id }, ...actions] };
}

/** The first gets it. Also where nobody is asked any more, so that what was left open comes to an end. */
function take(state: EscalationState, taker: Taker): EscalationTransition {
  if (!isTakeable(state)) return same(state);
  const open = openLegs(state);
  const own = open.filter((leg) => isOf(taker, leg));
  const others = open.filter((leg) => !isOf(taker, leg));
  const ended = endLegs(state, others, { outcome: 'taken-by-another', at: taker.at });
  return finish(endLegs(ended, own, { outcome: 'cancelled', at: taker.at }), {
    change: { phase: 'taken', taker, endedAt: taker.at },
    actions: [...own, ...others].map((leg) => tell(leg, taker)),
  });
}

function tell(leg: EscalationLeg, taker: Taker): EscalationAction {
  const { id, answeredAt } = leg;
  if (answeredAt === undefined) return { kind: 'hang-up', leg: id, why: 'elsewhere' };
  return isOf(taker, leg) ? { kind: 'confirm', leg: id } : { kind: 'stand-down', leg: id, taker };
}

function isOf({ personId }: Taker, leg: EscalationLeg): boolean {
  return personId !== undefined && leg.personId === personId;
}

function cancel(state: EscalationState, { now }: EscalationFacts): EscalationTransition {
  if (!isTakeable(state)) return same(state);
  const legs = openLegs(state);
  return finish(endLegs(state, legs, { outcome: 'cancelled', at: now }), {
    change: { phase: 'cancelled', endedAt: now },
    actions: legs.map(({ id }) => ({ kind: 'hang-up', leg: id, why: 'stopped' })),
  });
}

/** An answer without a key is an answering machine, or somebody who cannot take it. */
function legEnded(
  state: EscalationState,
  event: Extract<EscalationEvent, { kind: 'leg-ended' }>,
  subject: Subject,
): EscalationTransition {
  const leg = openLeg(state, event.leg);
  if (leg === undefined) return same(state);
  const outcome = leg.answeredAt === undefined ? event.outcome : 'no-key';
  return afterLeg(endLegs(state, [leg], { outcome, at: subject.facts.now }), subject);
}

function listened(state: EscalationState, id: string, subject: Subject): EscalationTransition {
  const leg = openLeg(state, id);
  if (leg?.answeredAt === undefined) return same(state);
  const after = afterLeg(endLegs(state, [leg], { outcome: 'no-key', at: subject.facts.now }), subject);
  return before([{ kind: 'hang-up', leg: leg.id, why: 'no-answer' }], after);
}

/**
 * Nobody of the step is left to be waited for: the next one is asked at once. Not where a call could not be made at all: the engine or
 * the network may be back when the time of the step is over, and would fail the whole chain in a moment.
 */
function afterLeg(state: EscalationState, subject: Subject): EscalationTransition {
  if (state.phase !== 'asking' || state.legs.some((leg) => isOfCurrentStep(state, leg) && leg.outcome === 'failed'))
    return same(state);
  const awaited =
    state.step < subject.plan.steps.length ? openLegs(state).filter((leg) => isOfCurrentStep(state, leg)) : openLegs(state);
  return awaited.length > 0 ? same(state) : nextStep(state, subject);
}

/** Whoever rings is given up; whoever answered goes on listening while the next ones are called. */
function stepOver(state: EscalationState, subject: Subject): EscalationTransition {
  const ringing = openLegs(state).filter(({ answeredAt }) => answeredAt === undefined);
  const actions = ringing.map(({ id }): EscalationAction => ({ kind: 'hang-up', leg: id, why: 'no-answer' }));
  return before(actions, nextStep(endLegs(state, ringing, { outcome: 'no-answer', at: subject.facts.now }), subject));
}

function nextStep(state: EscalationState, subject: Subject): EscalationTransition {
  const { plan } = subject;
  const step = Math.min(state.step + 1, plan.steps.length);
  const current = { ...state, phase: 'asking', step, until: undefined } as const;
  return step < plan.steps.length ? startStep(current, subject) : roundOver(current, subject);
}

function startStep(state: EscalationState, subject: Subject): EscalationTransition {
  const { plan, facts } = subject;
  const { targets = [], seconds = 0 } = plan.steps[state.step] ?? {};
  const isBusyNow = new Set(openLegs(state).map(placeOf));
  const callees = new Map(targets.flatMap((target) => facts.calleesOf(target)).map((callee) => [placeOf(callee), callee]));
  const legs = [...callees.values()]
    .filter((callee) => !isBusyNow.has(placeOf(callee)))
    .map((callee) => legTo(callee, state, facts));
  const next = { ...state, legs: [...state.legs, ...legs] };
  const called = legs.filter(({ outcome }) => outcome === undefined);
  if (called.length === 0) return nextStep(next, subject);
  const { round, step } = state;
  return {
    state: next,
    actions: [{ kind: 'time-step', round, step, seconds }, ...called.map((leg) => ({ kind: 'call', leg }) as const)],
  };
}

/** All were called. Between two rounds whoever listens may go on with that; at the end they are waited for. */
function roundOver(state: EscalationState, { plan, facts }: Subject): EscalationTransition {
  const { round } = state;
  if (round < plan.rounds) {
    const milliseconds = plan.pauseSeconds * 1000;
    const until = facts.now + milliseconds;
    return { state: { ...state, phase: 'pausing', until }, actions: [{ kind: 'time-pause', round, milliseconds }] };
  }
  if (openLegs(state).length > 0) return { state, actions: [{ kind: 'stop-timing' }] };
  return finish(state, { change: { phase: 'exhausted', endedAt: facts.now }, actions: [] });
}

function nextRound(state: EscalationState, subject: Subject): EscalationTransition {
  return nextStep({ ...state, round: state.round + 1, step: -1 }, subject);
}

/** The calls died with the process: whoever was being asked is called again, and nobody else. */
function resume(state: EscalationState, subject: Subject): EscalationTransition {
  const { facts, plan } = subject;
  if (!isOpen(state)) return state.isReported ? same(state) : { state, actions: [{ kind: 'report' }] };
  const lost = openLegs(state);
  if (facts.now - lastAt(state) > maxGapMs) {
    const ended = endLegs(state, lost, { outcome: 'interrupted', at: facts.now });
    return finish(ended, { change: { phase: 'exhausted', endedAt: facts.now }, actions: [] });
  }
  const again = lost.map((leg) => ({ ...leg, ...newLeg(facts) }));
  const ended = endLegs(state, lost, { outcome: 'interrupted', at: facts.now });
  const next = { ...ended, legs: [...ended.legs, ...again] };
  const calls = again.map((leg): EscalationAction => ({ kind: 'call', leg }));
  if (state.phase === 'pausing') {
    const milliseconds = Math.min(Math.max(0, (state.until ?? 0) - facts.now), plan.pauseSeconds * 1000);
    return { state: next, actions: [{ kind: 'time-pause', round: state.round, milliseconds }, ...calls] };
  }
  if (again.length === 0) return nextStep(next, subject);
  const seconds = plan.steps[state.step]?.seconds ?? lastSeconds(plan);
  return { state: next, actions: [{ kind: 'time-step', round: state.round, step: state.step, seconds }, ...calls] };
}

function lastSeconds({ steps }: EscalationPlan): number {
  return steps.at(-1)?.seconds ?? 0;
}

type End = { readonly change: Partial<EscalationState>; readonly actions: readonly EscalationAction[] };

function finish(state: EscalationState, { change, actions }: End): EscalationTransition {
  return {
    state: { ...state, until: undefined, isReported: false, ...change },
    actions: [{ kind: 'stop-timing' }, ...actions, { kind: 'report' }],
  };
}

function before(actions: readonly EscalationAction[], { state, actions: more }: EscalationTransition): EscalationTransition {
  return { state, actions: [...actions, ...more] };
}

function same(state: EscalationState): EscalationTransition {
  return { state, actions: [] };
}
