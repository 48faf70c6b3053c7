import { z } from 'zod';
import { requiredDisplayName } from './display-name.ts';
import { e164 } from './e164.ts';
import { endpoint, noContent } from './endpoint.ts';
import { deviceId, personId, ringGroupId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';

/** What rings. A person stands for their phones; whoever answers at a number outside must press 1 to get the call. */
export const ringTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('device'), id: deviceId }),
  z.strictObject({ kind: z.literal('person'), id: personId }),
  z.strictObject({ kind: z.literal('group'), id: ringGroupId }),
  z.strictObject({ kind: z.literal('number'), number: e164 }),
]);

export const ringOrder = z.enum(['all', 'one-after-another']).meta({ id: 'RingOrder' });
export const ringSeconds = z.number().int().min(5).max(300);

/** What is wrong with a rule or group as the house is now. `broken`: it names what is no longer there, which is skipped. */
export const routingProblem = z
  .object({
    field: z.string(),
    message: z.string(),
    severity: z.enum(['broken', 'warning']).meta({ id: 'RoutingProblemSeverity' }),
  })
  .meta({ id: 'RoutingProblem' });

const fields = {
  name: requiredDisplayName,
  /** The short number that rings them, 2 to 6 digits; null for none. */
  extension: z
    .string()
    .regex(/^[0-9]{2,6}$/, 'must be 2 to 6 digits')
    .nullable(),
  members: z.array(ringTarget).min(1).max(50),
  order: ringOrder,
  /** Of all together, or of each. */
  seconds: ringSeconds,
};

export const ringGroup = z
  .object({
    id: z.string(),
    ...fields,
    name: z.string(),
    extension: z.string().nullable(),
    problems: z.array(routingProblem),
    createdAt: isoDateTime,
  })
  .meta({ id: 'RingGroup' });

const params = z.object({ id: ringGroupId });

export const listRingGroups = endpoint({
  id: 'listRingGroups',
  method: 'GET',
  path: '/ring-groups',
  access: 'admin',
  summary: 'Groups of phones and persons that ring under one name',
  query: listQuery(['createdAt', 'name'], {}),
  reply: pageOf(ringGroup),
});

export const createRingGroup = endpoint({
  id: 'createRingGroup',
  method: 'POST',
  path: '/ring-groups',
  access: 'admin',
  summary: 'Add a ring group',
  status: 201,
  body: z.strictObject({
    ...fields,
    extension: fields.extension.default(null),
    order: fields.order.default('all'),
    seconds: fields.seconds.default(30),
  }),
  reply: ringGroup,
});

export const getRingGroup = endpoint({
  id: 'getRingGroup',
  method: 'GET',
  path: '/ring-groups/:id',
  access: 'admin',
  summary: 'One ring group',
  params,
  reply: ringGroup,
});

export const changeRingGroup = endpoint({
  id: 'changeRingGroup',
  method: 'PATCH',
  path: '/ring-groups/:id',
  access: 'admin',
  summary: 'Change a ring group; what is left out stays as it is',
  params,
  body: z.strictObject(fields).partial(),
  reply: ringGroup,
});

export const deleteRingGroup = endpoint({
  id: 'deleteRingGroup',
  method: 'DELETE',
  path: '/ring-groups/:id',
  access: 'admin',
  summary: 'Remove a ring group; rules that name it skip it',
  status: 204,
  params,
  reply: noContent,
});
