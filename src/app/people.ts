// Composes people and their tokens.
// Called by app.ts.
// Must stay true: an admin token is on the disk before anything is refused for a storage that does not last.
import { People } from '#people/people.ts';
import { personRoutes } from '#people/person-routes.ts';
import { PersonStore } from '#people/person-store.ts';
import { TokenStore } from '#people/token-store.ts';
import { Tokens } from '#people/tokens.ts';
import type { DevicesRoom } from './devices.ts';
import type { AppContext, Storage, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type PeopleRoom = {
  readonly people: People;
  readonly tokens: Tokens;
  readonly adminToken: string | undefined;
  readonly face: RoomFace;
};

type PeopleDeps = Pick<AppContext, 'clock' | 'newId' | 'overrides' | 'log'> & {
  readonly storage: Pick<Storage, 'db' | 'writes' | 'problem'>;
  readonly devices: DevicesRoom['devices'];
};

export async function composePeople({ storage, devices, clock, newId, overrides, log }: PeopleDeps): Promise<PeopleRoom> {
  const { db, writes, problem } = storage;
  const deps = {
    persons: new PersonStore(db),
    tokens: new TokenStore(db),
    writes,
    clock,
    newId,
    log: log.child({ room: 'people' }),
  };
  const people = new People(deps);
  people.onRemoved([(personId) => () => devices.releasePerson(personId)]);
  const tokens = new Tokens(deps);
  const adminToken = overrides.wantsNewAdminToken === true ? await tokens.renewFirst() : await tokens.ensureFirst();
  // What is written from here on would be gone with the process: a clear refusal is kinder than a success that does not last.
  if (problem !== undefined) writes.freeze(problem);
  return { people, tokens, adminToken, face: faceOf({ routes: personRoutes(people, tokens) }) };
}
