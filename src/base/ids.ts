import { randomUUIDv7 } from 'node:crypto';

declare const brand: unique symbol;

/** A text id that cannot be mistaken for the id of another kind of thing. */
export type Id<Prefix extends string> = `${Prefix}_${string}` & { readonly [brand]?: Prefix };

export type PersonId = Id<'person'>;
export type TokenId = Id<'token'>;
export type SessionId = Id<'session'>;
export type LockoutId = Id<'lockout'>;
export type DeviceId = Id<'dev'>;
export type ContactId = Id<'contact'>;
export type NumberId = Id<'num'>;
export type CallId = Id<'call'>;
export type CallApprovalId = Id<'approval'>;
export type LegId = Id<'leg'>;
export type RecordingId = Id<'rec'>;
export type VoicemailId = Id<'vm'>;
export type ConversationId = Id<'conv'>;
export type MessageId = Id<'msg'>;
export type MediaId = Id<'med'>;
export type AutoReplyId = Id<'auto'>;
export type EscalationChainId = Id<'chain'>;
export type EscalationId = Id<'esc'>;
export type EscalationLegId = Id<'escleg'>;

/** No person has this id. */
export const noPerson: PersonId = 'person_';

/** Makes a new id such as `dev_0199…` from a prefix and a UUIDv7, so that ids sort by creation time. */
export type NewId = <Prefix extends string>(prefix: Prefix) => Id<Prefix>;

export const newId: NewId = <Prefix extends string>(prefix: Prefix) => `${prefix}_${randomUUIDv7()}` as Id<Prefix>;

/** Of an id that is a phone's or a person's. */
export function isDeviceId(id: DeviceId | PersonId): id is DeviceId {
  return id.startsWith('dev_');
}
