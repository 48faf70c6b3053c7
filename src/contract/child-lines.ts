import { z } from 'zod';
import { isoDateTime } from './date-time.ts';
import { displayName } from './display-name.ts';
import { endpoint, noContent } from './endpoint.ts';
import { deviceId, personId } from './ids.ts';
import { ringTarget, routingProblem } from './ring-groups.ts';
import { timeCondition } from './routes.ts';

const targets = z.array(ringTarget).max(200);

const fields = {
  /** Numbers, phones, persons and ring groups that it may call and that may call it. */
  allowed: targets,
  /** Groups of the house’s own address book whose contacts may call it and be called. */
  contactGroups: z.array(z.string().trim().min(1).max(80)).max(50),
  /** Whether every phone of the house may call it and be called. */
  isHouseAllowed: z.boolean(),
  /** They are always allowed. Their phones ring instead where a caller is not on the list; without any, such a caller is refused. */
  parents: targets,
  /** When it neither rings nor calls. Emergency calls always go out. */
  quiet: z.array(timeCondition).max(20),
  /** Whether it is quiet for parents too. */
  isQuietForParents: z.boolean(),
};

export const childLine = z
  .object({
    ...fields,
    deviceId: z.string().nullable(),
    personId: z.string().nullable(),
    /** Of the phone or the person. */
    name: displayName,
    /** What the lists name that is no longer there. */
    problems: z.array(routingProblem),
    changedAt: isoDateTime,
  })
  .meta({ id: 'ChildLine' });

export type ChildLineReply = z.input<typeof childLine>;

const body = z.strictObject({
  allowed: fields.allowed.default([]),
  contactGroups: fields.contactGroups.default([]),
  isHouseAllowed: fields.isHouseAllowed.default(true),
  parents: fields.parents.default([]),
  quiet: fields.quiet.default([]),
  isQuietForParents: fields.isQuietForParents.default(false),
});

export const listChildLines = endpoint({
  id: 'listChildLines',
  method: 'GET',
  path: '/child-lines',
  access: 'admin',
  summary: 'Phones and people that are a child’s line: whom they call and are called by, and when',
  reply: z.object({ items: z.array(childLine) }),
});

export const setDeviceChildLine = endpoint({
  id: 'setDeviceChildLine',
  method: 'PUT',
  path: '/devices/:id/child-line',
  access: 'admin',
  summary: 'Make a phone a child’s line; holds in place of its owner’s',
  params: z.object({ id: deviceId }),
  body,
  reply: childLine,
});

export const clearDeviceChildLine = endpoint({
  id: 'clearDeviceChildLine',
  method: 'DELETE',
  path: '/devices/:id/child-line',
  access: 'admin',
  summary: 'A phone is a child’s line no longer; its owner’s still holds',
  status: 204,
  params: z.object({ id: deviceId }),
  reply: noContent,
});

export const setPersonChildLine = endpoint({
  id: 'setPersonChildLine',
  method: 'PUT',
  path: '/users/:id/child-line',
  access: 'admin',
  summary: 'Make every phone of a person a child’s line',
  params: z.object({ id: personId }),
  body,
  reply: childLine,
});

export const clearPersonChildLine = endpoint({
  id: 'clearPersonChildLine',
  method: 'DELETE',
  path: '/users/:id/child-line',
  access: 'admin',
  summary: 'The phones of a person are a child’s line no longer; those of single phones still hold',
  status: 204,
  params: z.object({ id: personId }),
  reply: noContent,
});
