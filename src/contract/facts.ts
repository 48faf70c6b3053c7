// Owns every fact a room emits: its name, its payload and whom it concerns, declared once.
// Called by the rooms that emit facts and by every edge that passes them on (http now, Home Assistant and notifications next).
// Must stay true: names are in the past tense, payloads are flat; edges listen, rooms never do.
import { z } from 'zod';
import type { CallId, DeviceId, EscalationId, PersonId } from '#base/ids.ts';
import { isoDateTime } from './date-time.ts';
import { approvalStates } from './approval-states.ts';
import { deviceFaultKind } from './device-faults.ts';
import { deliveryKind, deliveryState, notificationChannel } from './notification-shapes.ts';
import {
  blocklistEntryId,
  callApprovalId,
  callId,
  contactId,
  conversationId,
  deliveryId,
  destinationId,
  deviceId,
  escalationChainId,
  escalationId,
  messageId,
  numberId,
  personId,
  ringGroupId,
  spamListId,
  targetId,
  voicemailId,
  webhookDeliveryId,
} from './ids.ts';

/**
 * Whom a fact concerns beside every admin: a person, the owner of a device, the persons of a call, those whom an escalation may ask;
 * `shared`: a person, and everybody where it is of no person and no device but the whole house's; `admin`: no other person.
 */
export type Audience = keyof AudienceKeys;

/** What a payload must carry, so that its audience can be found. A person that is null is the house itself: admins alone, but for `shared`. */
type AudienceKeys = {
  readonly person: { readonly personId: PersonId | null };
  readonly device: { readonly deviceId: DeviceId };
  readonly call: { readonly callId: CallId };
  readonly escalation: { readonly escalationId: EscalationId };
  readonly shared: { readonly personId: PersonId | null; readonly deviceId?: DeviceId | null };
  readonly admin: object;
};

export type FactDeclaration<Payload extends z.ZodType, For extends Audience> = {
  readonly payload: Payload;
  readonly audience: For;
};

function fact<const For extends Audience, Payload extends z.ZodType<AudienceKeys[For]>>(
  payload: Payload,
  audience: For,
): FactDeclaration<Payload, For> {
  return { payload, audience };
}

const device = z.object({ deviceId });
const call = z.object({ callId });
const escalation = z.object({ escalationId });
/** `personId` is whose mailbox it is; null for the house's. */
const voicemail = z.object({ voicemailId, personId: personId.nullable() });
/** `personId` is whose number it is; null for the house's. */
const message = z.object({ messageId, conversationId, personId: personId.nullable() });

/** `personId` is whose contact it is; null for one of the whole house. */
const contact = z.object({ contactId, personId: personId.nullable() });
/** `personId` is whose calls it blocks; null for everybody's. */
const blocklistEntry = z.object({ blocklistEntryId, personId: personId.nullable() });
const spamList = z.object({ spamListId });
const ringGroup = z.object({ ringGroupId });
const number = z.object({ numberId });
const escalationChain = z.object({ escalationChainId });
const person = z.object({ personId });

/** Every fact, by name: what `GET /api/events` may carry. */
export const facts = {
  'device.created': fact(device, 'device'),
  'device.changed': fact(device, 'device'),
  /** `personId` is whose it was: the device itself cannot be looked up any more. */
  'device.deleted': fact(device.extend({ personId: personId.nullable() }), 'person'),
  'device.registered': fact(device.extend({ contact: z.string(), expiresAt: isoDateTime }), 'device'),
  'device.unregistered': fact(
    device.extend({ reason: z.enum(['removed', 'expired']).meta({ id: 'UnregisteredReason' }) }),
    'device',
  ),
  'call.started': fact(call, 'call'),
  /** It may neither register nor call any more with what it had. */
  'device.revoked': fact(
    device.extend({ why: z.enum(['disabled', 'new-password', 'deleted']).meta({ id: 'RevokedReason' }) }),
    'device',
  ),
  /** A phone was refused when it wanted to register, for something else than before or after a while. */
  'device.refused': fact(device.extend({ why: deviceFaultKind }), 'device'),
  /** A registered phone answers no longer, to a question (OPTIONS) or a call, or does again; true too where it has registered after it was refused. */
  'device.responding': fact(device.extend({ isResponding: z.boolean() }), 'device'),
  /** Something in the house wanted to register by a user name that no phone has. */
  'device.unknown': fact(z.object({ source: z.string() }), 'admin'),
  /** Setting up the account at Twilio got a step further, or the account was looked at. */
  'twilio.changed': fact(z.record(z.string(), z.never()), 'admin'),
  /** A test call begins, gets further or has its result. */
  'test-call.changed': fact(device.extend({ result: z.string().nullable() }), 'device'),
  /** The password of a phone is tried from many addresses; once an hour while that goes on. */
  'device.brute-forced': fact(device.extend({ tries: z.number().int(), sources: z.number().int() }), 'admin'),
  /** Logins from an address failed too often; until then it has to wait. */
  'login.locked': fact(z.object({ source: z.string(), kind: z.string(), until: isoDateTime }), 'admin'),
  /** An administrator let it in again before. */
  'login.unlocked': fact(z.object({ source: z.string(), kind: z.string() }), 'admin'),
  'call.changed': fact(call.extend({ state: z.string() }), 'call'),
  /** A phone begins to ring, by whichever of its contacts first, or does so no longer and has not answered. */
  'leg.changed': fact(call.extend({ deviceId, state: z.enum(['ringing', 'over']).meta({ id: 'LegState' }) }), 'call'),
  /** By a phone or outside; once, and not where two sides that were connected before are joined. */
  'call.answered': fact(call, 'call'),
  'call.ended': fact(call.extend({ disposition: z.string(), reason: z.string() }), 'call'),
  /**
   * A phone tried a call that it or its owner may not make; for attempts that are alike once a minute where a permission or a child's
   * line does not allow it, once a day otherwise. `destination`: what to allow, if it is wanted.
   */
  'outgoing.refused': fact(device.extend({ reason: z.string(), destination: z.string().nullable() }), 'device'),
  /** The third failure in a row of a service outside, such as Twilio; once until it succeeds again. */
  'outbox.failing': fact(z.object({ service: z.string(), failures: z.number().int(), reason: z.string() }), 'admin'),
  'outbox.recovered': fact(z.object({ service: z.string() }), 'admin'),
  'voicemail.left': fact(voicemail, 'person'),
  'voicemail.transcribed': fact(voicemail, 'person'),
  'voicemail.heard': fact(voicemail, 'person'),
  'voicemail.changed': fact(voicemail, 'person'),
  'voicemail.deleted': fact(voicemail, 'person'),
  'message.received': fact(message, 'person'),
  'message.changed': fact(message, 'person'),
  /** The automatic replies of a number. `personId` is whose number it is; null for the house's, and for those of all numbers. */
  'auto-replies.changed': fact(z.object({ personId: personId.nullable() }), 'person'),
  'recording.changed': fact(call.extend({ state: z.string() }), 'call'),
  /** Calls are not recorded; once until there is room again. */
  'recording.suspended': fact(z.object({ reason: z.string() }), 'admin'),
  'recording.resumed': fact(z.record(z.string(), z.never()), 'admin'),
  /** Do not disturb was switched, a schedule was changed, has begun or is over, or its time is over. `personId`: whose it is; null for the house's, of which `deviceId` is null too. */
  'dnd.changed': fact(
    z.object({
      of: z.enum(['house', 'person', 'device']).meta({ id: 'DndOf' }),
      personId: personId.nullable(),
      deviceId: deviceId.nullable(),
      isOn: z.boolean(),
      until: isoDateTime.nullable(),
      bySchedule: z.boolean(),
    }),
    'shared',
  ),
  'contact.created': fact(contact, 'shared'),
  'contact.changed': fact(contact, 'shared'),
  'contact.deleted': fact(contact, 'shared'),
  /** Too many contacts at once to name each: read the list again. */
  'contacts.imported': fact(contact.omit({ contactId: true }), 'shared'),
  /** Added, changed, read from its server with or without success, or removed. */
  'address-book.changed': fact(z.object({ addressBookId: z.string() }), 'admin'),
  'blocklist-entry.created': fact(blocklistEntry, 'person'),
  'blocklist-entry.changed': fact(blocklistEntry, 'person'),
  'blocklist-entry.deleted': fact(blocklistEntry, 'person'),
  /** Too many entries at once to name each: read the list again. */
  'blocklist.imported': fact(blocklistEntry.omit({ blocklistEntryId: true }), 'person'),
  'spam-list.created': fact(spamList, 'admin'),
  /** By a person, or it was read: its numbers, or why it could not be. */
  'spam-list.changed': fact(spamList, 'admin'),
  'spam-list.deleted': fact(spamList, 'admin'),
  'number.created': fact(number, 'admin'),
  'number.changed': fact(number, 'admin'),
  'number.deleted': fact(number, 'admin'),
  /** The rules of a number, or their order. */
  'routes.changed': fact(z.object({ numberId }), 'admin'),
  'ring-group.created': fact(ringGroup, 'admin'),
  'ring-group.changed': fact(ringGroup, 'admin'),
  'ring-group.deleted': fact(ringGroup, 'admin'),
  'escalation-chain.created': fact(escalationChain, 'admin'),
  'escalation-chain.changed': fact(escalationChain, 'admin'),
  'escalation-chain.deleted': fact(escalationChain, 'admin'),
  'routing-settings.changed': fact(z.record(z.string(), z.never()), 'admin'),
  /** The child's line of a phone or a person was set or removed. */
  'child-line.changed': fact(z.object({ deviceId: deviceId.nullable(), personId: personId.nullable() }), 'admin'),
  /**
   * A caller whom a child's line does not know was let through or blocked by a parent, is asked about, or nobody answered. `personId`: the
   * parent who may answer, each of whom is told; null where only admins may.
   */
  'call-approval.changed': fact(
    call.extend({
      approvalId: callApprovalId,
      personId: personId.nullable(),
      state: z.enum(approvalStates).meta({ id: 'ApprovalState' }),
    }),
    'person',
  ),
  /** A trunk was added, changed or removed, has another place or another state, or a test call over it went on. `trunkId`: `twilio` for Twilio's. */
  'trunk.changed': fact(z.object({ trunkId: z.string() }), 'admin'),
  'person.created': fact(person, 'person'),
  'person.changed': fact(person, 'person'),
  'person.deleted': fact(person, 'person'),
  'escalation.started': fact(escalation.extend({ name: z.string() }), 'escalation'),
  /** A phone of it rings, was answered or is over, or the next ones are asked. */
  'escalation.changed': fact(escalation.extend({ state: z.string() }), 'escalation'),
  /** Somebody takes it. `personId`: null for somebody outside. `takenBy`: their name; empty where it is not known. */
  'escalation.taken': fact(escalation.extend({ personId: personId.nullable(), takenBy: z.string() }), 'escalation'),
  /** Nobody took it, and nobody is asked any more. */
  'escalation.exhausted': fact(escalation.extend({ name: z.string() }), 'escalation'),
  'escalation.cancelled': fact(escalation, 'escalation'),
  /** Somebody was asked and did not take it, and need do nothing any more. `number`: of somebody outside, whose `personId` is null. */
  'escalation.stood-down': fact(
    escalation.extend({
      personId: personId.nullable(),
      number: z.string().nullable(),
      name: z.string(),
      takenBy: z.string(),
    }),
    'person',
  ),
  /** An alert began, changed or is over: read them again. */
  'alerts.changed': fact(z.record(z.string(), z.never()), 'admin'),
  /** A notification to one target is new, goes on, or has ended. */
  'delivery.changed': fact(
    z.object({
      deliveryId,
      personId,
      channel: notificationChannel,
      kind: deliveryKind,
      state: deliveryState,
    }),
    'person',
  ),
  /** The settings of a way to reach people were saved, or whether it works changed. */
  'notification-settings.changed': fact(z.object({ channel: notificationChannel }), 'admin'),
  'notification-preferences.changed': fact(z.object({ personId }), 'person'),
  /** Where somebody is reached was added, changed or removed, or what is wrong with it. */
  'notification-target.changed': fact(z.object({ targetId, personId }), 'person'),
  /** A destination of webhooks was added, changed, switched off or removed. */
  'webhook-destination.changed': fact(z.object({ destinationId }), 'admin'),
  'webhook-delivery.changed': fact(z.object({ destinationId, deliveryId: webhookDeliveryId, state: z.string() }), 'admin'),
  'storage.failed': fact(z.object({ reason: z.string() }), 'admin'),
  'storage.recovered': fact(z.record(z.string(), z.never()), 'admin'),
} as const;

export type FactName = keyof typeof facts;

/** The payload of every fact, by name. */
export type Facts = { readonly [Name in FactName]: Readonly<z.output<(typeof facts)[Name]['payload']>> };

export const factNames = Object.keys(facts) as readonly FactName[];

/** Facts about telling others. */
const factsOfTelling = ['delivery.changed', 'webhook-destination.changed', 'webhook-delivery.changed'] as const;

/** What may be told to others: telling of the telling would never end. */
export type EventName = Exclude<FactName, (typeof factsOfTelling)[number]>;

export const eventNames = factNames.filter((name): name is EventName => !(factsOfTelling as readonly string[]).includes(name));
