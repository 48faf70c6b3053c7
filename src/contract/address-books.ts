import { z } from 'zod';
import { isoDateTime } from './date-time.ts';
import { requiredDisplayName } from './display-name.ts';
import { endpoint, noContent } from './endpoint.ts';
import { personId } from './ids.ts';
import { listQuery, pageOf } from './page.ts';

const params = z.object({ id: z.string() });

const fields = {
  name: requiredDisplayName,
  /** Of the server or the account, such as https://cloud.example.org/remote.php/dav. */
  url: z.string().trim().min(1).max(500),
  username: z.string().trim().min(1).max(200),
  /** Never shown again; kept sealed. An app password where the server has them. */
  password: z.string().min(1).max(500),
  refreshHours: z.number().int().min(1).max(720),
  enabled: z.boolean(),
};

export const addressBook = z
  .object({
    id: z.string(),
    name: z.string(),
    /** Whose contacts they become; null for the whole house’s. */
    personId: z.string().nullable(),
    url: z.string(),
    username: z.string(),
    refreshHours: z.number().int(),
    enabled: z.boolean(),
    syncedAt: isoDateTime.nullable(),
    triedAt: isoDateTime.nullable(),
    /** Why its contacts could not be read the last time; they are kept then. */
    problem: z.string().nullable(),
    createdAt: isoDateTime,
  })
  .meta({ id: 'AddressBook' });

export const listAddressBooks = endpoint({
  id: 'listAddressBooks',
  method: 'GET',
  path: '/address-books',
  access: 'admin',
  summary: 'Address books on CardDAV servers that contacts are read from',
  query: listQuery(['createdAt'], {}),
  reply: pageOf(addressBook),
});

export const createAddressBook = endpoint({
  id: 'createAddressBook',
  method: 'POST',
  path: '/address-books',
  access: 'admin',
  summary: 'Read contacts from a CardDAV server, for the whole house or for a person',
  status: 201,
  body: z.strictObject({
    ...fields,
    personId: personId.nullable().default(null),
    refreshHours: fields.refreshHours.default(24),
    enabled: fields.enabled.default(true),
  }),
  reply: addressBook,
});

export const getAddressBook = endpoint({
  id: 'getAddressBook',
  method: 'GET',
  path: '/address-books/:id',
  access: 'admin',
  summary: 'One address book on a server',
  params,
  reply: addressBook,
});

export const changeAddressBook = endpoint({
  id: 'changeAddressBook',
  method: 'PATCH',
  path: '/address-books/:id',
  access: 'admin',
  summary: 'Change where and how an address book is read; another address needs the password again',
  params,
  body: z.strictObject(fields).partial(),
  reply: addressBook,
});

export const deleteAddressBook = endpoint({
  id: 'deleteAddressBook',
  method: 'DELETE',
  path: '/address-books/:id',
  access: 'admin',
  summary: 'Read an address book no longer, and remove the contacts that came from it; the server is not changed',
  status: 204,
  params,
  reply: noContent,
});

export const syncAddressBook = endpoint({
  id: 'syncAddressBook',
  method: 'POST',
  path: '/address-books/:id/sync',
  access: 'admin',
  summary: 'Read an address book now; a failure is in its problem, and its contacts stay',
  params,
  reply: addressBook,
});
