import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { fileReply, uploadBody } from './file.ts';
import { autoReplyId, conversationId, mediaId, messageId, personId } from './ids.ts';
import { messageMediaTypeAliases, messageMediaTypes } from './media-types.ts';
import { nameOrNumberFilter, numberFilter } from './number-filter.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';
import { normalizeDigits } from './normalize-digits.ts';

const params = z.object({ id: messageId });
const conversationParams = z.object({ id: conversationId });
const booleanParam = z.enum(['true', 'false']).transform((text) => text === 'true');

/**
 * `waiting`: with us. `unknown`: it may have been sent, and nobody can tell. `accepted` to `sent`: on its way at Twilio.
 * `received`: came in.
 */
export const messageState = z
  .enum([
    'waiting',
    'unknown',
    'accepted',
    'scheduled',
    'queued',
    'sending',
    'sent',
    'delivered',
    'undelivered',
    'failed',
    'canceled',
    'read',
    'received',
  ])
  .meta({ id: 'MessageState' });

/** Of the numbers that are yours, and of those that are nobody’s where you see them: what is for your eyes. */
const mine = booleanParam.optional();
const direction = z.enum(['inbound', 'outbound']).meta({ id: 'MessageDirection' });

const media = z.object({
  /** Counts from 0; the last part of its address. */
  n: z.number().int(),
  /** `lost`: it could not be had from Twilio. */
  state: z.enum(['fetching', 'stored', 'lost']).meta({ id: 'MessageMediaState' }),
  /** As its bytes say; null while it is fetched. */
  contentType: z.string().nullable(),
  bytes: z.number().int().nullable(),
});

export const message = z
  .object({
    id: messageId,
    conversationId,
    direction,
    /** Ours, E.164. */
    number: z.string(),
    /** E.164, or a short code. */
    farNumber: z.string(),
    /** As the address book has it; empty where it has none. */
    farName: z.string(),
    body: z.string(),
    state: messageState,
    segments: z.number().int(),
    /** The code for signing in or paying that a received message probably carries; null where it carries none. */
    oneTimeCode: z.string().nullable(),
    media: z.array(media),
    /** Of the person who sent it; null for what came in and for automatic replies. */
    sentBy: personId.nullable(),
    autoReplyId: autoReplyId.nullable(),
    /** As its sender called the request; null where it was not called anything. */
    requestId: z.string().nullable(),
    /** Why it was not delivered: Twilio’s code where there is one, and what it means. */
    error: z.object({ code: z.number().int().nullable(), message: z.string() }).nullable(),
    createdAt: isoDateTime,
    changedAt: isoDateTime,
    readAt: isoDateTime.nullable(),
  })
  .meta({ id: 'Message' });

export const conversation = z
  .object({
    id: conversationId,
    number: z.string(),
    farNumber: z.string(),
    /** As the address book has it; empty where it has none. */
    farName: z.string(),
    lastAt: isoDateTime,
    lastMessage: message.nullable(),
    unread: z.number().int(),
    /** Since when the far side wants nothing more from this number. */
    optedOutAt: isoDateTime.nullable(),
  })
  .meta({ id: 'Conversation' });

export const listMessages = endpoint({
  id: 'listMessages',
  method: 'GET',
  path: '/messages',
  access: 'user',
  summary: 'Messages of your own numbers; for an admin, of all numbers',
  query: listQuery(['createdAt'], {
    conversation: conversationId.optional(),
    number: numberFilter.optional(),
    mine,
    farNumber: numberFilter.optional(),
    direction: direction.optional(),
    state: messageState.optional(),
    unread: booleanParam.optional(),
    from: isoDateTime.optional(),
    to: isoDateTime.optional(),
    /** Part of the message. */
    text: z.string().min(1).max(64).optional(),
  }),
  reply: pageOf(message),
});

export const sendMessage = endpoint({
  id: 'sendMessage',
  method: 'POST',
  path: '/messages',
  access: 'user',
  summary: 'Send a message; the reply comes once it is stored in the outbox',
  status: 201,
  isDoneOnce: true,
  body: z.strictObject({
    /** One of ours; your first unless given. */
    from: z.string().overwrite(normalizeDigits).max(32).optional(),
    /** In any spelling; invisible characters, separators and `tel:` are read over. */
    to: z.string().trim().min(1).max(80),
    body: z.string().max(1600).default(''),
    /** Ids of uploads. */
    media: z.array(mediaId).max(10).default([]),
    /** Whoever asks again with the same one gets the message that there is, and no second one is sent. */
    requestId: z.string().min(1).max(64).optional(),
  }),
  reply: message,
});

/** `text/plain` is a form's: a foreign web page could submit it without a preflight (CSRF). */
export const messageUpload = {
  types: messageMediaTypes.filter((type) => type !== 'text/plain'),
  aliases: messageMediaTypeAliases,
  maxBytes: 5 * 1024 * 1024,
} as const;

export const uploadMessageMedia = endpoint({
  id: 'uploadMessageMedia',
  method: 'POST',
  path: '/messages/media',
  access: 'user',
  summary: 'Upload media for a message; deleted after a day unless it is sent',
  status: 201,
  body: uploadBody,
  upload: messageUpload,
  reply: z.object({ id: mediaId, contentType: z.string(), bytes: z.number().int() }),
});

export const listConversations = endpoint({
  id: 'listConversations',
  method: 'GET',
  path: '/messages/conversations',
  access: 'user',
  summary: 'Conversations of your own numbers, the one with the newest message first; for an admin, of all numbers',
  query: listQuery(['lastAt'], {
    number: numberFilter.optional(),
    mine,
    unread: booleanParam.optional(),
    /** Part of the far number, in any spelling, or of its name in the address books that you see. */
    text: nameOrNumberFilter.optional(),
  }),
  reply: pageOf(conversation),
});

export const getConversation = endpoint({
  id: 'getConversation',
  method: 'GET',
  path: '/messages/conversations/:id',
  access: 'user',
  summary: 'One conversation; its messages are listed at /messages',
  params: conversationParams,
  reply: conversation,
});

export const readConversation = endpoint({
  id: 'readConversation',
  method: 'POST',
  path: '/messages/conversations/:id/read',
  access: 'user',
  summary: 'Mark a conversation as read',
  params: conversationParams,
  reply: conversation,
});

export const unreadConversation = endpoint({
  id: 'unreadConversation',
  method: 'POST',
  path: '/messages/conversations/:id/unread',
  access: 'user',
  summary: 'Mark the newest message that came in as unread again; nothing happens where none came in',
  params: conversationParams,
  reply: conversation,
});

export const listMessageNumbers = endpoint({
  id: 'listMessageNumbers',
  method: 'GET',
  path: '/messages/numbers',
  access: 'user',
  summary: 'From which numbers you can send messages: your own; for an admin, all of the house, the oldest first',
  reply: z.object({
    items: z.array(z.object({ number: z.string(), name: z.string(), personId: personId.nullable() })),
    total: z.number().int(),
    /** Whether the house has a Twilio account: without one a message waits. */
    canSend: z.boolean(),
    /** Whether Twilio can fetch pictures and the like from the house. */
    canSendMedia: z.boolean(),
  }),
});

export const getMessage = endpoint({
  id: 'getMessage',
  method: 'GET',
  path: '/messages/:id',
  access: 'user',
  summary: 'One message',
  params,
  reply: message,
});

export const getMessageMedia = endpoint({
  id: 'getMessageMedia',
  method: 'GET',
  path: '/messages/:id/media/:n',
  access: 'user',
  summary: 'Media number n of a message, counted from 0, whole or by range',
  params: z.object({ id: messageId, n: z.coerce.number().int().min(0).max(99) }),
  reply: fileReply,
  replyTypes: messageMediaTypes,
});

export const readMessage = endpoint({
  id: 'readMessage',
  method: 'POST',
  path: '/messages/:id/read',
  access: 'user',
  summary: 'Mark a message as read',
  params,
  reply: message,
});
