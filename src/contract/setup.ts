import { z } from 'zod';
import { e164 } from './e164.ts';
import { endpoint } from './endpoint.ts';
import { isoDateTime } from './date-time.ts';
import { healthStatus } from './system.ts';

const secret = z.string().trim().min(1).max(100);
const sharedKeyId = z
  .string()
  .trim()
  .regex(/^[\w-]{1,100}$/, 'Write the id of the key as the Twilio Console shows it, such as webhooks_sharedkey_…');

const credentials = {
  accountSid: secret,
  authToken: secret,
  apiKeySid: secret.optional(),
  apiKeySecret: secret.optional(),
};

/** `unreachable`: no way to Twilio at the moment, such as without internet. `other`: only the message tells. */
export const accountProblemReasons = [
  'malformed-account',
  'key-as-account',
  'malformed-token',
  'malformed-key',
  'unknown-account',
  'wrong-token',
  'test-credentials',
  'wrong-key',
  'suspended',
  'closed',
  'trial',
  'numbers-unknown',
  'no-numbers',
  'no-voice-numbers',
  'low-balance',
  'unreachable',
  'other',
] as const;

const accountProblem = z
  .object({
    reason: z.enum(accountProblemReasons).meta({ id: 'TwilioProblemReason' }),
    weight: z.enum(['stops', 'limits']).meta({ id: 'TwilioProblemWeight' }),
    message: z.string(),
    field: z.enum(['accountSid', 'authToken', 'apiKeySid', 'apiKeySecret']).meta({ id: 'TwilioCredential' }).nullable(),
    code: z.number().int().nullable(),
  })
  .meta({ id: 'TwilioProblem', description: '`stops`: nothing works like this. `limits`: it works, and not everything.' });

const account = z.object({ sid: z.string(), name: z.string(), status: z.string(), type: z.string() });
const balance = z.object({ amount: z.number(), currency: z.string() });

const accountNumber = z
  .object({
    number: z.string(),
    name: z.string(),
    voice: z.boolean(),
    sms: z.boolean(),
    mms: z.boolean(),
    servedBy: z.enum(['house', 'somebody-else', 'nobody']).meta({ id: 'NumberServedBy' }).describe('Where its calls go now'),
  })
  .meta({ id: 'TwilioNumber' });

const step = z
  .object({
    step: z.string(),
    outcome: z.enum(['done', 'unchanged', 'skipped', 'failed']).meta({ id: 'SetupStepOutcome' }),
    message: z.string(),
    code: z.number().int().nullable(),
    at: isoDateTime,
  })
  .meta({ id: 'SetupStep' });

const drift = z.object({
  what: z.string(),
  field: z.string().nullable(),
  is: z.string(),
  should: z.string(),
  mend: z.enum(['provision', 'defer-messages']).meta({ id: 'DriftCorrection' }).describe('The request that corrects it'),
});

const alert = z.object({ code: z.number().int().nullable(), message: z.string(), url: z.string(), at: isoDateTime.nullable() });

const inbound = z.enum(['webhook', 'trunk', 'off']).meta({ id: 'TwilioInbound' });
const outbound = z.enum(['trunk', 'domain', 'off']).meta({ id: 'TwilioOutbound' });
const edge = z
  .enum(['ashburn', 'umatilla', 'dublin', 'frankfurt', 'tokyo', 'singapore', 'sydney', 'sao-paulo'])
  .meta({ id: 'TwilioEdge' });

export const twilioSetup = z
  .object({
    isSetUp: z.boolean(),
    account: account.nullable(),
    balance: balance.nullable(),
    hasApiKey: z.boolean(),
    webhookSharedKeys: z.array(z.string()).describe('Their ids; the secrets are never shown'),
    publicUrl: z.string().nullable(),
    inbound,
    outbound,
    isSecure: z.boolean(),
    edge,
    sipDomain: z.string().nullable(),
    sipUsername: z.string().nullable(),
    trunk: z.string().nullable(),
    originationAddress: z.string().nullable().describe('Origination address of the trunk, where inbound calls use it'),
    signallingAddresses: z.array(z.string()).describe('Addresses that SIP over the trunk may come from'),
    numbers: z.array(z.string()),
    problems: z.array(accountProblem),
    drift: z.array(drift),
    alerts: z.array(alert).describe('Alerts of Twilio’s debugger in the last day, such as failed webhooks, in plain words'),
    lastSteps: z.array(step),
    lookedAt: isoDateTime.nullable(),
  })
  .meta({ id: 'TwilioSetup' });

export const getTwilioSetup = endpoint({
  id: 'getTwilioSetup',
  method: 'GET',
  path: '/system/setup/twilio',
  access: 'admin',
  summary: 'How the account at Twilio is set up, what the last run did, and what has been changed there since',
  reply: twilioSetup,
});

export const validateTwilio = endpoint({
  id: 'validateTwilio',
  method: 'POST',
  path: '/system/setup/twilio/validate',
  access: 'admin',
  summary: 'Check credentials without storing them: the account, its numbers, and what will not work',
  body: z.strictObject(credentials),
  reply: z.object({
    isUsable: z.boolean(),
    account: account.nullable(),
    balance: balance.nullable(),
    numbers: z.array(accountNumber),
    problems: z.array(accountProblem),
  }),
});

const plannedChange = z
  .object({
    action: z.enum(['create', 'change', 'remove', 'restore']).meta({ id: 'TwilioChangeAction' }),
    what: z.enum(['sip-domain', 'sip-account', 'trunk', 'origination', 'number']).meta({ id: 'TwilioChangeSubject' }),
    /** Of the number or the domain; empty where it gets its name only then. */
    name: z.string(),
    /** What is changed of it; null for a whole. */
    field: z.string().nullable(),
    is: z.string(),
    should: z.string(),
  })
  .meta({ id: 'TwilioPlannedChange' });

const setupResult = z.object({ isDone: z.boolean(), steps: z.array(step), setUp: twilioSetup });

const provisionBody = z.strictObject({
  accountSid: secret.optional(),
  authToken: secret.optional(),
  apiKeySid: secret.nullable().optional(),
  apiKeySecret: secret.optional(),
  webhookSharedKeys: z
    .array(z.strictObject({ id: sharedKeyId, secret: z.string().trim().min(1).max(500) }))
    .max(20)
    .optional()
    .describe('Keys that sign webhooks where a rule of the account says so; they replace earlier ones'),
  publicUrl: z
    .url({ protocol: /^https$/ })
    .nullable()
    .optional(),
  numbers: z.array(e164).max(50).optional(),
  inbound: inbound.optional(),
  outbound: outbound.optional(),
  isSecure: z.boolean().optional(),
  edge: edge.optional(),
  originationAddress: z
    .string()
    .trim()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}(:[0-9]{1,5})?$/,
      'Write a host name or an IPv4 address, and a port where it is another',
    )
    .nullable()
    .optional()
    .describe('Public address of our SIP, for `inbound: trunk`; null: the address of the options'),
  signallingAddresses: z
    .array(z.union([z.ipv4(), z.cidrv4()]))
    .min(1)
    .max(100)
    .nullable()
    .optional()
    .describe('Addresses that SIP over the trunk may come from; null: the addresses Twilio has published'),
});

export type ProvisionTwilioBody = z.output<typeof provisionBody>;

export const provisionTwilio = endpoint({
  id: 'provisionTwilio',
  method: 'POST',
  path: '/system/setup/twilio/provision',
  access: 'admin',
  summary: 'Set up the account for GoSIP; what is left out stays as it is. Safe to run again: only differences are changed',
  body: provisionBody,
  reply: setupResult,
});

export const previewTwilio = endpoint({
  id: 'previewTwilio',
  method: 'POST',
  path: '/system/setup/twilio/preview',
  access: 'admin',
  summary: 'What setting up would change in the account; nothing is stored or changed',
  body: provisionBody,
  reply: z.object({ changes: z.array(plannedChange) }),
});

export const undoTwilio = endpoint({
  id: 'undoTwilio',
  method: 'POST',
  path: '/system/setup/twilio/undo',
  access: 'admin',
  summary: 'Restore what setup changed in the account, remove what it made, and forget the account if requested',
  body: z.strictObject({
    forget: z.boolean().default(false).describe('Forget the credentials as well, even where Twilio cannot be reached'),
  }),
  reply: setupResult,
});

export const deferMessages = endpoint({
  id: 'deferMessages',
  method: 'POST',
  path: '/system/setup/twilio/defer-messages',
  access: 'admin',
  summary: 'Make every Messaging Service that withholds messages to our numbers use the webhook of the number; undo restores it',
  reply: setupResult,
});

export const testTwilio = endpoint({
  id: 'testTwilio',
  method: 'POST',
  path: '/system/setup/twilio/self-test',
  access: 'admin',
  summary: 'End-to-end check between Twilio and GoSIP that reports which part fails',
  reply: z.object({
    isPassed: z.boolean(),
    checks: z.array(z.object({ name: z.string(), status: healthStatus, message: z.string() })),
  }),
});

export const syncNumbers = endpoint({
  id: 'syncNumbers',
  method: 'POST',
  path: '/dids/sync',
  access: 'admin',
  summary: 'Import the numbers of the account at Twilio, and report which of ours it does not have',
  reply: z.object({ added: z.array(z.string()), missing: z.array(z.string()) }),
});
