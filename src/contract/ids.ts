import { z } from 'zod';
import type {
  AutoReplyId,
  CallApprovalId,
  CallId,
  ContactId,
  ConversationId,
  DeliveryId,
  DeviceId,
  EscalationChainId,
  EscalationId,
  Id,
  LegId,
  LockoutId,
  MediaId,
  MessageId,
  NumberId,
  PersonId,
  RecordingId,
  SessionId,
  TargetId,
  TokenId,
  TrunkId,
  VoicemailId,
  WebhookDeliveryId,
} from '#base/ids.ts';

/** Text on the wire; what it is the id of, from here on in the types. Whether there is such a thing, the room says. */
function idOf<Kind extends Id<string> | 'me'>(): z.ZodType<Kind, string> {
  return z.string() as unknown as z.ZodType<Kind, string>;
}

export const personId = idOf<PersonId>();
/** `me`: the person who asks. */
export const personIdOrMe = idOf<PersonId | 'me'>();
export const deviceId = idOf<DeviceId>();
export const tokenId = idOf<TokenId>();
/** Who may have asked for something: a person, or an API token that belongs to none. */
export const personOrTokenId = idOf<PersonId | TokenId>();
export const sessionId = idOf<SessionId>();
export const lockoutId = idOf<LockoutId>();
export const numberId = idOf<NumberId>();
export const trunkId = idOf<TrunkId>();
export const callId = idOf<CallId>();
export const callApprovalId = idOf<CallApprovalId>();
export const legId = idOf<LegId>();
export const recordingId = idOf<RecordingId>();
export const voicemailId = idOf<VoicemailId>();
export const conversationId = idOf<ConversationId>();
export const messageId = idOf<MessageId>();
export const mediaId = idOf<MediaId>();
export const autoReplyId = idOf<AutoReplyId>();
export const contactId = idOf<ContactId>();
export const escalationChainId = idOf<EscalationChainId>();
export const escalationId = idOf<EscalationId>();
export const routeId = idOf<Id<'route'>>();
export const ringGroupId = idOf<Id<'group'>>();
export const blocklistEntryId = idOf<Id<'block'>>();
export const spamListId = idOf<Id<'spam'>>();
export const deliveryId = idOf<DeliveryId>();
export const targetId = idOf<TargetId>();
export const destinationId = idOf<Id<'hook'>>();
export const webhookDeliveryId = idOf<WebhookDeliveryId>();
