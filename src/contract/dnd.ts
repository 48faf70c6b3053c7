import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { deviceId, personId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { weekSpan } from './opening-hours.ts';

/**
 * Do not disturb. `until`: when it ends by itself; null: when it is switched off. `bySchedule`: nobody switched it on. `offUntil`: the
 * schedule would have it on, and somebody switched it off until then.
 */
const state = {
  isOn: z.boolean(),
  until: isoDateTime.nullable(),
  bySchedule: z.boolean(),
  offUntil: isoDateTime.nullable(),
};

export const dndState = z.object(state).meta({ id: 'DndState' });

const body = z
  .strictObject({ isOn: z.boolean(), until: isoDateTime.nullable().default(null) })
  .refine(({ isOn, until }) => isOn || until === null, { path: ['until'], message: 'is for switching it on alone' });

export const getDnd = endpoint({
  id: 'getDnd',
  method: 'GET',
  path: '/dnd',
  access: 'user',
  summary: 'Do not disturb of the house, of yourself and of your phones; for an admin, of everybody',
  reply: z.object({
    house: dndState,
    persons: z.array(z.object({ personId: z.string(), name: z.string(), ...state })),
    devices: z.array(z.object({ deviceId: z.string(), name: z.string(), personId: z.string().nullable(), ...state })),
  }),
});

export const setHouseDnd = endpoint({
  id: 'setHouseDnd',
  method: 'PUT',
  path: '/dnd/house',
  access: 'admin',
  summary: 'Switch do not disturb of the house: calls from outside do not ring',
  body,
  reply: dndState,
});

export const setPersonDnd = endpoint({
  id: 'setPersonDnd',
  method: 'PUT',
  path: '/dnd/persons/:id',
  access: 'user',
  summary: 'Switch do not disturb of a person: none of their phones rings. Yourself alone, but for an admin',
  params: z.object({ id: personId }),
  body,
  reply: dndState,
});

export const setDeviceDnd = endpoint({
  id: 'setDeviceDnd',
  method: 'PUT',
  path: '/dnd/devices/:id',
  access: 'user',
  summary: 'Switch do not disturb of a phone: it does not ring. Your own phones alone, but for an admin',
  params: z.object({ id: deviceId }),
  body,
  reply: dndState,
});

/** Of the week, by the clock of the house; an entry that is not on is kept and does nothing. Entries that touch are one period. */
const entries = z.array(weekSpan.extend({ isOn: z.boolean().default(true) })).max(20);

/** `timeZone`: the house’s. */
export const dndSchedule = z.object({ entries, timeZone: z.string() }).meta({ id: 'DndSchedule' });

const scheduleBody = z.strictObject({ entries });

export const getHouseDndSchedule = endpoint({
  id: 'getHouseDndSchedule',
  method: 'GET',
  path: '/dnd/house/schedule',
  access: 'user',
  summary: 'When do not disturb of the house is on by itself',
  reply: dndSchedule,
});

export const setHouseDndSchedule = endpoint({
  id: 'setHouseDndSchedule',
  method: 'PUT',
  path: '/dnd/house/schedule',
  access: 'admin',
  summary: 'Say when do not disturb of the house is on by itself; switched off by hand it stays off until the period is over',
  body: scheduleBody,
  reply: dndSchedule,
});

export const getPersonDndSchedule = endpoint({
  id: 'getPersonDndSchedule',
  method: 'GET',
  path: '/dnd/persons/:id/schedule',
  access: 'user',
  summary: 'When do not disturb of a person is on by itself. Yourself alone, but for an admin',
  params: z.object({ id: personId }),
  reply: dndSchedule,
});

export const setPersonDndSchedule = endpoint({
  id: 'setPersonDndSchedule',
  method: 'PUT',
  path: '/dnd/persons/:id/schedule',
  access: 'user',
  summary:
    'Say when do not disturb of a person is on by itself; switched off by hand it stays off until the period is over. Yourself alone, but for an admin',
  params: z.object({ id: personId }),
  body: scheduleBody,
  reply: dndSchedule,
});
