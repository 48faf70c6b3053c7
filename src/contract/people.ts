import { z } from 'zod';
import { endpoint, noContent } from './endpoint.ts';
import { personId, tokenId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';
import { requiredDisplayName } from './display-name.ts';

export const role = z.enum(['admin', 'user']).meta({ id: 'Role' });

export const username = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{0,31}$/, 'Use 1 to 32 letters, digits, dots, dashes or underscores');

/** Which passwords will do, the room says: it knows the person. */
export const newPassword = z.string().max(200);

/** The user's id in Home Assistant, 32 hexadecimal digits today. */
const homeAssistantUserId = z.string().regex(/^[0-9A-Za-z-]{1,64}$/, 'must be the id of a user of Home Assistant');

export const person = z
  .object({
    id: personId,
    username: z.string(),
    name: z.string(),
    role,
    hasPassword: z.boolean(),
    homeAssistantUserId: z.string().nullable(),
    createdAt: isoDateTime,
    changedAt: isoDateTime,
  })
  .meta({ id: 'Person' });

const personParams = z.object({ id: personId });

export const listPeople = endpoint({
  id: 'listPeople',
  method: 'GET',
  path: '/users',
  access: 'admin',
  summary: 'The people of the house',
  query: listQuery(['createdAt', 'name', 'username'], { role: role.optional() }),
  reply: pageOf(person),
});

export const getPerson = endpoint({
  id: 'getPerson',
  method: 'GET',
  path: '/users/:id',
  access: 'admin',
  summary: 'One person',
  params: personParams,
  reply: person,
});

export const createPerson = endpoint({
  id: 'createPerson',
  method: 'POST',
  path: '/users',
  access: 'admin',
  summary: 'Add a person',
  status: 201,
  body: z.strictObject({
    username,
    name: requiredDisplayName,
    role: role.default('user'),
    password: newPassword.optional(),
    homeAssistantUserId: homeAssistantUserId.nullable().optional(),
  }),
  reply: person,
});

export const changePerson = endpoint({
  id: 'changePerson',
  method: 'PATCH',
  path: '/users/:id',
  access: 'admin',
  summary: 'Change a person; what is left out stays as it is. A new password ends all sessions of the person',
  params: personParams,
  body: z.strictObject({
    username: username.optional(),
    name: requiredDisplayName.optional(),
    role: role.optional(),
    password: newPassword.nullable().optional(),
    homeAssistantUserId: homeAssistantUserId.nullable().optional(),
    /** The user of Home Assistant may be linked to somebody else now, who is removed where nothing is theirs. */
    movesLink: z.boolean().default(false),
  }),
  reply: person,
});

export const deletePerson = endpoint({
  id: 'deletePerson',
  method: 'DELETE',
  path: '/users/:id',
  access: 'admin',
  summary: 'Remove a person, their sessions and the API tokens made for them',
  status: 204,
  params: personParams,
  reply: noContent,
});

/** `read`: GET alone. */
export const tokenScope = z.enum(['read', 'all']).meta({ id: 'TokenScope' });

export const apiToken = z
  .object({
    id: tokenId,
    name: z.string(),
    role,
    personId: personId.nullable(),
    scope: tokenScope,
    createdAt: isoDateTime,
    expiresAt: isoDateTime.nullable(),
    lastUsedAt: isoDateTime.nullable(),
  })
  .meta({ id: 'ApiToken' });

export const listApiTokens = endpoint({
  id: 'listApiTokens',
  method: 'GET',
  path: '/api-tokens',
  access: 'admin',
  summary: 'The API tokens, without their secret text',
  query: listQuery(['createdAt', 'name'], {}),
  reply: pageOf(apiToken),
});

export const createApiToken = endpoint({
  id: 'createApiToken',
  method: 'POST',
  path: '/api-tokens',
  access: 'admin',
  summary: 'Make an API token; its text is shown in this reply and never again',
  status: 201,
  body: z
    .strictObject({
      name: requiredDisplayName,
      role: role.optional(),
      personId: personId.optional(),
      scope: tokenScope.default('all'),
      expiresAt: isoDateTime.optional(),
    })
    .refine((body) => (body.role === undefined) !== (body.personId === undefined), {
      path: ['role'],
      message: 'or personId must be given, not both: a token made for a person has that person’s role',
    }),
  reply: apiToken.extend({ token: z.string() }).meta({ id: 'NewApiToken' }),
});

export const deleteApiToken = endpoint({
  id: 'deleteApiToken',
  method: 'DELETE',
  path: '/api-tokens/:id',
  access: 'admin',
  summary: 'Revoke an API token',
  status: 204,
  params: z.object({ id: tokenId }),
  reply: noContent,
});
