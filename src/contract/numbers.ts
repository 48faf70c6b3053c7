import { z } from 'zod';
import { e164 } from './e164.ts';
import { endpoint, noContent } from './endpoint.ts';
import { numberId, personId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';
import { displayName } from './display-name.ts';

export const ourNumber = z
  .object({
    id: numberId,
    /** E.164. */
    number: z.string(),
    name: z.string(),
    ownerPersonId: personId.nullable(),
    voiceEnabled: z.boolean(),
    createdAt: isoDateTime,
  })
  .meta({ id: 'Number' });

const numberParams = z.object({ id: numberId });

export const listNumbers = endpoint({
  id: 'listNumbers',
  method: 'GET',
  path: '/dids',
  access: 'admin',
  summary: 'Our phone numbers',
  query: listQuery(['createdAt', 'number', 'name'], { person: personId.optional() }),
  reply: pageOf(ourNumber),
});

/** Before `getNumber`, whose path fits as well. */
export const listOwnNumbers = endpoint({
  id: 'listOwnNumbers',
  method: 'GET',
  path: '/dids/mine',
  access: 'user',
  summary: 'The phone numbers of whoever asks, the oldest first',
  reply: z.object({ items: z.array(ourNumber) }),
});

export const getNumber = endpoint({
  id: 'getNumber',
  method: 'GET',
  path: '/dids/:id',
  access: 'admin',
  summary: 'One of our phone numbers',
  params: numberParams,
  reply: ourNumber,
});

export const createNumber = endpoint({
  id: 'createNumber',
  method: 'POST',
  path: '/dids',
  access: 'admin',
  summary: 'Add a phone number of ours',
  status: 201,
  body: z.strictObject({
    number: e164,
    name: displayName.default(''),
    ownerPersonId: personId.nullable().default(null),
    voiceEnabled: z.boolean().default(true),
  }),
  reply: ourNumber,
});

export const changeNumber = endpoint({
  id: 'changeNumber',
  method: 'PATCH',
  path: '/dids/:id',
  access: 'admin',
  summary: 'Change a number’s name, owner or switches; what is left out stays as it is',
  params: numberParams,
  body: z.strictObject({
    name: displayName.optional(),
    ownerPersonId: personId.nullable().optional(),
    voiceEnabled: z.boolean().optional(),
  }),
  reply: ourNumber,
});

export const deleteNumber = endpoint({
  id: 'deleteNumber',
  method: 'DELETE',
  path: '/dids/:id',
  access: 'admin',
  summary: 'Remove a phone number; calls to it are then refused',
  status: 204,
  params: numberParams,
  reply: noContent,
});
