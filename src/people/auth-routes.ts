import { isoTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { noPerson } from '#base/ids.ts';
import {
  changeOwnPassword,
  endLockout,
  endSession,
  endSessionsOfPerson,
  getFirstSetup,
  listLockouts,
  listSessions,
  logIn,
  logOut,
  runFirstSetup,
  whoAmI,
} from '#contract/auth.ts';
import { handle, handleSession } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { answerPage } from '#contract/page.ts';
import type { FirstSetup } from './first-setup.ts';
import type { Login } from './login.ts';
import type { LoginAttempts } from './login-attempt-store.ts';
import type { LoginLockouts } from './login-lockouts.ts';
import type { People } from './people.ts';
import { toPersonReply } from './person-routes.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export type AuthRouteDeps = {
  readonly people: People;
  readonly login: Login;
  readonly sessions: Sessions;
  readonly lockouts: LoginLockouts;
  readonly firstSetup: FirstSetup;
};

export function authRoutes(deps: AuthRouteDeps): Route[] {
  return [...loginRoutes(deps), ...sessionRoutes(deps), ...lockoutRoutes(deps), ...setupRoutes(deps)];
}

function loginRoutes({ people, login, sessions }: AuthRouteDeps): Route[] {
  return [
    handleSession(logIn, async ({ body, client }) => {
      const { person, secret } = await login.logIn(body, client);
      return { reply: { person: toPersonReply(person) }, secret };
    }),
    handleSession(logOut, async ({ identity }) => {
      const by = identified(identity);
      if (by.sessionId === undefined) throw new AppError('conflict', 'This request has no session to end');
      await sessions.end(by.sessionId, by);
      return { reply: undefined, secret: null };
    }),
    handle(whoAmI, ({ identity }) => toIdentityReply(identified(identity), people)),
    handle(changeOwnPassword, ({ body, identity, client }) => login.changePassword(body, identified(identity), client)),
  ];
}

function sessionRoutes({ people, sessions }: AuthRouteDeps): Route[] {
  return [
    handle(listSessions, ({ query, identity }) => {
      const { role, personId: own = noPerson, sessionId } = identified(identity);
      // A user who asks for somebody else's gets none.
      const isForeign = role !== 'admin' && query.personId !== undefined && query.personId !== own;
      const personId = role === 'admin' ? query.personId : isForeign ? noPerson : own;
      return answerPage(
        query,
        (request) => sessions.list({ ...request, personId }),
        (session) => toSessionReply(session, sessionId),
      );
    }),
    handle(endSession, ({ params, identity }) => sessions.end(params.id, identified(identity))),
    handle(endSessionsOfPerson, ({ params }) => sessions.endAllOf(people.get(params.id).id)),
  ];
}

function lockoutRoutes({ lockouts }: AuthRouteDeps): Route[] {
  return [
    handle(listLockouts, () => ({ items: lockouts.list().map(toLockoutReply) })),
    handle(endLockout, ({ params }) => lockouts.unlock(params.id)),
  ];
}

function setupRoutes({ firstSetup, sessions }: AuthRouteDeps): Route[] {
  return [
    handle(getFirstSetup, () => ({ isOpen: firstSetup.isOpen })),
    handleSession(runFirstSetup, async ({ body, client }) => {
      const person = await firstSetup.run(body, client.address);
      return { reply: { person: toPersonReply(person) }, secret: await sessions.begin(person.id, client) };
    }),
  ];
}

function identified(identity: Identity | undefined): Identity {
  if (identity === undefined) throw new AppError('unauthorized', 'Not signed in');
  return identity;
}

function toIdentityReply({ kind, id, role, scope = 'all', personId, sessionId }: Identity, people: People) {
  const person = personId === undefined ? undefined : people.byId(personId);
  return { kind, id, role, scope, person: person === undefined ? null : toPersonReply(person), sessionId: sessionId ?? null };
}

function toSessionReply({ createdAt, lastUsedAt, expiresAt, ...rest }: Session, current: string | undefined) {
  const times = { createdAt: isoTime(createdAt), lastUsedAt: isoTime(lastUsedAt), expiresAt: isoTime(expiresAt) };
  return { ...rest, ...times, isCurrent: rest.id === current };
}

function toLockoutReply({ failedAt, lockedUntil, ...rest }: LoginAttempts) {
  return { ...rest, failedAt: isoTime(failedAt), lockedUntil: isoTime(lockedUntil ?? failedAt) };
}
