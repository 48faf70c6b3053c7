// Owns the endpoints of the ways by which the house reaches people, and the shapes of their settings.
// Called by notify's routes, its channels and the panel.
// Must stay true: a secret goes in and never comes out.
import { z } from 'zod';
import { isoDateTime } from './date-time.ts';
import { endpoint } from './endpoint.ts';
import { targetId } from './ids.ts';
import { checkSteps } from './notification-kinds.ts';
import type { ChannelId } from './notification-kinds.ts';
import { deliveryReason, notificationChannel } from './notification-shapes.ts';
import { mailAddress } from './mail-address.ts';
import { mailSecrets, mailSettings, postmarkSettings, smtpSettings } from './mail-settings.ts';
import { tried } from './notifications.ts';

const url = z.string().trim().min(1).max(2000);
export const gotifySettings = z.strictObject({ url, allowsOwnNetwork: z.boolean().default(false) });

export const ntfySettings = z.strictObject({ url: url.default('https://ntfy.sh'), allowsOwnNetwork: z.boolean().default(false) });

const nothing = z.strictObject({});

/** Of each channel the names of its secrets. */
export const channelSecrets = {
  mail: [...mailSecrets.smtp, ...mailSecrets.postmark],
  gotify: [],
  ntfy: ['token'],
  'home-assistant': [],
  'web-push': [],
} as const satisfies Readonly<Record<ChannelId, readonly string[]>>;

/** A secret that is left out stays; null takes it away. */
const secret = z.string().min(1).max(20_000).nullable().optional();

/** What is saved of a channel, all at once; `secrets` holds those that change. */
const channelInput = z.discriminatedUnion('channel', [
  z.strictObject({
    channel: z.literal('mail'),
    isEnabled: z.boolean().default(true),
    settings: mailSettings,
    /** `password`: of SMTP. `dkimPrivateKey`: in PEM. `serverToken`: of Postmark. */
    secrets: z.strictObject({ password: secret, dkimPrivateKey: secret, serverToken: secret }).default({}),
  }),
  z.strictObject({
    channel: z.literal('gotify'),
    isEnabled: z.boolean().default(true),
    settings: gotifySettings,
    secrets: z.strictObject({}).default({}),
  }),
  z.strictObject({
    channel: z.literal('ntfy'),
    isEnabled: z.boolean().default(true),
    settings: ntfySettings,
    /** `token`: an access token, where the server wants one. */
    secrets: z.strictObject({ token: secret }).default({}),
  }),
  z.strictObject({
    channel: z.literal('home-assistant'),
    isEnabled: z.boolean().default(true),
    settings: nothing.default({}),
    secrets: z.strictObject({}).default({}),
  }),
  z.strictObject({
    channel: z.literal('web-push'),
    isEnabled: z.boolean().default(true),
    settings: nothing.default({}),
    secrets: z.strictObject({}).default({}),
  }),
]);

export type ChannelInput = z.output<typeof channelInput>;

const channelState = {
  /** Whether something is saved, or nothing needs to be. */
  isSetUp: z.boolean(),
  isEnabled: z.boolean(),
  /** Why nothing can be sent by it at the moment. */
  problem: deliveryReason.nullable(),
  /** Why the last attempts failed, in words of the service; null where they did not. */
  failing: z.string().nullable(),
  changedAt: isoDateTime.nullable(),
  /** How many deliveries wait. */
  waiting: z.number().int(),
};

const hasSecret = z.boolean().meta({ description: 'Whether there is one; it is never shown' });

// In a reply nothing has a default, so that these are shapes of their own.
const shownMail = z.discriminatedUnion('service', [
  smtpSettings.meta({ id: 'SmtpSettings' }),
  postmarkSettings.meta({ id: 'PostmarkSettings' }),
]);
const shownGotify = gotifySettings.meta({ id: 'GotifySettings' });
const shownNtfy = ntfySettings.meta({ id: 'NtfySettings' });
const shownNothing = nothing.meta({ id: 'NoSettings' });

/** `settings` is null before anything was saved. */
export const notificationChannelState = z.discriminatedUnion('channel', [
  z
    .object({
      channel: z.literal('mail'),
      settings: shownMail.nullable(),
      hasSecret: z.object({ password: hasSecret, dkimPrivateKey: hasSecret, serverToken: hasSecret }),
      ...channelState,
    })
    .meta({ id: 'MailChannel' }),
  z
    .object({ channel: z.literal('gotify'), settings: shownGotify.nullable(), hasSecret: z.object({}), ...channelState })
    .meta({ id: 'GotifyChannel' }),
  z
    .object({
      channel: z.literal('ntfy'),
      settings: shownNtfy.nullable(),
      hasSecret: z.object({ token: hasSecret }),
      ...channelState,
    })
    .meta({ id: 'NtfyChannel' }),
  z
    .object({ channel: z.literal('home-assistant'), settings: shownNothing.nullable(), hasSecret: z.object({}), ...channelState })
    .meta({ id: 'HomeAssistantChannel' }),
  z
    .object({ channel: z.literal('web-push'), settings: shownNothing.nullable(), hasSecret: z.object({}), ...channelState })
    .meta({ id: 'WebPushChannel' }),
]);

const params = z.object({ channel: notificationChannel });

export const listChannels = endpoint({
  id: 'listChannels',
  method: 'GET',
  path: '/notifications/channels',
  access: 'admin',
  summary: 'The ways by which the house reaches people: mail, Gotify, ntfy, Home Assistant and browsers',
  reply: z.object({ items: z.array(notificationChannelState) }),
});

export const getChannel = endpoint({
  id: 'getChannel',
  method: 'GET',
  path: '/notifications/channels/:channel',
  access: 'admin',
  summary: 'The settings of a way to reach people, without its secrets',
  params,
  reply: notificationChannelState,
});

export const saveChannel = endpoint({
  id: 'saveChannel',
  method: 'PUT',
  path: '/notifications/channels/:channel',
  access: 'admin',
  summary: 'Save the settings of a way to reach people; a secret that is left out stays, null takes it away',
  params,
  body: channelInput,
  reply: notificationChannelState,
});

export const checkChannel = endpoint({
  id: 'checkChannel',
  method: 'POST',
  path: '/notifications/channels/:channel/check',
  access: 'admin',
  summary: 'Try settings that are not saved yet, step by step; nothing is sent',
  params,
  body: channelInput,
  reply: z
    .object({
      steps: z.array(
        z
          .object({
            step: z.enum(checkSteps).meta({ id: 'ChannelCheckStep' }),
            outcome: z.enum(['ok', 'failed', 'skipped']).meta({ id: 'ChannelCheckOutcome' }),
            reason: deliveryReason.nullable(),
            detail: z.string(),
          })
          .meta({ id: 'CheckedStep' }),
      ),
    })
    .meta({ id: 'ChannelCheck' }),
});

export const testChannel = endpoint({
  id: 'testChannel',
  method: 'POST',
  path: '/notifications/channels/:channel/test',
  access: 'admin',
  summary: 'Send a test by the saved settings now and wait for what becomes of it',
  params,
  body: z
    .strictObject({
      /** Any person’s. */
      targetId: targetId.optional(),
      /** Of mail alone: to whom. */
      address: mailAddress.optional(),
    })
    .refine(({ targetId: id, address }) => (id === undefined) !== (address === undefined), {
      path: ['targetId'],
      message: 'must be given, or for mail an address',
    }),
  reply: z
    .object({ ...tried, reply: z.string().nullable().meta({ description: 'What the service answered' }) })
    .meta({ id: 'TriedChannel' }),
});
