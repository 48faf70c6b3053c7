import { z } from 'zod';
import { isoDateTime } from './date-time.ts';
import { displayName } from './display-name.ts';
import { e164 } from './e164.ts';
import { endpoint, noContent } from './endpoint.ts';
import { deviceId, ringGroupId } from './ids.ts';
import { routingProblem } from './ring-groups.ts';

const fields = {
  /** Another phone, a ring group, or a number of ours or outside. */
  target: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('device'), id: deviceId }),
    z.strictObject({ kind: z.literal('group'), id: ringGroupId }),
    z.strictObject({ kind: z.literal('number'), number: e164 }),
  ]),
  /** `always`: whatever is dialled. `nothing-dialled`: where the handset is lifted and nothing is. Emergency numbers always reach help. */
  applies: z.enum(['always', 'nothing-dialled']).meta({ id: 'HotlineApplies' }),
};

export const hotline = z
  .object({
    deviceId: z.string(),
    /** Of the phone. */
    name: displayName,
    ...fields,
    problems: z.array(routingProblem),
    changedAt: isoDateTime,
  })
  .meta({ id: 'Hotline' });

export type HotlineReply = z.input<typeof hotline>;

const params = z.object({ id: deviceId });

export const listHotlines = endpoint({
  id: 'listHotlines',
  method: 'GET',
  path: '/hotlines',
  access: 'admin',
  summary: 'Phones that call one target when the handset is lifted',
  reply: z.object({ items: z.array(hotline) }),
});

export const setHotline = endpoint({
  id: 'setHotline',
  method: 'PUT',
  path: '/devices/:id/hotline',
  access: 'admin',
  summary: 'Give a phone a hotline. A child’s line may call its target and be called by it',
  params,
  body: z.strictObject({ ...fields, applies: fields.applies.default('always') }),
  reply: hotline,
});

export const clearHotline = endpoint({
  id: 'clearHotline',
  method: 'DELETE',
  path: '/devices/:id/hotline',
  access: 'admin',
  summary: 'A phone calls what is dialled again',
  status: 204,
  params,
  reply: noContent,
});
