import { z } from 'zod';
import { endpoint, noContent } from './endpoint.ts';
import { streamReply, uploadBody } from './file.ts';
import { callId, messageId, personId } from './ids.ts';
import { csvUpload, importReport } from './import-report.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';

const params = z.object({ id: z.string() });
const booleanParam = z.enum(['true', 'false']).transform((text) => text === 'true');

/** `exact`: one number. `prefix`: all that begin so. `regex`: all in which it is found (RE2 syntax). */
export const blocklistKind = z.enum(['exact', 'prefix', 'regex']).meta({ id: 'BlocklistKind' });

const reason = z.string().trim().max(200);

const fields = {
  kind: blocklistKind,
  /** A number or the first digits of numbers, as you would dial them or in full, or a regular expression for numbers like +14165550123. */
  pattern: z.string().trim().min(1).max(200),
  /** Why, for the people of the house. */
  reason,
  enabled: z.boolean(),
};

export const blocklistEntry = z
  .object({
    id: z.string(),
    ...fields,
    pattern: z.string(),
    reason: z.string(),
    /** Whose calls it blocks; null for everybody’s. */
    personId: personId.nullable(),
    /** Calls it blocked. */
    hits: z.number().int(),
    lastHitAt: isoDateTime.nullable(),
    createdAt: isoDateTime,
  })
  .meta({ id: 'BlocklistEntry' });

export const listBlocklist = endpoint({
  id: 'listBlocklist',
  method: 'GET',
  path: '/blocklist',
  access: 'user',
  summary: 'Callers you blocked for calls to yourself; for an admin, all blocked callers',
  query: listQuery(['createdAt', 'lastHitAt', 'hits', 'pattern'], {
    person: personId.optional(),
    kind: blocklistKind.optional(),
    enabled: booleanParam.optional(),
    /** Part of the pattern or of the reason. */
    text: z.string().trim().min(1).max(64).optional(),
  }),
  reply: pageOf(blocklistEntry),
});

export const createBlocklistEntry = endpoint({
  id: 'createBlocklistEntry',
  method: 'POST',
  path: '/blocklist',
  access: 'user',
  summary: 'Block callers: for calls to yourself; where an admin does it, for the whole house',
  status: 201,
  body: z.strictObject({
    ...fields,
    reason: reason.default(''),
    enabled: z.boolean().default(true),
    /** `house`: for everybody’s calls, which is for administrators; `me`: for one’s own. */
    owner: z.enum(['house', 'me']).optional(),
  }),
  reply: blocklistEntry,
});

export const blockFromCall = endpoint({
  id: 'blockFromCall',
  method: 'POST',
  path: '/blocklist/from-call',
  access: 'user',
  summary: 'Block the far number of a past call: for calls to yourself; where an admin does it, for the whole house',
  status: 201,
  body: z.strictObject({ callId, reason: reason.default('') }),
  reply: blocklistEntry,
});

export const blockFromMessage = endpoint({
  id: 'blockFromMessage',
  method: 'POST',
  path: '/blocklist/from-message',
  access: 'user',
  summary: 'Block calls from the far number of a message: for calls to yourself; where an admin does it, for the whole house',
  status: 201,
  body: z.strictObject({ messageId, reason: reason.default('') }),
  reply: blocklistEntry,
});

export const importBlocklist = endpoint({
  id: 'importBlocklist',
  method: 'POST',
  path: '/blocklist/import',
  access: 'admin',
  summary:
    'Block callers for the whole house from a CSV file: the columns kind, pattern, reason and enabled, or numbers alone. Good lines are taken',
  body: uploadBody,
  upload: csvUpload,
  reply: importReport,
});

export const exportBlocklist = endpoint({
  id: 'exportBlocklist',
  method: 'GET',
  path: '/blocklist/export.csv',
  access: 'admin',
  summary: 'The blocklist of the whole house as a CSV file',
  reply: streamReply,
  replyTypes: ['text/csv'],
});

export const getBlocklistEntry = endpoint({
  id: 'getBlocklistEntry',
  method: 'GET',
  path: '/blocklist/:id',
  access: 'user',
  summary: 'One entry of the blocklist',
  params,
  reply: blocklistEntry,
});

export const changeBlocklistEntry = endpoint({
  id: 'changeBlocklistEntry',
  method: 'PATCH',
  path: '/blocklist/:id',
  access: 'user',
  summary: 'Change an entry of the blocklist; what is left out stays as it is',
  params,
  body: z.strictObject(fields).partial(),
  reply: blocklistEntry,
});

export const deleteBlocklistEntry = endpoint({
  id: 'deleteBlocklistEntry',
  method: 'DELETE',
  path: '/blocklist/:id',
  access: 'user',
  summary: 'Let these callers through again',
  status: 204,
  params,
  reply: noContent,
});
