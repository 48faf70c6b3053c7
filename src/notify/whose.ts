import { AppError } from '#base/errors.ts';
import type { PersonId } from '#base/ids.ts';
import type { Identity } from '#contract/endpoint.ts';

export type IsPerson = (personId: PersonId) => boolean;

/** Whose settings are asked for: one's own, and for an administrator everybody's. Throws `not-found` for anybody else's. */
export function whose(given: PersonId | 'me', identity: Identity | undefined, isPerson: IsPerson): PersonId {
  const personId = given === 'me' ? identity?.personId : given;
  if (personId === undefined || !isTheirs(personId, identity) || !isPerson(personId)) {
    throw new AppError('not-found', 'There is no such person');
  }
  return personId;
}

export function isTheirs(personId: PersonId, identity: Identity | undefined): boolean {
  return identity?.role === 'admin' || personId === identity?.personId;
}
