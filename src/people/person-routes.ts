import { isoTime, isoTimeOrNull, parseTime } from '#base/clock.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import {
  changePerson,
  createApiToken,
  createPerson,
  deleteApiToken,
  deletePerson,
  getPerson,
  listApiTokens,
  listPeople,
} from '#contract/people.ts';
import { answerPage } from '#contract/page.ts';
import type { People } from './people.ts';
import type { ApiToken, Person } from './person.ts';
import type { Tokens } from './tokens.ts';

export function personRoutes(people: People, tokens: Tokens): Route[] {
  return [
    handle(listPeople, ({ query }) =>
      answerPage(query, (request) => people.list({ ...request, role: query.role }), toPersonReply),
    ),
    handle(getPerson, ({ params }) => toPersonReply(people.get(params.id))),
    handle(createPerson, async ({ body }) => toPersonReply(await people.create(body))),
    handle(changePerson, async ({ params, body }) => toPersonReply(await people.change(params.id, body))),
    handle(deletePerson, ({ params }) => people.delete(params.id)),
    handle(listApiTokens, ({ query }) => answerPage(query, (request) => tokens.list(request), toTokenReply)),
    handle(createApiToken, async ({ body }) => {
      const { token, ...made } = await tokens.create({ ...body, expiresAt: parseTime(body.expiresAt) });
      return { ...toTokenReply(made), token };
    }),
    handle(deleteApiToken, ({ params }) => tokens.delete(params.id)),
  ];
}

export function toPersonReply({ createdAt, changedAt, homeAssistantUserId, ...rest }: Person) {
  return {
    ...rest,
    homeAssistantUserId: homeAssistantUserId ?? null,
    createdAt: isoTime(createdAt),
    changedAt: isoTime(changedAt),
  };
}

function toTokenReply({ personId, createdAt, expiresAt, lastUsedAt, ...rest }: ApiToken) {
  return {
    ...rest,
    personId: personId ?? null,
    createdAt: isoTime(createdAt),
    expiresAt: isoTimeOrNull(expiresAt),
    lastUsedAt: isoTimeOrNull(lastUsedAt),
  };
}
