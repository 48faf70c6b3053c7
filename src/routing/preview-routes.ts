import { isoTime, parseTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { previewRoute } from '#contract/routing-preview.ts';
import type { PreviewBody, PreviewReply } from '#contract/routing-preview.ts';
import { toReasonReply } from '#contract/routing-reasons.ts';
import { decideInDetail } from './decide.ts';
import type { CallQuestion, RoutingFacts, RoutingPlan } from './decision.ts';
import type { Dnd } from './dnd.ts';
import type { Route as RoutingRule, RouteId } from './route.ts';
import type { RuleOutcome } from './routing-scope.ts';

/** What a call of this caller would be decided by at this time, as calls gather it. Throws `invalid` with the field at fault. */
export type GatherPreview = (
  asked: Pick<PreviewBody, 'caller' | 'called'>,
  at: number,
) => { readonly question: CallQuestion; readonly facts: RoutingFacts };

export function previewRoutes(clock: Clock, gather: GatherPreview): readonly Route[] {
  return [
    handle(previewRoute, ({ body }) => {
      const at = parseTime(body.at) ?? clock.now();
      const { question, facts } = gather(body, at);
      const imagined = imagine(facts, body, at);
      const routes = withDraft(question, facts.routes, body.draft);
      const { plan, reasons, ruleOutcomes } = decideInDetail(question, { ...imagined, routes }, at);
      // The same data; replies are not typed as read-only.
      const wire = structuredClone(plan) as PreviewReply['plan'];
      const rules = rulesOf(routes, ruleOutcomes);
      return { at: isoTime(at), plan: wire, reasons: reasons.map(toReasonReply), rules, rings: ringsOf(plan, imagined) };
    }),
  ];
}

const newRule: RouteId = 'route_draft';

/** The rules of the called number, with the one that is being written at its place. */
function withDraft(
  { called }: CallQuestion,
  routes: readonly RoutingRule[],
  draft: PreviewBody['draft'],
): readonly RoutingRule[] {
  if (draft === undefined || called.kind !== 'number') return routes;
  const { id = newRule, enabled: isEnabled, ...rest } = draft;
  const rule: RoutingRule = { ...rest, id, numberId: called.number.id, isEnabled, createdAt: 0 };
  const isKnown = routes.some((one) => one.id === id);
  return isKnown ? routes.map((one) => (one.id === id ? rule : one)) : [...routes, rule];
}

function rulesOf(routes: readonly RoutingRule[], outcomes: ReadonlyMap<RouteId, RuleOutcome>): PreviewReply['rules'] {
  if (outcomes.size === 0) return [];
  return routes.map(({ id, name }) => {
    const routeId = id === newRule ? null : id;
    return { routeId, name, outcome: outcomes.get(id) ?? 'not-reached' };
  });
}

/** The facts, with what the question puts in their place. */
function imagine(facts: RoutingFacts, { states, dnd }: PreviewBody, at: number): RoutingFacts {
  const { house, persons, devices } = facts.dnd;
  return {
    ...facts,
    states: (entityId) => {
      const value = states[entityId];
      return value === undefined ? facts.states(entityId) : { value, at };
    },
    dnd: {
      house: dnd.house === undefined ? house : switched(dnd.house),
      persons: overlay(persons, dnd.persons as Readonly<Record<PersonId, boolean>>),
      devices: overlay(devices, dnd.devices as Readonly<Record<DeviceId, boolean>>),
    },
  };
}

function overlay<Key extends string>(
  real: ReadonlyMap<Key, Dnd>,
  imagined: Readonly<Record<Key, boolean>>,
): ReadonlyMap<Key, Dnd> {
  const entries = Object.entries(imagined) as [Key, boolean][];
  return new Map([...real, ...entries.map(([id, isOn]) => [id, switched(isOn)] as const)]);
}

function switched(isOn: boolean): Dnd {
  return { isOn, until: undefined };
}

function ringsOf(plan: RoutingPlan, { devices }: RoutingFacts): PreviewReply['rings'] {
  if (plan.kind === 'forward') {
    return [{ step: 1, seconds: plan.seconds, deviceId: null, name: plan.number, isRegistered: true }];
  }
  if (plan.kind !== 'ring') return [];
  return plan.steps.flatMap(({ deviceIds, forwards, seconds }, index) => {
    const step = index + 1;
    const phones = devices.flatMap(({ device: { id, name }, isRegistered }) =>
      deviceIds.includes(id) ? [{ step, seconds, deviceId: id as string, name, isRegistered }] : [],
    );
    return [...phones, ...forwards.map((name) => ({ step, seconds, deviceId: null, name, isRegistered: true }))];
  });
}
