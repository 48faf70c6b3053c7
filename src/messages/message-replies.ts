import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { MediaStore } from './media-store.ts';
import type { Conversation, Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { oneTimeCode } from './one-time-code.ts';
import type { NameOf } from './ports.ts';

type Shown = {
  readonly stores: { readonly messages: MessageStore; readonly conversations: ConversationStore; readonly media: MediaStore };
  readonly nameOf: NameOf;
};

/** As the API shows a conversation. */
export function conversationReply({ stores, nameOf }: Shown, conversation: Conversation) {
  const { id, ourNumber, farNumber, lastAt, lastMessageId, unread, optedOutAt } = conversation;
  const last = lastMessageId === undefined ? undefined : stores.messages.byId(lastMessageId);
  return {
    id,
    number: ourNumber,
    farNumber,
    farName: nameOf(farNumber, ourNumber),
    lastAt: isoTime(lastAt),
    unread,
    optedOutAt: isoTimeOrNull(optedOutAt),
    lastMessage: last === undefined ? null : messageReply({ stores, nameOf }, last),
  };
}

/** As the API shows a message. */
export function messageReply({ stores, nameOf }: Shown, message: Message) {
  const { id, conversationId, direction, ourNumber, farNumber, body, state, segments, errorCode, error } = message;
  return {
    id,
    conversationId,
    direction,
    number: ourNumber,
    farNumber,
    farName: nameOf(farNumber, ourNumber),
    body,
    state,
    segments,
    oneTimeCode: direction === 'inbound' ? (oneTimeCode(body) ?? null) : null,
    media: (message.mediaCount === 0 ? [] : stores.media.ofMessage(id)).map(({ position, state: has, contentType, bytes }) => ({
      n: position,
      state: has,
      contentType: contentType ?? null,
      bytes: bytes ?? null,
    })),
    sentBy: message.sentBy ?? null,
    autoReplyId: message.autoReplyId ?? null,
    requestId: message.requestId ?? null,
    error: error === undefined && errorCode === undefined ? null : { code: errorCode ?? null, message: error ?? '' },
    createdAt: isoTime(message.createdAt),
    changedAt: isoTime(message.changedAt),
    readAt: isoTimeOrNull(message.readAt),
  };
}
