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
export type TrunkId = Id<'trunk'>;
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
/** One notification to one target. */
export type DeliveryId = Id<'dlv'>;
export type TargetId = Id<'tgt'>;
export type WebhookDeliveryId = Id<'evt'>;

/** No person has this id. */
export const noPerson: PersonId = 'person_';

/** Makes a new id such as `dev_0199…` from a prefix and a UUIDv7, so that ids sort by creation time. */
export type NewId = <Prefix extends string>(prefix: Prefix) => Id<Prefix>;

/**
 * UUIDs of version 7 that sort in the order in which they were made, also within one millisecond and when the clock was set back: twelve
 * bits after the time count (RFC 9562 section 6.2, method 1). Node.js fills them at random.
 */
export function inOrder(uuidV7: () => string): () => string {
  let time = 0;
  let count = 0;
  return () => {
    const uuid = uuidV7();
    const made = Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
    if (made > time) {
      time = made;
      // From the lower half, so that a millisecond has room for two thousand.
      count = Number.parseInt(uuid.slice(15, 18), 16) >> 1;
    } else if (count < 0xfff) count += 1;
    else {
      time += 1;
      count = 0;
    }
    const hex = time.toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7${count.toString(16).padStart(3, '0')}${uuid.slice(18)}`;
  };
}

const nextUuid = inOrder(randomUUIDv7);

export const newId: NewId = <Prefix extends string>(prefix: Prefix) => `${prefix}_${nextUuid()}` as Id<Prefix>;

/** When an id was made, in milliseconds since the Unix epoch; undefined for one that was made otherwise. */
export function madeAt(id: string): number | undefined {
  const [, first = '', second = ''] = /_([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(id) ?? [];
  return first === '' ? undefined : Number.parseInt(first + second, 16);
}

/** Of an id that is a phone's or a person's. */
export function isDeviceId(id: DeviceId | PersonId): id is DeviceId {
  return id.startsWith('dev_');
}
