// Owns the endpoints of what a person chooses to be told, where they are reached, and what was told them.
// Called by notify's routes and the panel.
import { z } from 'zod';
import { isoDateTime } from './date-time.ts';
import { requiredDisplayName } from './display-name.ts';
import { endpoint, noContent } from './endpoint.ts';
import { deliveryId, personId, personIdOrMe, targetId } from './ids.ts';
import { houseLanguages } from './languages.ts';
import { mailAddress } from './mail-address.ts';
import { kindFacts, notificationKinds } from './notification-kinds.ts';
import type { PreferenceKind } from './notification-kinds.ts';
import { deliveryKind, deliveryReason, deliveryState, notificationChannel, quietRule } from './notification-shapes.ts';
import { openingHours } from './opening-hours.ts';
import { listQuery, pageOf } from './page.ts';

const language = z.enum(houseLanguages).meta({ id: 'HouseLanguage' });

const kindPreference = z
  .object({ channels: z.array(notificationChannel), inQuiet: quietRule, inDnd: quietRule })
  .meta({ id: 'NotificationKindPreference' });

const everyKind = <Shape extends z.ZodType>(shapeOf: (kind: PreferenceKind) => Shape) =>
  Object.fromEntries(notificationKinds.map((kind) => [kind, shapeOf(kind)])) as Record<PreferenceKind, Shape>;

const channelAvailable = z
  .object({ channel: notificationChannel, isSetUp: z.boolean(), problem: deliveryReason.nullable() })
  .meta({ id: 'AvailableNotificationChannel' });

export const notificationPreferences = z
  .object({
    personId,
    isAdministrator: z.boolean().meta({ description: 'Whether alerts and what is the house’s are told them' }),
    /** In which they are told; null: the house’s. */
    language: language.nullable(),
    /** When nothing makes a noise. */
    quietHours: openingHours,
    /** The house’s, in which the quiet hours are. */
    timeZone: z.string(),
    /** Mails wait a minute, so that what comes close together is one. */
    gatherMails: z.boolean(),
    /** Whether what is the house’s is told too; of administrators alone. */
    houseItems: z.boolean(),
    /** Whether missed calls between phones of the house are told too. */
    internalCalls: z.boolean(),
    kinds: z.object(everyKind(() => kindPreference)),
    available: z.array(channelAvailable),
  })
  .meta({ id: 'NotificationPreferences' });

const ofPerson = z.object({ personId: personIdOrMe });

export const getNotificationPreferences = endpoint({
  id: 'getNotificationPreferences',
  method: 'GET',
  path: '/notifications/preferences/:personId',
  access: 'user',
  summary: 'What a person is told, by which ways and when. Yourself alone, but for an admin',
  params: ofPerson,
  reply: notificationPreferences,
});

const kindChange = (kind: PreferenceKind) =>
  z
    .strictObject({
      channels: z
        .array(notificationChannel)
        .max(10)
        .overwrite((channels) => [...new Set(channels)])
        .refine((channels) => channels.every((one) => kindFacts[kind].possible.includes(one)), {
          message: `must not have mail: it is too slow for ${kind}`,
        }),
      inQuiet: quietRule,
      inDnd: quietRule,
    })
    .partial()
    .optional();

export const changeNotificationPreferences = endpoint({
  id: 'changeNotificationPreferences',
  method: 'PATCH',
  path: '/notifications/preferences/:personId',
  access: 'user',
  summary: 'Change what a person is told; what is left out stays. Yourself alone, but for an admin',
  params: ofPerson,
  body: z
    .strictObject({
      language: language.nullable(),
      quietHours: openingHours,
      gatherMails: z.boolean(),
      houseItems: z.boolean(),
      internalCalls: z.boolean(),
      kinds: z.strictObject(everyKind(kindChange)),
    })
    .partial(),
  reply: notificationPreferences,
});

export const notificationTarget = z
  .object({
    id: targetId,
    personId,
    channel: notificationChannel,
    name: z.string(),
    address: z.string().meta({ description: 'What is secret of it is left out: `…` and its last four characters' }),
    isEnabled: z.boolean(),
    /** Why nothing arrives there. */
    problem: deliveryReason.nullable(),
    deliveredAt: isoDateTime.nullable(),
    createdAt: isoDateTime,
  })
  .meta({ id: 'NotificationTarget' });

const target = z.object({ id: targetId });

export const listNotificationTargets = endpoint({
  id: 'listNotificationTargets',
  method: 'GET',
  path: '/notifications/targets',
  access: 'user',
  summary: 'Where you are reached; for an admin, where everybody is',
  query: listQuery(['createdAt', 'name'], { person: personIdOrMe.optional(), channel: notificationChannel.optional() }),
  reply: pageOf(notificationTarget),
});

const newTarget = {
  name: requiredDisplayName.optional(),
  /** Whose it is; yourself where it is left out. */
  personId: personIdOrMe.default('me'),
};

export const createNotificationTarget = endpoint({
  id: 'createNotificationTarget',
  method: 'POST',
  path: '/notifications/targets',
  access: 'user',
  summary: 'Add a mail address, a Gotify app, an ntfy topic or a phone of Home Assistant where a person is reached',
  status: 201,
  body: z.discriminatedUnion('channel', [
    z.strictObject({ channel: z.literal('mail'), address: mailAddress, ...newTarget }),
    /** Of an application in Gotify; never shown again. */
    z.strictObject({
      channel: z.literal('gotify'),
      token: z
        .string()
        .trim()
        .regex(/^[\w.-]{1,200}$/, 'must be the token of an application in Gotify, such as AbCdE1234567890'),
      ...newTarget,
    }),
    /** Whoever knows the topic can read it: never shown again. */
    z.strictObject({
      channel: z.literal('ntfy'),
      topic: z
        .string()
        .trim()
        .regex(/^[-_A-Za-z0-9]{1,64}$/, 'must be a topic of at most 64 letters, digits, - and _'),
      ...newTarget,
    }),
    z.strictObject({
      channel: z.literal('home-assistant'),
      target: z
        .string()
        .trim()
        .regex(
          /^(?:mobile_app_[a-z0-9_]{1,200}|notify\.[a-z0-9_]{1,200})$/,
          'must be one of the phones of Home Assistant that are listed',
        ),
      ...newTarget,
    }),
  ]),
  reply: notificationTarget,
});

export const changeNotificationTarget = endpoint({
  id: 'changeNotificationTarget',
  method: 'PATCH',
  path: '/notifications/targets/:id',
  access: 'user',
  summary: 'Rename a target, switch it off or on',
  params: target,
  body: z.strictObject({ name: requiredDisplayName, isEnabled: z.boolean() }).partial(),
  reply: notificationTarget,
});

export const deleteNotificationTarget = endpoint({
  id: 'deleteNotificationTarget',
  method: 'DELETE',
  path: '/notifications/targets/:id',
  access: 'user',
  summary: 'Delete a target: nothing reaches the person there any more',
  status: 204,
  params: target,
  reply: noContent,
});

/** How one attempt ended that somebody waited for. */
export const tried = {
  isDelivered: z.boolean(),
  reason: deliveryReason.nullable(),
  detail: z.string(),
};

export const testNotificationTarget = endpoint({
  id: 'testNotificationTarget',
  method: 'POST',
  path: '/notifications/targets/:id/test',
  access: 'user',
  summary: 'Send a test there now and wait for what becomes of it',
  params: target,
  reply: z.object(tried).meta({ id: 'TriedNotification' }),
});

export const listHomeAssistantTargets = endpoint({
  id: 'listHomeAssistantTargets',
  method: 'GET',
  path: '/notifications/home-assistant/targets',
  access: 'user',
  summary: 'Phones of Home Assistant that can be told: your own; for an admin, all',
  reply: z.object({
    items: z.array(
      z
        .object({
          target: z.string(),
          name: z.string(),
          kind: z.enum(['phone', 'entity']).meta({ id: 'HomeAssistantTargetKind' }),
          isOwn: z.boolean(),
        })
        .meta({ id: 'HomeAssistantTarget' }),
    ),
    problem: deliveryReason.nullable(),
  }),
});

export const doNotificationAction = endpoint({
  id: 'doNotificationAction',
  method: 'POST',
  path: '/notifications/actions',
  access: 'user',
  summary: 'Do what a button of a notification stands for; once, and within a day',
  body: z.strictObject({ token: z.string().min(1).max(200) }),
  reply: z.object({ message: z.string().meta({ description: 'What came of it, in the person’s language' }) }),
});

export const delivery = z
  .object({
    id: deliveryId,
    kind: deliveryKind,
    /** Of the call, the voicemail, the message or the alert. */
    itemId: z.string(),
    personId,
    personName: z.string(),
    channel: notificationChannel,
    targetId: targetId.nullable(),
    /** Empty where the target is no more. */
    targetName: z.string(),
    state: deliveryState,
    reason: deliveryReason.nullable(),
    detail: z.string().nullable(),
    attempts: z.number().int(),
    nextAt: isoDateTime.nullable().meta({ description: 'When it is tried, or tried again' }),
    createdAt: isoDateTime,
    endedAt: isoDateTime.nullable(),
    canResend: z.boolean(),
  })
  .meta({ id: 'NotificationDelivery' });

export const deliveryInFull = delivery
  .extend({
    request: z.string().nullable().meta({ description: 'What was sent in the last attempt, without secrets' }),
    reply: z.string().nullable().meta({ description: 'What came back' }),
  })
  .meta({ id: 'NotificationDeliveryInFull' });

const oneDelivery = z.object({ id: deliveryId });

export const listDeliveries = endpoint({
  id: 'listDeliveries',
  method: 'GET',
  path: '/notifications/deliveries',
  access: 'user',
  summary: 'What was told you and whether it arrived; for an admin, everybody',
  query: listQuery(['createdAt'], {
    person: personIdOrMe.optional(),
    kind: deliveryKind.optional(),
    channel: notificationChannel.optional(),
    state: deliveryState.optional(),
    from: isoDateTime.optional(),
    to: isoDateTime.optional(),
  }),
  reply: pageOf(delivery),
});

export const getDelivery = endpoint({
  id: 'getDelivery',
  method: 'GET',
  path: '/notifications/deliveries/:id',
  access: 'user',
  summary: 'One delivery, with what was sent and what came back',
  params: oneDelivery,
  reply: deliveryInFull,
});

export const resendDelivery = endpoint({
  id: 'resendDelivery',
  method: 'POST',
  path: '/notifications/deliveries/:id/resend',
  access: 'user',
  summary: 'Send again what was not delivered, or may not have been',
  status: 201,
  isDoneOnce: true,
  params: oneDelivery,
  body: z.strictObject({}).optional(),
  reply: delivery,
});

export const resendDeliveries = endpoint({
  id: 'resendDeliveries',
  method: 'POST',
  path: '/notifications/deliveries/resend',
  access: 'admin',
  summary: 'Send again everything that was not delivered since then, at most 500 at once',
  body: z.strictObject({ since: isoDateTime, channel: notificationChannel.optional() }),
  reply: z.object({
    resent: z.number().int(),
    /** How many more there are. */
    left: z.number().int(),
  }),
});
