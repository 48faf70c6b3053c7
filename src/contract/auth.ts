import { z } from 'zod';
import { endpoint, noContent } from './endpoint.ts';
import { requiredDisplayName } from './display-name.ts';
import { lockoutId, personId, sessionId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';
import { newPassword, person, role, tokenScope, username } from './people.ts';

/** Of somebody who signs in: whatever is too long for one is simply wrong. */
const givenPassword = z.string().max(1_000);

export const logIn = endpoint({
  id: 'logIn',
  method: 'POST',
  path: '/auth/login',
  access: 'public',
  summary: 'Sign in by password: begins a session of 24 hours, counted from its last use, which a cookie carries',
  body: z.strictObject({ username: z.string().trim().toLowerCase().max(100), password: givenPassword }),
  reply: z.object({ person }),
});

export const logOut = endpoint({
  id: 'logOut',
  method: 'POST',
  path: '/auth/logout',
  access: 'user',
  summary: 'End the session of this request',
  status: 204,
  reply: noContent,
});

export const whoAmI = endpoint({
  id: 'whoAmI',
  method: 'GET',
  path: '/auth/me',
  access: 'user',
  summary: 'Who makes this request',
  reply: z.object({
    kind: z.enum(['token', 'session', 'ingress']).meta({ id: 'IdentityKind' }),
    id: z.string(),
    role,
    scope: tokenScope,
    person: person.nullable(),
    sessionId: z.string().nullable(),
  }),
});

export const changeOwnPassword = endpoint({
  id: 'changeOwnPassword',
  method: 'POST',
  path: '/auth/password',
  access: 'user',
  summary: 'Change your own password; ends all your other sessions',
  status: 204,
  body: z.strictObject({ currentPassword: givenPassword, newPassword }),
  reply: noContent,
});

export const session = z
  .object({
    id: z.string(),
    personId: z.string(),
    address: z.string(),
    userAgent: z.string(),
    createdAt: isoDateTime,
    lastUsedAt: isoDateTime,
    expiresAt: isoDateTime,
    isCurrent: z.boolean(),
  })
  .meta({ id: 'Session' });

export const listSessions = endpoint({
  id: 'listSessions',
  method: 'GET',
  path: '/auth/sessions',
  access: 'user',
  summary: 'Where somebody is signed in: a user sees their own sessions, an administrator those of everybody',
  query: listQuery(['lastUsedAt', 'createdAt'], { personId: personId.optional() }),
  reply: pageOf(session),
});

export const endSession = endpoint({
  id: 'endSession',
  method: 'DELETE',
  path: '/auth/sessions/:id',
  access: 'user',
  summary: 'End a session of your own; an administrator any',
  status: 204,
  params: z.object({ id: sessionId }),
  reply: noContent,
});

export const endSessionsOfPerson = endpoint({
  id: 'endSessionsOfPerson',
  method: 'DELETE',
  path: '/users/:id/sessions',
  access: 'admin',
  summary: 'End all sessions of a person',
  status: 204,
  params: z.object({ id: personId }),
  reply: noContent,
});

export const lockout = z
  .object({
    id: z.string(),
    /** An IPv4 address, or the network of a subscriber, such as `2001:db8::/56`. */
    source: z.string(),
    kind: z.enum(['password', 'token']).meta({ id: 'LoginKind' }),
    failures: z.number().int(),
    failedAt: isoDateTime,
    lockedUntil: isoDateTime,
  })
  .meta({ id: 'Lockout' });

export const listLockouts = endpoint({
  id: 'listLockouts',
  method: 'GET',
  path: '/auth/lockouts',
  access: 'admin',
  summary: 'Addresses that have to wait because logins from there failed',
  reply: z.object({ items: z.array(lockout) }),
});

export const endLockout = endpoint({
  id: 'endLockout',
  method: 'DELETE',
  path: '/auth/lockouts/:id',
  access: 'admin',
  summary: 'Let an address sign in again at once',
  status: 204,
  params: z.object({ id: lockoutId }),
  reply: noContent,
});

export const getFirstSetup = endpoint({
  id: 'getFirstSetup',
  method: 'GET',
  path: '/system/setup',
  access: 'public',
  summary: 'Whether this house still waits for its first administrator',
  reply: z.object({ isOpen: z.boolean() }),
});

export const runFirstSetup = endpoint({
  id: 'runFirstSetup',
  method: 'POST',
  path: '/system/setup',
  access: 'public',
  summary: 'Make the first administrator with the setup token that GoSIP showed at its first start, and sign in; possible once',
  status: 201,
  body: z.strictObject({ token: z.string().max(200), username, name: requiredDisplayName, password: newPassword }),
  reply: z.object({ person }),
});
