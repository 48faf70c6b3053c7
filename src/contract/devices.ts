import { z } from 'zod';
import { endpoint, noContent } from './endpoint.ts';
import { deviceId, personId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { deviceFaultKind } from './device-faults.ts';
import { listQuery, pageOf } from './page.ts';
import { requiredDisplayName } from './display-name.ts';

/** `door-station`: it calls the house when somebody rings at the door. */
export const deviceTypes = ['grandstream', 'softphone', 'webrtc', 'door-station'] as const;
export const deviceType = z.enum(deviceTypes).meta({ id: 'DeviceType' });
/**
 * Whether a phone can ring. `silent`: it is registered, and answers neither a question (OPTIONS) nor a call. `refused`: its registration is of
 * before, and what it signs in with now is refused. `off`: switched off here.
 */
export const deviceStates = ['online', 'silent', 'refused', 'offline', 'off'] as const;
export const deviceState = z.enum(deviceStates).meta({ id: 'DeviceState' });
export const deviceTransport = z.enum(['udp', 'tcp', 'tls', 'ws', 'wss']).meta({ id: 'DeviceTransport' });

const extension = z.string().regex(/^[1-9][0-9]{1,5}$/, 'must be 2 to 6 digits and not begin with 0');
const username = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,31}$/, 'Use 1 to 32 lower-case letters, digits, dots, dashes or underscores');
const sha256 = z
  .boolean()
  .describe(
    'The phone must authenticate with SHA-256; MD5 is refused. Linphone and PJSIP can; baresip, Twinkle and JsSIP cannot and will not register',
  );
const transports = z
  .array(deviceTransport)
  .min(1)
  .max(5)
  .transform((list) => [...new Set(list)]);

export const deviceFault = z
  .object({
    kind: deviceFaultKind,
    /** The user name that the phone gave where it is not its own. */
    given: z.string().nullable(),
    /** The SIP status that it got. */
    sipStatus: z.number().int(),
    /** How often in a row. */
    times: z.number().int(),
    at: isoDateTime,
    address: z.string(),
    transport: deviceTransport,
    userAgent: z.string().nullable(),
  })
  .meta({ id: 'DeviceFault' });

/** `signed-off`: the phone said so. `connection-closed`: the connection that it came over. `revoked`: switched off, renamed or given a new password. */
export const offlineReasons = ['signed-off', 'expired', 'connection-closed', 'revoked'] as const;

export const deviceOffline = z
  .object({ since: isoDateTime, reason: z.enum(offlineReasons).meta({ id: 'OfflineReason' }) })
  .meta({ id: 'DeviceOffline' });

export const device = z
  .object({
    id: deviceId,
    name: z.string(),
    extension: z.string(),
    username: z.string(),
    type: deviceType,
    transports: z.array(deviceTransport),
    personId: personId.nullable(),
    recordingEnabled: z.boolean(),
    sha256: z.boolean(),
    enabled: z.boolean(),
    createdAt: isoDateTime,
    isRegistered: z.boolean(),
    state: deviceState,
    /** Since when and why it has no registration; null where it has, or lost it before the house started. */
    offline: deviceOffline.nullable(),
    /** What it last did wrong when it wanted to register, within a day; null once it has registered from there. */
    fault: deviceFault.nullable(),
  })
  .meta({ id: 'Device' });

/** The password is only in the reply that generated it; `realm` and `username` are entered into the phone with it. */
export const deviceWithSecret = device.extend({ secret: z.string(), realm: z.string() }).meta({ id: 'DeviceWithSecret' });

export const registration = z
  .object({
    id: z.string(),
    contact: z.string(),
    transport: deviceTransport,
    address: z.string(),
    port: z.number().int(),
    userAgent: z.string().nullable(),
    q: z.number(),
    registeredAt: isoDateTime,
    expiresAt: isoDateTime,
  })
  .meta({ id: 'Registration' });

const deviceParams = z.object({ id: deviceId });

/** As the text of a query string. */
const booleanParam = z.enum(['true', 'false']).transform((text) => text === 'true');

export const listDevices = endpoint({
  id: 'listDevices',
  method: 'GET',
  path: '/devices',
  access: 'user',
  summary: 'Phones: all for an admin; for a user, their own',
  query: listQuery(['createdAt', 'name', 'extension', 'username'], {
    personId: personId.optional(),
    type: deviceType.optional(),
    enabled: booleanParam.optional(),
    text: z.string().max(80).optional(),
  }),
  reply: pageOf(device),
});

export const listExtensions = endpoint({
  id: 'listExtensions',
  method: 'GET',
  path: '/extensions',
  access: 'user',
  summary: 'Who can be called in the house: the name and extension of every phone that is switched on',
  reply: z.object({
    items: z.array(z.object({ name: z.string(), extension: z.string() }).meta({ id: 'ExtensionEntry' })),
  }),
});

export const getDevice = endpoint({
  id: 'getDevice',
  method: 'GET',
  path: '/devices/:id',
  access: 'user',
  summary: 'One phone',
  params: deviceParams,
  reply: device,
});

export const createDevice = endpoint({
  id: 'createDevice',
  method: 'POST',
  path: '/devices',
  access: 'admin',
  summary: 'Add a phone; its password is generated, shown in this reply and never again',
  status: 201,
  body: z.strictObject({
    name: requiredDisplayName,
    extension: extension.optional(),
    username: username.optional(),
    type: deviceType.default('softphone'),
    transports: transports.optional(),
    personId: personId.optional(),
    recordingEnabled: z.boolean().optional(),
    sha256: sha256.optional(),
    enabled: z.boolean().optional(),
  }),
  reply: deviceWithSecret,
});

export const changeDevice = endpoint({
  id: 'changeDevice',
  method: 'PATCH',
  path: '/devices/:id',
  access: 'admin',
  summary: 'Change a phone; what is left out stays as it is',
  params: deviceParams,
  body: z.strictObject({
    name: requiredDisplayName.optional(),
    extension: extension.optional(),
    username: username.optional(),
    type: deviceType.optional(),
    transports: transports.optional(),
    personId: personId.nullable().optional(),
    recordingEnabled: z.boolean().optional(),
    sha256: sha256.optional(),
    enabled: z.boolean().optional(),
  }),
  reply: device,
});

export const deleteDevice = endpoint({
  id: 'deleteDevice',
  method: 'DELETE',
  path: '/devices/:id',
  access: 'admin',
  summary: 'Remove a phone and its registrations',
  status: 204,
  params: deviceParams,
  reply: noContent,
});

export const resetDeviceSecret = endpoint({
  id: 'resetDeviceSecret',
  method: 'POST',
  path: '/devices/:id/secret',
  access: 'admin',
  summary: 'Generate a new password for a phone; it is shown in this reply and never again, and the old one is revoked at once',
  status: 201,
  params: deviceParams,
  reply: deviceWithSecret,
});

export const listDeviceRegistrations = endpoint({
  id: 'listDeviceRegistrations',
  method: 'GET',
  path: '/devices/:id/registrations',
  access: 'user',
  summary: 'Current registrations of a phone',
  params: deviceParams,
  reply: z.object({ items: z.array(registration) }),
});

/** What is entered into a phone as its server. */
export const sipServer = z
  .object({
    realm: z.string(),
    /** The one to try first comes first; empty where phones register at an engine of its own. */
    places: z.array(z.object({ address: z.string(), port: z.number().int(), transports: z.array(deviceTransport) })),
  })
  .meta({ id: 'SipServer' });

export const getSipServer = endpoint({
  id: 'getSipServer',
  method: 'GET',
  path: '/system/sip-server',
  access: 'admin',
  summary: 'Where phones register: the addresses of this machine, as a phone in the house reaches it',
  reply: sipServer,
});

export const listUnknownPhones = endpoint({
  id: 'listUnknownPhones',
  method: 'GET',
  path: '/system/unknown-phones',
  access: 'admin',
  summary: 'User names that something in the house tried to register by within a day, and no phone has',
  reply: z.object({
    items: z.array(
      z
        .object({
          name: z.string(),
          address: z.string(),
          transport: deviceTransport,
          userAgent: z.string().nullable(),
          times: z.number().int(),
          at: isoDateTime,
        })
        .meta({ id: 'UnknownPhone' }),
    ),
  }),
});
