import { z } from 'zod';
import { displayName, requiredDisplayName } from './display-name.ts';
import { endpoint, noContent } from './endpoint.ts';
import { streamReply, uploadBody } from './file.ts';
import { contactId, personId } from './ids.ts';
import { csvUpload, importReport } from './import-report.ts';
import { numberFilter } from './number-filter.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';

const params = z.object({ id: z.string() });

const group = requiredDisplayName.max(40);
const fields = {
  name: requiredDisplayName,
  numbers: z
    .array(
      z.strictObject({
        /** In any spelling, national ones as they are dialled here; kept as E.164. */
        number: z.string().trim().min(1).max(80),
        label: displayName.max(40).default(''),
      }),
    )
    .min(1)
    .max(20),
  /** Such as VIP, family, or any of your own. */
  groups: z.array(group).max(20),
};

export const contact = z
  .object({
    id: contactId,
    /** Whose; null for the whole house. */
    personId: z.string().nullable(),
    name: z.string(),
    numbers: z.array(z.object({ number: z.string(), label: z.string() })),
    groups: z.array(z.string()),
    /** The address book of a CardDAV server it is read from: only its groups can be changed here, and those of its card stay. */
    addressBookId: z.string().nullable(),
    /** Its name. */
    addressBookName: z.string().nullable(),
    createdAt: isoDateTime,
    changedAt: isoDateTime,
  })
  .meta({ id: 'Contact' });

export const listContacts = endpoint({
  id: 'listContacts',
  method: 'GET',
  path: '/contacts',
  access: 'user',
  summary: 'Contacts of the house and your own; for an admin, of everybody',
  query: listQuery(['name', 'createdAt', 'changedAt'], {
    group: group.optional(),
    number: numberFilter.optional(),
    /** Part of a name or number. */
    text: z.string().trim().min(1).max(64).optional(),
    /** `house`: the whole house’s alone; `me`: your own alone. */
    owner: z.enum(['house', 'me']).optional(),
  }),
  reply: pageOf(contact),
});

/** Null: the whole house’s, which is for administrators; left out: your own, and where an admin does it the house’s. */
const owner = personId.nullable().optional();

export const createContact = endpoint({
  id: 'createContact',
  method: 'POST',
  path: '/contacts',
  access: 'user',
  summary: 'Add a contact',
  status: 201,
  body: z.strictObject({ ...fields, groups: fields.groups.default([]), personId: owner }),
  reply: contact,
});

export const contactsUpload = {
  types: ['text/vcard', ...csvUpload.types],
  aliases: ['text/x-vcard', 'text/directory', ...csvUpload.aliases],
  maxBytes: 20 * 1024 * 1024,
} as const;

export const importContacts = endpoint({
  id: 'importContacts',
  method: 'POST',
  path: '/contacts/import',
  access: 'user',
  summary:
    'Add the contacts of a file: vCard 2.1 to 4.0, or CSV of any address book. What can be read is taken, the rest is listed',
  query: z.strictObject({
    /** `house`: the whole house’s, which is for administrators; left out: your own, and where an admin does it the house’s. */
    owner: z.enum(['house', 'me']).optional(),
  }),
  body: uploadBody,
  upload: contactsUpload,
  reply: importReport,
});

export const exportContactsCsv = endpoint({
  id: 'exportContactsCsv',
  method: 'GET',
  path: '/contacts/export.csv',
  access: 'user',
  summary: 'The contacts you see as a CSV file',
  reply: streamReply,
  replyTypes: ['text/csv'],
});

export const exportContactsVcard = endpoint({
  id: 'exportContactsVcard',
  method: 'GET',
  path: '/contacts/export.vcf',
  access: 'user',
  summary: 'The contacts you see as vCards (3.0)',
  reply: streamReply,
  replyTypes: ['text/vcard'],
});

export const listContactGroups = endpoint({
  id: 'listContactGroups',
  method: 'GET',
  path: '/contacts/groups',
  access: 'user',
  summary: 'The groups that the contacts you see are in, by name',
  reply: z.object({ items: z.array(z.object({ name: z.string(), contacts: z.number().int() })), total: z.number().int() }),
});

export const listContactDoubles = endpoint({
  id: 'listContactDoubles',
  method: 'GET',
  path: '/contacts/doubles',
  access: 'user',
  summary: 'Contacts that share a name or a number and may be the same: your own, and for an admin the whole house’s too',
  reply: z.object({
    /** The first fifty. */
    items: z.array(
      z.object({
        /** What they share; null: their name. */
        number: z.string().nullable(),
        /** Two or more of one owner; the first is the one to keep where nobody says otherwise. */
        contacts: z.array(contact),
      }),
    ),
    /** Of 500 and more, 500. */
    total: z.number().int(),
  }),
});

export const mergeContacts = endpoint({
  id: 'mergeContacts',
  method: 'POST',
  path: '/contacts/merge',
  access: 'user',
  summary:
    'Make one contact of several: the first is kept by its name, with the numbers and groups of all. What names the others, such as an escalation chain, names it then',
  body: z.strictObject({ ids: z.array(contactId).min(2).max(20) }),
  reply: contact,
});

export const getContact = endpoint({
  id: 'getContact',
  method: 'GET',
  path: '/contacts/:id',
  access: 'user',
  summary: 'One contact',
  params,
  reply: contact,
});

export const changeContact = endpoint({
  id: 'changeContact',
  method: 'PATCH',
  path: '/contacts/:id',
  access: 'user',
  summary: 'Change a contact, or whose it is; what is left out stays as it is. Those of the whole house are for administrators',
  params,
  body: z.strictObject({ ...fields, personId: owner }).partial(),
  reply: contact,
});

export const deleteContact = endpoint({
  id: 'deleteContact',
  method: 'DELETE',
  path: '/contacts/:id',
  access: 'user',
  summary: 'Remove a contact; those of the whole house are for administrators',
  status: 204,
  params,
  reply: noContent,
});
