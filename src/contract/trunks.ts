import { z } from 'zod';
import { callReason } from './calls.ts';
import { isoDateTime } from './date-time.ts';
import { requiredDisplayName } from './display-name.ts';
import { e164 } from './e164.ts';
import { endpoint, noContent } from './endpoint.ts';
import { trunkId } from './ids.ts';
import { listQuery, pageOf } from './page.ts';
import { cidrBlock, sipHost, sipHostPort } from './sip-address.ts';
import {
  callerPlaces,
  numberForms,
  testCallSteps,
  trunkCheckOutcomes,
  trunkCheckSteps,
  trunkDirections,
  trunkHints,
  trunkQuestions,
  trunkStates,
  trunkTransports,
} from './trunk-words.ts';

const params = z.object({ id: trunkId });

/** A user or a password, as they stand in SIP: on one line. */
const credential = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, 'must be on one line');
const user = credential.regex(/^\S+$/, 'must not hold spaces');

const numberForm = z.enum(numberForms).meta({ id: 'NumberForm' });

const fields = {
  /** As call records name it. */
  name: requiredDisplayName.refine((name) => name.toLowerCase() !== 'twilio', 'is the trunk of Twilio: choose another name'),
  /** The id of a preset, or `other`. */
  preset: z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be the id of a preset, or other'),
  /** Off, it is neither registered nor called, and its calls are refused. */
  enabled: z.boolean(),
  direction: z.enum(trunkDirections).meta({ id: 'TrunkDirection' }),
  /** The provider’s server: a name, or an address. */
  host: sipHost,
  port: z.number().int().min(1).max(65_535).nullable(),
  transport: z.enum(trunkTransports).meta({ id: 'TrunkTransport' }),
  /** The outbound proxy, `host` or `host:port`: where everything is sent to; null: to the server. */
  proxy: sipHostPort.nullable(),
  /** What stands behind the @ of our address; null: the server. */
  domain: sipHost.nullable(),
  username: user.nullable(),
  /** The name in answers to challenges, where the provider has another one for them. */
  authUsername: user.nullable(),
  /** Never shown again; kept sealed. */
  password: credential.nullable(),
  /** Whether the house registers, so that the provider finds it without a fixed address. */
  register: z.boolean(),
  /** Addresses and blocks that its calls come from. A provider where the house is registered needs none. */
  allow: z.array(cidrBlock).max(200),
  /** A header that every one of its calls must carry; null: none. */
  secretHeaderName: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header')
    .nullable(),
  /** Never shown again; kept sealed. */
  secretHeaderValue: credential.nullable(),
  /** The numbers that it brings, in the international form. They become numbers of the house. A call out shows one of them. */
  numbers: z.array(e164).max(500),
  /** How the number that is called is written. */
  calledForm: numberForm,
  /** How the number of the house is written that a call out shows. */
  callerForm: numberForm,
  /** Where that stands; `account`: nowhere, the provider shows that of the account. */
  callerIn: z.enum(callerPlaces).meta({ id: 'CallerPlace' }),
  /** SRTP with the keys in the session description (RFC 4568). */
  secure: z.boolean(),
  /** How often it is looked whether the provider is still there; null: not between registrations. */
  keepAliveSeconds: z.number().int().min(15).max(3600).nullable(),
};

export const trunkState = z
  .object({
    /** `ready`: it is not registered with and nothing is known against it. */
    kind: z.enum(trunkStates).meta({ id: 'TrunkStateKind' }),
    /** Since when; null where it was not tried yet. */
    since: isoDateTime.nullable(),
    /** The provider’s last response that was no success, and its words. */
    sipStatus: z.number().int().nullable(),
    reason: z.string().nullable(),
    /** When it is tried again. */
    retryAt: isoDateTime.nullable(),
  })
  .meta({ id: 'TrunkState' });

export const trunk = z
  .object({
    id: trunkId,
    name: z.string(),
    preset: z.string(),
    enabled: z.boolean(),
    direction: fields.direction,
    host: z.string(),
    port: z.number().int().nullable(),
    transport: fields.transport,
    proxy: z.string().nullable(),
    domain: z.string().nullable(),
    username: z.string().nullable(),
    authUsername: z.string().nullable(),
    hasPassword: z.boolean(),
    register: z.boolean(),
    allow: z.array(z.string()),
    secretHeaderName: z.string().nullable(),
    numbers: z.array(z.string()),
    calledForm: fields.calledForm,
    callerForm: fields.callerForm,
    callerIn: fields.callerIn,
    secure: z.boolean(),
    keepAliveSeconds: z.number().int().nullable(),
    state: trunkState,
    createdAt: isoDateTime,
  })
  .meta({ id: 'Trunk' });

const wanted = z.strictObject({
  ...fields,
  preset: fields.preset.default('other'),
  enabled: fields.enabled.default(true),
  direction: fields.direction.default('both'),
  port: fields.port.default(null),
  transport: fields.transport.default('udp'),
  proxy: fields.proxy.default(null),
  domain: fields.domain.default(null),
  username: fields.username.default(null),
  authUsername: fields.authUsername.default(null),
  password: fields.password.default(null),
  register: fields.register.default(false),
  allow: fields.allow.default([]),
  secretHeaderName: fields.secretHeaderName.default(null),
  secretHeaderValue: fields.secretHeaderValue.default(null),
  numbers: fields.numbers.default([]),
  calledForm: fields.calledForm.default('plus'),
  callerForm: fields.callerForm.default('plus'),
  callerIn: fields.callerIn.default('from'),
  secure: fields.secure.default(false),
  keepAliveSeconds: fields.keepAliveSeconds.default(null),
});

export const listTrunks = endpoint({
  id: 'listTrunks',
  method: 'GET',
  path: '/trunks',
  access: 'admin',
  summary: 'Trunks of providers, and whether each takes calls; by default in the order in which they are called',
  query: listQuery(['position', 'createdAt', 'name'], {}).extend({ order: z.enum(['asc', 'desc']).default('asc') }),
  reply: pageOf(trunk),
});

export const createTrunk = endpoint({
  id: 'createTrunk',
  method: 'POST',
  path: '/trunks',
  access: 'admin',
  summary: 'Add a trunk; it is used at once, after those that are there',
  status: 201,
  body: wanted,
  reply: trunk,
});

export const getTrunk = endpoint({
  id: 'getTrunk',
  method: 'GET',
  path: '/trunks/:id',
  access: 'admin',
  summary: 'One trunk and its state',
  params,
  reply: trunk,
});

export const changeTrunk = endpoint({
  id: 'changeTrunk',
  method: 'PATCH',
  path: '/trunks/:id',
  access: 'admin',
  summary: 'Change a trunk at once, without ending calls; another server needs the password again',
  params,
  body: z.strictObject(fields).partial(),
  reply: trunk,
});

export const deleteTrunk = endpoint({
  id: 'deleteTrunk',
  method: 'DELETE',
  path: '/trunks/:id',
  access: 'admin',
  summary: 'Remove a trunk; its numbers stay numbers of the house, and calls in progress go on',
  status: 204,
  params,
  reply: noContent,
});

/** One line of the order: a trunk here, or that of Twilio. */
export const trunkInOrder = z
  .object({
    /** `twilio` for Twilio’s, which is set up in its own place. */
    id: z.string(),
    name: z.string(),
    preset: z.string(),
    enabled: z.boolean(),
    direction: fields.direction,
    numbers: z.array(z.string()),
    state: trunkState,
  })
  .meta({ id: 'TrunkInOrder' });

export const getTrunkOrder = endpoint({
  id: 'getTrunkOrder',
  method: 'GET',
  path: '/trunk-order',
  access: 'admin',
  summary: 'All trunks in the order in which a call out tries them, with Twilio’s where it is set up',
  reply: z.object({ items: z.array(trunkInOrder) }),
});

export const setTrunkOrder = endpoint({
  id: 'setTrunkOrder',
  method: 'PUT',
  path: '/trunk-order',
  access: 'admin',
  summary: 'Set the order of trunks; those that are not named come after those that are',
  body: z.strictObject({ ids: z.array(z.string().max(100)).max(200) }),
  reply: z.object({ items: z.array(trunkInOrder) }),
});

export const trunkPreset = z
  .object({
    id: z.string(),
    /** The provider’s own name. */
    name: z.string(),
    /** Where it offers its service; empty: everywhere. */
    countries: z.array(z.string()),
    /** What a trunk begins with. */
    settings: z.object({
      host: z.string().nullable(),
      port: z.number().int().nullable(),
      transport: fields.transport,
      proxy: z.string().nullable(),
      domain: z.string().nullable(),
      register: z.boolean(),
      direction: fields.direction,
      calledForm: fields.calledForm,
      callerForm: fields.callerForm,
      callerIn: fields.callerIn,
      secure: z.boolean(),
      keepAliveSeconds: z.number().int().nullable(),
    }),
    /** Other servers of the same provider, to choose from. */
    hosts: z.array(z.string()),
    /** What has to be typed beside the password. */
    asks: z.array(z.enum(trunkQuestions).meta({ id: 'TrunkQuestion' })),
    /** What a user name of this provider looks like. */
    usernameExample: z.string().nullable(),
    /** What an outbound proxy of this provider looks like, where it is asked for. */
    proxyExample: z.string().nullable(),
    /** What to watch for. */
    hints: z.array(z.enum(trunkHints).meta({ id: 'TrunkHint' })),
    /** Where the settings were published. */
    source: z.string(),
  })
  .meta({ id: 'TrunkPreset' });

export const listTrunkPresets = endpoint({
  id: 'listTrunkPresets',
  method: 'GET',
  path: '/trunk-presets',
  access: 'admin',
  summary: 'Providers whose published settings a trunk can begin with; being listed recommends none',
  reply: z.object({ items: z.array(trunkPreset) }),
});

export const trunkCheck = z
  .object({
    steps: z.array(
      z.object({
        step: z.enum(trunkCheckSteps).meta({ id: 'TrunkCheckStep' }),
        outcome: z.enum(trunkCheckOutcomes).meta({ id: 'TrunkCheckOutcome' }),
        /** Addresses that were found, the response, or what went wrong. */
        detail: z.string().nullable(),
        sipStatus: z.number().int().nullable(),
      }),
    ),
  })
  .meta({ id: 'TrunkCheck' });

export const checkTrunk = endpoint({
  id: 'checkTrunk',
  method: 'POST',
  path: '/trunk-check',
  access: 'admin',
  summary: 'Try settings before they are saved: find the server, reach it, sign in; the first step that fails is the one to mend',
  body: wanted.omit({ name: true }).extend({
    /** A trunk that is there: its password is used where none is given, as long as the server is the same. */
    id: trunkId.optional(),
  }),
  reply: trunkCheck,
});

export const testCall = z
  .object({
    number: z.string(),
    startedAt: isoDateTime,
    isOver: z.boolean(),
    steps: z.array(
      z.object({
        step: z.enum(testCallSteps).meta({ id: 'TrunkTestCallStep' }),
        at: isoDateTime,
        /** Of `failed` and `ended`: a reason as in call records. */
        reason: callReason.nullable(),
        sipStatus: z.number().int().nullable(),
      }),
    ),
  })
  .meta({ id: 'TrunkTestCall' });

export const startTrunkTestCall = endpoint({
  id: 'startTrunkTestCall',
  method: 'POST',
  path: '/trunks/:id/test-call',
  access: 'admin',
  summary:
    'Call a number over this trunk alone, say a sentence, and hang up; never an emergency number, and within the limits of any call out',
  status: 202,
  params: z.object({ id: z.string() }),
  body: z.strictObject({ number: z.string().trim().min(1).max(40) }),
  reply: testCall,
});

export const getTrunkTestCall = endpoint({
  id: 'getTrunkTestCall',
  method: 'GET',
  path: '/trunks/:id/test-call',
  access: 'admin',
  summary: 'What happened in the last test call over this trunk, step by step',
  params: z.object({ id: z.string() }),
  reply: testCall,
});

export const endTrunkTestCall = endpoint({
  id: 'endTrunkTestCall',
  method: 'DELETE',
  path: '/trunks/:id/test-call',
  access: 'admin',
  summary: 'Hang up the test call',
  status: 204,
  params: z.object({ id: z.string() }),
  reply: noContent,
});
