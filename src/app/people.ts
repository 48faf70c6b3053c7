// Composes people, how they sign in, and their tokens.
// Called by app.ts.
// Must stay true: an admin token is on the disk before anything is refused for a storage that does not last.
import { authRoutes } from '#people/auth-routes.ts';
import { FirstSetup } from '#people/first-setup.ts';
import { FirstSetupStore } from '#people/first-setup-store.ts';
import { Login } from '#people/login.ts';
import { loginAlerts } from '#people/login-alerts.ts';
import { LoginAttemptStore } from '#people/login-attempt-store.ts';
import { LoginLockouts } from '#people/login-lockouts.ts';
import { PasswordHasher } from '#people/password-hasher.ts';
import { People } from '#people/people.ts';
import { personRoutes } from '#people/person-routes.ts';
import { PersonStore } from '#people/person-store.ts';
import { SessionStore } from '#people/session-store.ts';
import { Sessions } from '#people/sessions.ts';
import { TokenStore } from '#people/token-store.ts';
import { Tokens } from '#people/tokens.ts';
import type { DevicesRoom } from './devices.ts';
import type { AppContext, Storage, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type PeopleRoom = {
  readonly people: People;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly lockouts: LoginLockouts;
  readonly adminToken: string | undefined;
  readonly setupToken: string | undefined;
  readonly face: RoomFace;
};

type PeopleDeps = Pick<AppContext, 'clock' | 'newId' | 'overrides' | 'log' | 'events'> & {
  readonly storage: Pick<Storage, 'db' | 'writes' | 'problem'>;
  readonly devices: DevicesRoom['devices'];
};

export async function composePeople(given: PeopleDeps): Promise<PeopleRoom> {
  const { storage, devices, overrides } = given;
  const { db, writes, problem } = storage;
  const stores = {
    persons: new PersonStore(db),
    tokens: new TokenStore(db),
    sessions: new SessionStore(db),
    firstSetup: new FirstSetupStore(db),
    attempts: new LoginAttemptStore(db),
  };
  const hasher = new PasswordHasher();
  const deps = { ...given, ...stores, hasher, writes, log: given.log.child({ room: 'people' }) };
  const people = new People(deps);
  people.onRemoved([(personId) => () => devices.releasePerson(personId)]);
  const tokens = new Tokens(deps);
  const sessions = new Sessions(deps);
  const lockouts = new LoginLockouts(deps);
  const login = new Login({ ...deps, sessionStore: stores.sessions, sessions, lockouts });
  const firstSetup = new FirstSetup({ ...deps, people, lockouts });
  const isLost = overrides.wantsNewAdminToken === true;
  const adminToken = isLost ? await tokens.renewFirst() : await tokens.ensureFirst();
  const setupToken = problem === undefined ? await firstSetup.tokenToShow(isLost) : undefined;
  // What is written from here on would be gone with the process: a clear refusal is kinder than a success that does not last.
  if (problem !== undefined) writes.freeze(problem);
  const routes = [...personRoutes(people, tokens), ...authRoutes({ people, login, sessions, lockouts, firstSetup })];
  return {
    people,
    tokens,
    sessions,
    lockouts,
    adminToken,
    setupToken,
    face: faceOf({ routes, alerts: loginAlerts(() => lockouts.list()) }),
  };
}
