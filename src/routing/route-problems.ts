import type { EscalationChainId } from '#base/ids.ts';
import type { EscalationChain } from './escalation-chain.ts';
import type { AfterRoute, Route, RouteAction, RouteConditions, TimeCondition } from './route.ts';
import type { RoutingSettings } from './routing-settings.ts';
import { isDayOf } from './schedule.ts';
import { ownNumberProblem, targetProblems } from './target-problems.ts';
import type { RoutingProblem, TargetContext } from './target-problems.ts';
import { zoneTime } from './zone-time.ts';

export type RouteContext = TargetContext & {
  readonly chains: readonly Pick<EscalationChain, 'id'>[];
  readonly settings: RoutingSettings;
  readonly now: number;
  /** Of the same number, looked at before this one. */
  readonly earlier: readonly Route[];
};

/** 29 February falls on a given weekday every 28 years, and once after 40. */
const horizonDays = 40 * 366;

/** What makes a rule pointless from the start, at its field; it is not taken. */
export function refusalsOf({ conditions, action }: Route, context: RouteContext): readonly RoutingProblem[] {
  const named = actionProblems(action, context).filter(({ severity }) => severity === 'broken');
  const times = conditions.times.flatMap((time, index) =>
    isEver(time, context) ? [] : [broken(`conditions.times.${index}`, 'never comes: no day from today on fits all of it')],
  );
  return [...times, ...contradictions(conditions), ...named];
}

/** What is wrong with a rule as the house is now. */
export function problemsOf({ conditions, action, isEnabled }: Route, context: RouteContext): readonly RoutingProblem[] {
  return [
    ...actionProblems(action, context),
    ...conditions.times.flatMap((time, index) => timeWarnings(time, `conditions.times.${index}`, context)),
    ...(isEnabled ? shadows(conditions, context) : []),
  ];
}

function actionProblems(action: RouteAction, context: RouteContext): readonly RoutingProblem[] {
  switch (action.kind) {
    case 'ring':
      return [
        ...targetProblems(action.targets, 'action.targets', context),
        ...destinationProblems(action.then, 'action.then', context),
      ];
    case 'escalate':
      return [...chainProblem(action.chainId, context), ...destinationProblems(action.then, 'action.then', context)];
    case 'forward':
      return [...destinationProblems(action, 'action', context), ...destinationProblems(action.then, 'action.then', context)];
    case 'voicemail':
      return destinationProblems(action, 'action', context);
    case 'reject':
    case 'play':
      return [];
  }
}

function chainProblem(chainId: EscalationChainId, { chains }: RouteContext): readonly RoutingProblem[] {
  const isThere = chains.some(({ id }) => id === chainId);
  return isThere ? [] : [broken('action.chainId', 'names an escalation chain that is not there')];
}

function destinationProblems(
  to: AfterRoute | Extract<RouteAction, { kind: 'forward' | 'voicemail' }>,
  field: string,
  { house }: TargetContext,
): readonly RoutingProblem[] {
  if (to.kind === 'forward') {
    const message = ownNumberProblem(to.number, house);
    return message === undefined ? [] : [broken(`${field}.number`, message)];
  }
  if (to.kind !== 'voicemail' || to.personId === undefined) return [];
  const isThere = house.people.all().some(({ id }) => id === to.personId);
  return isThere ? [] : [broken(`${field}.personId`, 'names a person who is not there')];
}

/** Whether the condition holds on any day to come; holidays can still be entered. */
function isEver(time: TimeCondition, { now, settings }: RouteContext): boolean {
  const anyDay: TimeCondition = { ...time, holidays: 'any' };
  const { day: today } = zoneTime(now, time.timeZone ?? settings.timeZone);
  for (let day = today - 1; day < today + horizonDays; day += 1) if (isDayOf(anyDay, day, noHolidays)) return true;
  return false;
}

const noHolidays: ReadonlySet<string> = new Set();

function timeWarnings(time: TimeCondition, field: string, { settings, now }: RouteContext): readonly RoutingProblem[] {
  const warnings: RoutingProblem[] = [];
  const { day } = zoneTime(now, time.timeZone ?? settings.timeZone);
  const yesterday = new Date((day - 1) * 86_400_000).toISOString().slice(0, 10);
  const isPast = time.dates.length > 0 && time.dates.every(({ to }) => to.length === 10 && to < yesterday);
  if (isPast) warnings.push(warning(`${field}.dates`, 'is over: no day to come is in it'));
  // A calendar that has none now may have some later.
  if (time.holidays === 'only' && settings.holidays.length === 0 && settings.holidayCalendars.length === 0)
    warnings.push(warning(`${field}.holidays`, 'never applies: no holidays are entered in the routing settings'));
  return warnings;
}

/** One entity cannot be two values at once. */
function contradictions({ states }: RouteConditions): readonly RoutingProblem[] {
  return states.flatMap(({ entityId, operator, value }, index) => {
    const other = states
      .slice(0, index)
      .find((one) => operator === 'is' && one.operator === 'is' && one.entityId === entityId && one.value !== value);
    if (other === undefined) return [];
    return [broken(`conditions.states.${index}.value`, `never comes: ${entityId} must be “${other.value}” at the same time`)];
  });
}

/** A rule behind one that always applies is never looked at. */
function shadows(conditions: RouteConditions, { earlier }: RouteContext): readonly RoutingProblem[] {
  const before = earlier.find((route) => route.isEnabled && isAlways(route.conditions));
  if (before === undefined) return [];
  const field = isAlways(conditions) ? 'priority' : 'conditions';
  return [warning(field, `is never looked at: the rule “${before.name}” before it applies to every call`)];
}

function isAlways({ times, callers, states }: RouteConditions): boolean {
  return times.length === 0 && callers.length === 0 && states.length === 0;
}

function broken(field: string, message: string): RoutingProblem {
  return { field, message, severity: 'broken' };
}

function warning(field: string, message: string): RoutingProblem {
  return { field, message, severity: 'warning' };
}
