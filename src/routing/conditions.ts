import { isAnonymous, isTrusted } from './routing-scope.ts';
import type { RoutingScope } from './routing-scope.ts';
import type { CallerFacts } from './decision.ts';
import type { CallerCondition, Route, StateCondition } from './route.ts';
import { isSameGroup } from './same-group.ts';
import { isWithin } from './schedule.ts';

/** Which of its conditions keeps a rule from applying to the call now; undefined where it applies. */
export function mismatchOf(route: Route, scope: RoutingScope): 'caller' | 'time' | 'state' | undefined {
  const { times, callers, states } = route.conditions;
  const { call, holidays } = scope;
  if (callers.length > 0 && !callers.some((condition) => isCaller(condition, call.caller))) return 'caller';
  if (times.length > 0 && !times.some((time) => isWithin(time, scope.zone(time.timeZone), holidays))) return 'time';
  return states.every((state) => isState(state, route, scope)) ? undefined : 'state';
}

function isCaller(condition: CallerCondition, caller: CallerFacts): boolean {
  switch (condition.kind) {
    case 'exact':
      return caller.number === condition.number;
    case 'prefix':
      return caller.number?.startsWith(condition.prefix) === true;
    case 'group':
      return caller.contact?.groups.some((group) => isSameGroup(group, condition.group)) === true;
    case 'anonymous':
      return isAnonymous(caller);
    case 'unknown':
      return !isTrusted(caller);
    case 'country':
      return caller.country === condition.country;
  }
}

/** What Home Assistant says where it does not know a state. */
const unknownStates = new Set(['unknown', 'unavailable', '']);

function isState(condition: StateCondition, route: Route, scope: RoutingScope): boolean {
  const holds = compareState(condition, scope);
  if (holds !== undefined) return holds;
  const { entityId, fallback } = condition;
  scope.add({ code: 'state-unknown', params: { routeId: route.id, name: route.name, entityId, fallback } });
  return fallback === 'match';
}

function compareState({ entityId, operator, value, maxAgeSeconds }: StateCondition, scope: RoutingScope): boolean | undefined {
  const state = scope.facts.states(entityId);
  if (state === undefined || unknownStates.has(state.value)) return undefined;
  if (scope.now - state.at > maxAgeSeconds * 1000) return undefined;
  switch (operator) {
    case 'is':
      return state.value === value;
    case 'is-not':
      return state.value !== value;
    case 'above':
    case 'below': {
      const [left, right] = [Number(state.value), Number(value)];
      if (Number.isNaN(left)) return undefined;
      return operator === 'above' ? left > right : left < right;
    }
  }
}
