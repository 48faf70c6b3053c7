import { z } from 'zod';
import { isoDateTime } from './date-time.ts';
import { requiredDisplayName } from './display-name.ts';
import { endpoint, noContent } from './endpoint.ts';
import { uploadBody } from './file.ts';
import { csvUpload, importReport } from './import-report.ts';
import { listQuery, pageOf } from './page.ts';

const params = z.object({ id: z.string() });

const fields = {
  name: requiredDisplayName,
  /** Where it is fetched from, a public server with https; null: it is uploaded. */
  url: z
    .url({ protocol: /^https$/, error: 'must be an address that begins with https://' })
    .max(500)
    .nullable(),
  /** What the server is shown as `Authorization: Bearer`; null for none. Never shown again. */
  token: z.string().trim().min(1).max(500).nullable(),
  /** Of numbers that are not written in full. */
  country: z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters, such as DE'),
  refreshHours: z.number().int().min(1).max(720),
  /** Off, it blocks nobody and is not fetched. */
  enabled: z.boolean(),
};

export const spamList = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string().nullable(),
    hasToken: z.boolean(),
    country: z.string(),
    refreshHours: z.number().int(),
    enabled: z.boolean(),
    /** How many numbers it has. */
    numbers: z.number().int(),
    /** How old they are; null where there are none. */
    importedAt: isoDateTime.nullable(),
    triedAt: isoDateTime.nullable(),
    /** Why it could not be read the last time. */
    problem: z.string().nullable(),
    createdAt: isoDateTime,
  })
  .meta({ id: 'SpamList' });

export const listSpamLists = endpoint({
  id: 'listSpamLists',
  method: 'GET',
  path: '/spam-lists',
  access: 'admin',
  summary: 'Lists of numbers that others reported, each with its age',
  query: listQuery(['createdAt'], {}),
  reply: pageOf(spamList),
});

export const createSpamList = endpoint({
  id: 'createSpamList',
  method: 'POST',
  path: '/spam-lists',
  access: 'admin',
  summary:
    'Add a list of reported numbers, off unless it is switched on; contacts and numbers called of late get through all the same',
  status: 201,
  body: z.strictObject({
    ...fields,
    url: fields.url.default(null),
    token: fields.token.default(null),
    /** The house’s by default. */
    country: fields.country.optional(),
    refreshHours: fields.refreshHours.default(24),
    enabled: fields.enabled.default(false),
  }),
  reply: spamList,
});

export const getSpamList = endpoint({
  id: 'getSpamList',
  method: 'GET',
  path: '/spam-lists/:id',
  access: 'admin',
  summary: 'One list of reported numbers',
  params,
  reply: spamList,
});

export const changeSpamList = endpoint({
  id: 'changeSpamList',
  method: 'PATCH',
  path: '/spam-lists/:id',
  access: 'admin',
  summary: 'Change a list of reported numbers or switch it on; another address forgets the token',
  params,
  body: z.strictObject(fields).partial(),
  reply: spamList,
});

export const deleteSpamList = endpoint({
  id: 'deleteSpamList',
  method: 'DELETE',
  path: '/spam-lists/:id',
  access: 'admin',
  summary: 'Remove a list and its numbers',
  status: 204,
  params,
  reply: noContent,
});

export const importSpamList = endpoint({
  id: 'importSpamList',
  method: 'POST',
  path: '/spam-lists/:id/import',
  access: 'admin',
  summary: 'Replace the numbers of a list by those of a CSV file; one without numbers changes nothing',
  params,
  body: uploadBody,
  upload: csvUpload,
  reply: importReport,
});

export const refreshSpamList = endpoint({
  id: 'refreshSpamList',
  method: 'POST',
  path: '/spam-lists/:id/refresh',
  access: 'admin',
  summary: 'Fetch a list now; a failure is in its problem, and its numbers stay',
  params,
  reply: spamList,
});
