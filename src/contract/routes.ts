import { z } from 'zod';
import { calendarDay, timeOfDay, timeZone } from './dates.ts';
import { requiredDisplayName } from './display-name.ts';
import { e164 } from './e164.ts';
import { entityId } from './entity-id.ts';
import { endpoint, noContent } from './endpoint.ts';
import { escalationChainId, numberId, personId, routeId } from './ids.ts';
import { normalizeDigits } from './normalize-digits.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';
import { ringOrder, ringSeconds, ringTarget, routingProblem } from './ring-groups.ts';

const dateRange = z
  .strictObject({ from: calendarDay, to: calendarDay })
  .refine(({ from, to }) => from.length === to.length, { path: ['to'], message: 'must be written like the first day' })
  .refine(({ from, to }) => from.length === 5 || from <= to, { path: ['to'], message: 'must not be before the first day' });

export const timeCondition = z.strictObject({
  /** Monday is 1, Sunday 7; empty: every day. A window that passes midnight belongs to the day on which it begins. */
  weekdays: z.array(z.number().int().min(1).max(7)).max(7).default([]),
  from: timeOfDay.optional(),
  /** At or before `from`: on the next day. */
  to: timeOfDay.optional(),
  /** Empty: every date. Both days are part of a range; one of every year may pass the turn of the year. */
  dates: z.array(dateRange).max(100).default([]),
  /** Whether the day may, must or must not be one of the holidays of the house. */
  holidays: z.enum(['any', 'only', 'except']).meta({ id: 'HolidayCondition' }).default('any'),
  /** That of the house where it is left out. */
  timeZone: timeZone.optional(),
});

const callerCondition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exact'), number: e164 }),
  z.strictObject({
    kind: z.literal('prefix'),
    prefix: z
      .string()
      .overwrite(normalizeDigits)
      .regex(/^\+[1-9][0-9]{0,14}$/, 'must be the first digits of numbers in the international form, such as +1416'),
  }),
  /** A group of the address book. */
  z.strictObject({ kind: z.literal('group'), group: z.string().trim().min(1).max(80) }),
  z.strictObject({ kind: z.literal('anonymous') }),
  /** Neither in the address book nor called by the house of late. */
  z.strictObject({ kind: z.literal('unknown') }),
  z.strictObject({
    kind: z.literal('country'),
    country: z
      .string()
      .toUpperCase()
      .regex(/^[A-Z]{2}$/, 'must be a country of two letters, such as CA'),
  }),
]);

const stateCondition = z
  .strictObject({
    entityId: entityId('input_boolean.bedtime'),
    operator: z.enum(['is', 'is-not', 'above', 'below']).meta({ id: 'StateOperator' }).default('is'),
    value: z.string().trim().min(1).max(255),
    /** What holds where Home Assistant is away or does not know. */
    fallback: z.enum(['match', 'no-match']).meta({ id: 'StateFallback' }),
    /** A state that was confirmed longer ago is not known. */
    maxAgeSeconds: z.number().int().min(1).max(86_400).default(600),
  })
  .refine(({ operator, value }) => operator === 'is' || operator === 'is-not' || !Number.isNaN(Number(value)), {
    path: ['value'],
    message: 'must be a number, for above and below',
  });

/** Any of the times, any of the callers and all of the states; what is empty does not restrict. */
const conditions = z.strictObject({
  times: z.array(timeCondition).max(20).default([]),
  callers: z.array(callerCondition).max(100).default([]),
  states: z.array(stateCondition).max(20).default([]),
});

/** The mailbox of the number's owner where no person is given. */
const toVoicemail = { kind: z.literal('voicemail'), personId: personId.optional() };
/** `isScreened`: whoever answers must press 1, so that the far mailbox cannot take the call. */
const toNumber = {
  kind: z.literal('forward'),
  number: e164,
  seconds: ringSeconds.default(30),
  isScreened: z.boolean().default(true),
};

const afterRoute = z
  .discriminatedUnion('kind', [
    z.strictObject(toVoicemail),
    z.strictObject(toNumber),
    z.strictObject({ kind: z.literal('reject') }),
  ])
  .default({ kind: 'voicemail' });

const action = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ring'),
    targets: z.array(ringTarget).min(1, 'must name at least one phone, person, group or number').max(50),
    order: ringOrder.default('all'),
    /** Of all together, or of each. */
    seconds: ringSeconds.default(30),
    then: afterRoute,
  }),
  z.strictObject({ ...toNumber, then: afterRoute }),
  /** The people of a chain ring, step by step, for five minutes at most; whoever presses 1 gets the call, and no mailbox does. */
  z.strictObject({ kind: z.literal('escalate'), chainId: escalationChainId, then: afterRoute }),
  /** `greeting`: spoken in place of the mailbox's own. */
  z.strictObject({ ...toVoicemail, greeting: z.string().trim().min(1).max(1000).optional() }),
  z.strictObject({
    kind: z.literal('reject'),
    tone: z.enum(['busy', 'declined']).meta({ id: 'RejectTone' }).default('declined'),
  }),
  z.strictObject({
    kind: z.literal('play'),
    text: z.string().trim().min(1).max(1000),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language such as en-CA')
      .default('en-US'),
  }),
]);

const fields = { name: requiredDisplayName, enabled: z.boolean(), conditions, action };

/** A rule as it is being written. `id`: of the one in whose place it stands; behind the others where there is none. */
export const routeDraft = z.strictObject({ id: routeId.optional(), ...fields });

export const route = z
  .object({
    id: z.string(),
    numberId: z.string(),
    ...fields,
    name: z.string(),
    /** 1 is looked at first. */
    priority: z.number().int(),
    problems: z.array(routingProblem),
    createdAt: isoDateTime,
  })
  .meta({ id: 'Route' });

export type RouteReply = z.input<typeof route>;

const params = z.object({ id: routeId });

export const listRoutes = endpoint({
  id: 'listRoutes',
  method: 'GET',
  path: '/routes',
  access: 'admin',
  summary: 'Routing rules, those of each number in the order in which they are looked at',
  query: listQuery(['priority'], { number: numberId.optional() }).extend({ order: z.enum(['asc', 'desc']).default('asc') }),
  reply: pageOf(route),
});

export const createRoute = endpoint({
  id: 'createRoute',
  method: 'POST',
  path: '/routes',
  access: 'admin',
  summary: 'Add a routing rule behind the others of its number',
  status: 201,
  body: z.strictObject({
    numberId,
    ...fields,
    enabled: fields.enabled.default(true),
    conditions: conditions.default({ times: [], callers: [], states: [] }),
  }),
  reply: route,
});

export const getRoute = endpoint({
  id: 'getRoute',
  method: 'GET',
  path: '/routes/:id',
  access: 'admin',
  summary: 'One routing rule',
  params,
  reply: route,
});

export const changeRoute = endpoint({
  id: 'changeRoute',
  method: 'PATCH',
  path: '/routes/:id',
  access: 'admin',
  summary: 'Change a routing rule; what is left out stays as it is',
  params,
  body: z.strictObject(fields).partial(),
  reply: route,
});

export const deleteRoute = endpoint({
  id: 'deleteRoute',
  method: 'DELETE',
  path: '/routes/:id',
  access: 'admin',
  summary: 'Remove a routing rule',
  status: 204,
  params,
  reply: noContent,
});

export const reorderRoutes = endpoint({
  id: 'reorderRoutes',
  method: 'POST',
  path: '/routes/reorder',
  access: 'admin',
  summary: 'Put all rules of a number in a new order',
  body: z.strictObject({ numberId, ids: z.array(routeId).max(1000) }),
  reply: z.object({ items: z.array(route) }),
});
