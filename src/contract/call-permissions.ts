import { z } from 'zod';
import { displayName } from './display-name.ts';
import { endpoint, noContent } from './endpoint.ts';
import { deviceId, personId } from './ids.ts';
import { normalizeDigits } from './normalize-digits.ts';
import { openingHours } from './opening-hours.ts';
import { isoDateTime } from './date-time.ts';

/**
 * `house`: no calls outside; `list`: the `numbers` alone; `national`: the house’s own country and those that cost the same; `countries`: these
 * and `countries`; `everything`: wherever the house may call.
 */
const allow = z.enum(['house', 'list', 'national', 'countries', 'everything']).meta({ id: 'CallPermissionKind' });

const fields = {
  allow,
  /** Allowed beside the rest, except with `house`; as E.164, as dialled, or short numbers. */
  numbers: z.array(z.string().overwrite(normalizeDigits)).max(200),
  /** Two letters each. */
  countries: z.array(z.string().trim().toUpperCase()).max(250),
  /** When calls outside are allowed, in the house’s time zone; none: at any time. */
  hours: openingHours,
};

export const callPermission = z
  .object({
    ...fields,
    deviceId: z.string().nullable(),
    personId: z.string().nullable(),
    /** Of the phone or the person. */
    name: displayName,
    changedAt: isoDateTime,
  })
  .meta({ id: 'CallPermission' });

const body = z.strictObject({
  allow: fields.allow,
  numbers: fields.numbers.default([]),
  countries: fields.countries.default([]),
  hours: fields.hours.default([]),
});

export const listCallPermissions = endpoint({
  id: 'listCallPermissions',
  method: 'GET',
  path: '/call-permissions',
  access: 'admin',
  summary: 'What phones and people may call outside the house; those that are not listed may call wherever the house may',
  reply: z.object({ items: z.array(callPermission) }),
});

export const setDeviceCallPermission = endpoint({
  id: 'setDeviceCallPermission',
  method: 'PUT',
  path: '/devices/:id/call-permission',
  access: 'admin',
  summary: 'Restrict what a phone may call outside the house; emergency calls and calls in the house are never restricted',
  params: z.object({ id: deviceId }),
  body,
  reply: callPermission,
});

export const clearDeviceCallPermission = endpoint({
  id: 'clearDeviceCallPermission',
  method: 'DELETE',
  path: '/devices/:id/call-permission',
  access: 'admin',
  summary: 'Restrict a phone no longer; the permission of its owner still holds',
  status: 204,
  params: z.object({ id: deviceId }),
  reply: noContent,
});

export const setPersonCallPermission = endpoint({
  id: 'setPersonCallPermission',
  method: 'PUT',
  path: '/users/:id/call-permission',
  access: 'admin',
  summary: 'Restrict what all phones of a person may call outside the house',
  params: z.object({ id: personId }),
  body,
  reply: callPermission,
});

export const clearPersonCallPermission = endpoint({
  id: 'clearPersonCallPermission',
  method: 'DELETE',
  path: '/users/:id/call-permission',
  access: 'admin',
  summary: 'Restrict a person no longer; the permissions of single phones still hold',
  status: 204,
  params: z.object({ id: personId }),
  reply: noContent,
});
