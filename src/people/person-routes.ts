import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import {
  changePerson,
  createApiToken,
  createPerson,
  deleteApiToken,
  deletePerson,
  getPerson,
  listApiTokens,
  listPeople,
  whoAmI,
} from '#contract/people.ts';
import { answerPage } from '#contract/page.ts';
import type { People } from './people.ts';
import type { ApiToken, Person } from './person.ts';
import type { Tokens } from './tokens.ts';

export function personRoutes(people: People, tokens: Tokens): Route[] {
  return [
    handle(whoAmI, ({ identity }) => toIdentityReply(identity, people)),
    handle(listPeople, ({ query }) =>
      answerPage(query, (request) => people.list({ ...request, role: query.role }), toPersonReply),
    ),
    handle(getPerson, ({ params }) => toPersonReply(people.get(params.id))),
    handle(createPerson, async ({ body }) => toPersonReply(await people.create(body))),
    handle(changePerson, async ({ params, body }) => toPersonReply(await people.change(params.id, body))),
    handle(deletePerson, ({ params }) => people.delete(params.id)),
    handle(listApiTokens, ({ query }) => answerPage(query, (request) => tokens.list(request), toTokenReply)),
    handle(createApiToken, async ({ body }) => {
      const { token, ...made } = await tokens.create(body);
      return { ...toTokenReply(made), token };
    }),
    handle(deleteApiToken, ({ params }) => tokens.delete(params.id)),
  ];
}

function toIdentityReply(identity: Identity | undefined, people: People) {
  if (identity === undefined) throw new AppError('unauthorized', 'Say who you are');
  const person = identity.personId === undefined ? undefined : people.byId(identity.personId);
  return {
    kind: identity.kind,
    id: identity.id,
    role: identity.role,
    person: person === undefined ? null : toPersonReply(person),
  };
}

function toPersonReply({ createdAt, changedAt, ...rest }: Person) {
  return { ...rest, createdAt: isoTime(createdAt), changedAt: isoTime(changedAt) };
}

function toTokenReply({ personId, createdAt, lastUsedAt, ...rest }: ApiToken) {
  return { ...rest, personId: personId ?? null, createdAt: isoTime(createdAt), lastUsedAt: isoTimeOrNull(lastUsedAt) };
}
