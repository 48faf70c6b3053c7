import { verdictOfLegs, verdictOfStop } from './call-end.ts';
import type { CallAction, CallEvent, CallState, LegPlan, LegState, RingStep, Transition } from './call-transition.ts';
import type { LegOutcome } from './call.ts';
import type { CancelReason, StopReason } from './ports.ts';
import type { Verdict } from './verdict.ts';

/** The first step of a new call; a call whose phones are all offline ends at once. */
export function begin(steps: readonly RingStep[]): Transition {
  return startStep({ phase: 'ringing', steps, step: -1, legs: new Map() }, 0);
}

/** What one event makes of a call, and what is to be done about it. */
export function advance(state: CallState, event: CallEvent): Transition {
  switch (event.kind) {
    case 'trying':
      return trying(state, event.leg);
    case 'step-timeout':
      return stepTimedOut(state, event);
    case 'progressed':
      return progressed(state, event);
    case 'screening':
      return screening(state, event.leg);
    case 'answered':
      return answered(state, event.leg);
    case 'failed':
      return failed(state, event.leg, event.outcome);
    case 'redirected':
      return redirected(state, event);
    case 'steps-added':
      return stepsAdded(state, event.steps);
    case 'ring-time-over':
      return state.phase === 'ringing' ? ringTimeOver(state) : same(state);
    case 'caller-gone':
      return callerGone(state, event.why);
    case 'hung-up':
      return state.phase === 'connected' ? end(state, event.verdict, []) : same(state);
    case 'group-gone':
      return groupGone(state, event.group);
    case 'stopped':
      return stopped(state, event.why);
  }
}

function trying(state: CallState, id: string): Transition {
  const leg = state.legs.get(id);
  return leg?.phase === 'calling' ? { state: withLeg(state, { ...leg, phase: 'trying' }), actions: [] } : same(state);
}

/** The silent leg stays: it may have reached a phone, and the first answer gets the call. */
function stepTimedOut(state: CallState, event: Extract<CallEvent, { kind: 'step-timeout' }>): Transition {
  if (state.phase !== 'ringing' || state.steps[state.step] !== event.step) return same(state);
  const isGoing = liveInStep(state).some(
    ({ phase }) => phase === 'ringing' || phase === 'screening' || (event.for === 'trying' && phase === 'trying'),
  );
  return isGoing || state.steps[state.step + 1] === undefined ? same(state) : startStep(state, state.step + 1);
}

function progressed(state: CallState, event: Extract<CallEvent, { kind: 'progressed' }>): Transition {
  const leg = state.legs.get(event.leg);
  if (state.phase !== 'ringing' || leg === undefined || leg.phase === 'over') return same(state);
  // Early media of one fork would contradict the answer of another in the same dialog (RFC 3261 section 13.2.1).
  const isAlone = [...state.legs.values()].every((one) => one.id === leg.id || (one.phase === 'over' && one.hadMedia !== true));
  const withMedia = event.hasMedia && isAlone;
  return {
    state: withLeg(state, { ...leg, phase: 'ringing', hadMedia: leg.hadMedia === true || withMedia }),
    actions: [{ kind: 'pass', leg: leg.id, status: event.status, withMedia }],
  };
}

function screening(state: CallState, id: string): Transition {
  const leg = state.legs.get(id);
  if (state.phase !== 'ringing' || leg === undefined || leg.phase === 'over') return same(state);
  return { state: withLeg(state, { ...leg, phase: 'screening' }), actions: [] };
}

function answered(state: CallState, id: string): Transition {
  const leg = state.legs.get(id);
  if (leg === undefined) return same(state);
  // The answer crossed our CANCEL, or another fork was faster (RFC 3261 sections 9.1 and 13.2.2.4).
  if (state.phase !== 'ringing' || leg.phase === 'over') {
    return { state, actions: [{ kind: 'release', leg: id, why: whyLate(leg.outcome) }] };
  }
  const others = cancelLive(withLeg(state, { ...leg, phase: 'answered', outcome: 'answered' }), 'elsewhere');
  return {
    state: { ...others.state, phase: 'connected' },
    actions: [...others.actions, { kind: 'connect', leg: id }],
  };
}

function whyLate(outcome: LegOutcome | undefined): CancelReason {
  if (outcome === 'answered-elsewhere') return 'elsewhere';
  return outcome === 'no-answer' || outcome === 'unreachable' ? 'no-answer' : 'caller-gone';
}

function failed(state: CallState, id: string, outcome: LegOutcome): Transition {
  const leg = state.legs.get(id);
  if (state.phase !== 'ringing' || leg === undefined || leg.phase === 'over') return same(state);
  const next = withLeg(state, { ...leg, phase: 'over', outcome });
  // A person who declines on one contact of a device means the device (a 6xx ends the fork, RFC 3261 section 16.7).
  const { state: after, actions } =
    outcome === 'declined' ? cancelLive(next, 'elsewhere', (one) => one.group === leg.group) : same(next);
  if (liveInStep(after).length > 0) return { state: after, actions };
  return chain(actions, afterStep(after));
}

/** What else rings goes on; the new steps begin beside it, before those still to come. */
function redirected(state: CallState, { leg: id, steps: added }: Extract<CallEvent, { kind: 'redirected' }>): Transition {
  const leg = state.legs.get(id);
  if (added.length === 0) return failed(state, id, 'redirected');
  if (state.phase !== 'ringing' || leg === undefined || leg.phase === 'over') return same(state);
  const steps = state.steps.toSpliced(state.step + 1, 0, ...added);
  const next = withLeg({ ...state, steps }, { ...leg, phase: 'over', outcome: 'redirected', isFollowed: true });
  return chain([{ kind: 'pass', leg: id, status: 181, withMedia: false }], startStep(next, state.step + 1));
}

/** What rings goes on; the new steps begin beside it, before those still to come. */
function stepsAdded(state: CallState, added: readonly RingStep[]): Transition {
  if (state.phase !== 'ringing' || added.length === 0) return same(state);
  return startStep({ ...state, steps: state.steps.toSpliced(state.step + 1, 0, ...added) }, state.step + 1);
}

/** Whoever answered in time is not cut off while they are asked for a key. */
function ringTimeOver(state: CallState): Transition {
  const { state: after, actions } = cancelLive(state, 'no-answer', ({ phase }) => phase !== 'screening');
  return liveInStep(after).length > 0 ? { state: after, actions } : chain(actions, afterStep(after));
}

function groupGone(state: CallState, group: string): Transition {
  if (state.phase !== 'ringing') return same(state);
  const { state: after, actions } = cancelLive(state, 'unregistered', (leg) => leg.group === group);
  return actions.length === 0 || liveInStep(after).length > 0 ? { state: after, actions } : chain(actions, afterStep(after));
}

function callerGone(state: CallState, why: 'elsewhere' | 'caller-gone' = 'caller-gone'): Transition {
  if (state.phase === 'ended') return same(state);
  const { state: after, actions } = cancelLive(state, why);
  const spoken = state.phase === 'ringing' ? state.steps[state.step]?.verdict : undefined;
  return chain(actions, end(after, spoken ?? { disposition: 'cancelled', reason: 'caller-cancelled' }, []));
}

function stopped(state: CallState, why: StopReason): Transition {
  if (state.phase === 'ended') return same(state);
  const verdict = verdictOfStop(why, state.phase === 'connected');
  if (state.phase === 'connected') return end(state, verdict, [{ kind: 'hang-up', why }]);
  const { state: after, actions } = cancelLive(state, 'stopped');
  return chain(actions, end(after, verdict, [{ kind: 'reject', verdict }]));
}

/** No leg of this step rings any more: the next step, or the end once no leg rings at all. */
function afterStep(state: CallState): Transition {
  const next = mayGoOn(state) ? nextStep(state) : undefined;
  if (next !== undefined) return startStep(state, next);
  if (live(state).length > 0) return same(state);
  const verdict = state.steps[state.step]?.verdict ?? verdictOfLegs([...state.legs.values()]);
  return end(state, verdict, [{ kind: 'reject', verdict }]);
}

/** A caller whom the house could not speak to is let through: losing the call would be worse. */
function mayGoOn({ steps, step, legs }: CallState): boolean {
  const current = steps[step];
  if (current?.verdict === undefined) return true;
  const outcomes = current.legs.flatMap(({ id, isVoice }) => (isVoice === true ? legs.get(id)?.outcome : []));
  return outcomes.every((outcome) => outcome === 'answered' || outcome === 'no-media');
}

/** Steps that are only for an unreachable one before them are skipped where it was reached. */
function nextStep({ steps, step, legs }: CallState): number | undefined {
  const done = steps[step]?.legs.map(({ id }) => legs.get(id)?.outcome) ?? [];
  const isUnreachable = done.every((outcome) => outcome === undefined || outcome === 'unreachable' || outcome === 'offline');
  const index = steps.findIndex((one, at) => at > step && (isUnreachable || !one.onlyIfUnreachable));
  return index === -1 ? undefined : index;
}

function startStep(state: CallState, index: number): Transition {
  const step = state.steps[index];
  if (step === undefined) return afterStep({ ...state, step: index });
  const legs = new Map(state.legs);
  const plans = step.isRetry === true ? step.legs.filter((plan) => mayHaveRecovered(state, plan)) : step.legs;
  for (const plan of plans) {
    legs.set(
      plan.id,
      plan.isOffline ? { ...plan, phase: 'over', outcome: 'offline' } : { ...plan, phase: 'calling', outcome: undefined },
    );
  }
  const next = { ...state, step: index, legs };
  const reachable = plans.filter(({ isOffline }) => !isOffline);
  return reachable.length === 0 ? afterStep(next) : { state: next, actions: [{ kind: 'ring', step, legs: reachable }] };
}

/** A refusal would be repeated; a trunk that was unreachable or had an error may have recovered. */
function mayHaveRecovered({ legs }: CallState, { group }: LegPlan): boolean {
  const earlier = [...legs.values()].filter((leg) => leg.group === group);
  return earlier.length > 0 && earlier.every(({ outcome }) => outcome === 'unreachable' || outcome === 'error');
}

/** A leg that did not even ring counts as silent: 408 in the sense of RFC 3261 section 16.7, weaker than any answer. */
function outcomeOf(why: CancelReason, { phase }: LegState): LegOutcome {
  switch (why) {
    case 'elsewhere':
      return 'answered-elsewhere';
    case 'no-answer':
      return phase === 'ringing' || phase === 'screening' ? 'no-answer' : 'unreachable';
    case 'caller-gone':
    case 'stopped':
      return 'cancelled';
    case 'unregistered':
      return 'offline';
  }
}

function cancelLive(state: CallState, why: CancelReason, which: (leg: LegState) => boolean = () => true): Transition {
  const legs = new Map(state.legs);
  const actions: CallAction[] = [];
  for (const leg of live(state).filter(which)) {
    const outcome = outcomeOf(why, leg);
    legs.set(leg.id, { ...leg, phase: 'over', outcome });
    actions.push({ kind: 'cancel', leg: leg.id, why, outcome });
  }
  return { state: { ...state, legs }, actions };
}

function live(state: CallState): readonly LegState[] {
  return [...state.legs.values()].filter(({ phase }) => phase !== 'answered' && phase !== 'over');
}

function liveInStep(state: CallState): readonly LegState[] {
  const ids = new Set(state.steps[state.step]?.legs.map(({ id }) => id));
  return live(state).filter(({ id }) => ids.has(id));
}

function withLeg(state: CallState, leg: LegState): CallState {
  return { ...state, legs: new Map(state.legs).set(leg.id, leg) };
}

function end(state: CallState, verdict: Verdict, before: readonly CallAction[]): Transition {
  return { state: { ...state, phase: 'ended' }, actions: [...before, { kind: 'end', verdict }] };
}

function same(state: CallState): Transition {
  return { state, actions: [] };
}

function chain(actions: readonly CallAction[], transition: Transition): Transition {
  return actions.length === 0 ? transition : { state: transition.state, actions: [...actions, ...transition.actions] };
}
