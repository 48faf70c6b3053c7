import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { PersonId } from '#base/ids.ts';
import { visiblePerson } from '#base/visible-person.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { cancelEscalation, getEscalation, listEscalations, startEscalation, takeEscalation } from '#contract/escalations.ts';
import type { EscalationReply } from '#contract/escalations.ts';
import { answerPage } from '#contract/page.ts';
import type { Escalation, EscalationLeg, Taker } from './escalation.ts';
import type { Escalations } from './escalations.ts';

export type EscalationRoutesDeps = {
  readonly escalations: Escalations;
  /** Throws `not-found`. */
  readonly personOf: (id: PersonId) => { readonly name: string };
};

/** Users see the escalations that may ask them, with their own calls alone; an admin sees all. */
export function escalationRoutes({ escalations, personOf }: EscalationRoutesDeps): readonly Route[] {
  return [
    handle(listEscalations, ({ query, identity }) => {
      const filter = { phase: query.state, visibleTo: visiblePerson(identity) };
      return answerPage(
        query,
        (request) => escalations.list(filter, request),
        (one) => toReply(one, identity),
      );
    }),
    handle(startEscalation, ({ body, identity }) => toReply(escalations.begin(body), identity)),
    handle(getEscalation, ({ params, identity }) => toReply(escalations.get(params.id, visiblePerson(identity)), identity)),
    handle(takeEscalation, ({ params, body, identity }) => {
      const escalation = escalations.get(params.id, visiblePerson(identity));
      const personId = takerOf(identity, body.personId);
      const name = personId === undefined ? '' : personOf(personId).name;
      return toReply(escalations.take(escalation, { personId, name }), identity);
    }),
    handle(cancelEscalation, ({ params, identity }) => toReply(escalations.cancel(escalations.get(params.id)), identity)),
  ];
}

function takerOf(identity: Identity | undefined, asked: PersonId | undefined): PersonId | undefined {
  const own = identity?.personId;
  if (asked === undefined || asked === own) return own;
  if (identity?.role === 'admin') return asked;
  throw new AppError('forbidden', 'You can take it for yourself only', because('own-only'));
}

function toReply({ id, chainId, plan, message, startedAt, state }: Escalation, identity: Identity | undefined): EscalationReply {
  const { phase, round, step, endedAt, taker, legs } = state;
  const shown = identity?.role === 'admin' ? legs : legs.filter(({ personId }) => personId === identity?.personId);
  return {
    id,
    chainId: chainId ?? null,
    name: plan.name,
    message,
    state: phase,
    round,
    step: Math.min(step + 1, plan.steps.length),
    startedAt: isoTime(startedAt),
    endedAt: isoTimeOrNull(endedAt),
    takenBy: taker === undefined ? null : toTakerReply(taker),
    legs: shown.map(toLegReply),
  };
}

function toTakerReply({ personId, name, by, at }: Taker) {
  return { personId: personId ?? null, name, by, at: isoTime(at) };
}

function toLegReply(leg: EscalationLeg): EscalationReply['legs'][number] {
  const { id, round, step, name, personId, deviceId, number, outcome } = leg;
  return {
    id,
    round,
    step: step + 1,
    name,
    personId: personId ?? null,
    deviceId: deviceId ?? null,
    number: number ?? null,
    startedAt: isoTime(leg.startedAt),
    ringingAt: isoTimeOrNull(leg.ringingAt),
    answeredAt: isoTimeOrNull(leg.answeredAt),
    pressedAt: isoTimeOrNull(leg.pressedAt),
    endedAt: isoTimeOrNull(leg.endedAt),
    outcome: outcome ?? null,
  };
}
