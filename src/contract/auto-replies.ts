import { z } from 'zod';
import { endpoint, noContent } from './endpoint.ts';
import { autoReplyId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';
import { normalizeDigits } from './normalize-digits.ts';
import { displayName } from './display-name.ts';
import { openingHours } from './opening-hours.ts';

const params = z.object({ id: autoReplyId });

const fields = {
  name: displayName,
  /** One of ours, E.164; null for all of them, which is for administrators. */
  number: z.string().overwrite(normalizeDigits).nullable(),
  /** `after_hours` replies at every time that is not in `hours`, in the house’s time zone. */
  trigger: z.enum(['dnd', 'after_hours', 'keyword']).meta({ id: 'AutoReplyTrigger' }),
  /** Of `keyword`: any of them, as words of the message, in any case. */
  keywords: z.array(z.string().trim().min(1).max(40)).max(20),
  hours: openingHours,
  body: z.string().trim().min(1).max(1600),
  /** A sender gets no second automatic reply within this time. */
  quietMinutes: z.number().int().min(1).max(10_080),
  enabled: z.boolean(),
};

export const autoReply = z
  .object({ id: autoReplyId, ...fields, name: z.string().max(80), createdAt: isoDateTime })
  .meta({ id: 'AutoReply' });

export const listAutoReplies = endpoint({
  id: 'listAutoReplies',
  method: 'GET',
  path: '/auto-replies',
  access: 'user',
  summary: 'Automatic replies of your own numbers; for an admin, of all numbers',
  query: listQuery(['createdAt'], {}),
  reply: pageOf(autoReply),
});

export const createAutoReply = endpoint({
  id: 'createAutoReply',
  method: 'POST',
  path: '/auto-replies',
  access: 'user',
  summary: 'Add an automatic reply',
  status: 201,
  body: z.strictObject({
    ...fields,
    name: fields.name.default(''),
    number: fields.number.default(null),
    keywords: fields.keywords.default([]),
    hours: fields.hours.default([]),
    quietMinutes: fields.quietMinutes.default(60),
    enabled: fields.enabled.default(true),
  }),
  reply: autoReply,
});

export const getAutoReply = endpoint({
  id: 'getAutoReply',
  method: 'GET',
  path: '/auto-replies/:id',
  access: 'user',
  summary: 'One automatic reply',
  params,
  reply: autoReply,
});

export const changeAutoReply = endpoint({
  id: 'changeAutoReply',
  method: 'PATCH',
  path: '/auto-replies/:id',
  access: 'user',
  summary: 'Change an automatic reply; what is left out stays as it is',
  params,
  body: z.strictObject(fields).partial(),
  reply: autoReply,
});

export const deleteAutoReply = endpoint({
  id: 'deleteAutoReply',
  method: 'DELETE',
  path: '/auto-replies/:id',
  access: 'user',
  summary: 'Remove an automatic reply',
  status: 204,
  params,
  reply: noContent,
});
