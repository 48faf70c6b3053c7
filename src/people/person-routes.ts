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
import type { People } from './people.ts';
import type { Tokens } from './tokens.ts';

export function personRoutes(people: People, tokens: Tokens): Route[] {
  return [
    handle(whoAmI, ({ identity }) => describe(identity, people)),
    handle(listPeople, ({ query }) => people.list(query)),
    handle(getPerson, ({ params }) => people.get(params.id)),
    handle(createPerson, ({ body }) => people.create(body)),
    handle(changePerson, ({ params, body }) => people.change(params.id, body)),
    handle(deletePerson, ({ params }) => people.delete(params.id)),
    handle(listApiTokens, ({ query }) => tokens.list(query)),
    handle(createApiToken, ({ body }) => tokens.create(body)),
    handle(deleteApiToken, ({ params }) => tokens.delete(params.id)),
  ];
}

function describe(identity: Identity | undefined, people: People) {
  if (identity === undefined) throw new AppError('unauthorized', 'Say who you are');
  const person = identity.personId === undefined ? undefined : people.byId(identity.personId);
  return { kind: identity.kind, id: identity.id, role: identity.role, person: person ?? null };
}
