import { isoTime, isoTimeOrNull, parseTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { ConversationId, MessageId } from '#base/ids.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import type { FileReply } from '#contract/file.ts';
import {
  getConversation,
  getMessage,
  getMessageMedia,
  listConversations,
  listMessages,
  readConversation,
  readMessage,
  sendMessage,
  uploadMessageMedia,
} from '#contract/messages.ts';
import { answerPage, listRequest } from '#contract/page.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { MediaStore } from './media-store.ts';
import { extensionOf, isInline } from './media-type.ts';
import type { MessageMedia } from './message-media.ts';
import type { Conversation, Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import type { Messages } from './messages.ts';
import { isOwnNumber, ownNumbers } from './own-numbers.ts';
import type { NameOf, OurNumbers } from './ports.ts';

type Deps = {
  readonly messages: Messages;
  readonly stores: {
    readonly messages: MessageStore;
    readonly conversations: ConversationStore;
    readonly media: MediaStore;
  };
  readonly files: MessageMedia;
  readonly numbers: OurNumbers;
  readonly nameOf: NameOf;
};

/** Users see the conversations of their own numbers; an admin sees all. Those of others are not found. */
export function messageRoutes(deps: Deps): readonly Route[] {
  return [...conversationRoutes(deps), ...singleRoutes(deps)];
}

/** Mounted before those of single messages: `conversations` would match as a message id. */
function conversationRoutes({ messages, stores, numbers, nameOf }: Deps): readonly Route[] {
  const visible = (id: ConversationId, identity: Identity | undefined): Conversation => {
    const found = stores.conversations.byId(id);
    if (found !== undefined && isVisible(numbers, found.ourNumber, identity)) return found;
    throw new AppError('not-found', 'There is no such conversation');
  };
  return [
    handle(listConversations, ({ query, identity }) => {
      const { number, unread, text } = query;
      const filter = { ourNumbers: visibleNumbers(numbers, identity, number), isUnread: unread, text };
      return answerPage(
        query,
        (request) => stores.conversations.find(filter, request),
        (conversation) => conversationReply({ stores, nameOf }, conversation),
      );
    }),
    handle(getConversation, ({ params, identity }) => conversationReply({ stores, nameOf }, visible(params.id, identity))),
    handle(readConversation, async ({ params, identity }) =>
      conversationReply({ stores, nameOf }, await messages.markAllRead(visible(params.id, identity))),
    ),
  ];
}

function singleRoutes({ messages, stores, files, numbers, nameOf }: Deps): readonly Route[] {
  const visible = (id: MessageId, identity: Identity | undefined): Message => {
    const found = stores.messages.byId(id);
    if (found !== undefined && isVisible(numbers, found.ourNumber, identity)) return found;
    throw new AppError('not-found', 'There is no such message');
  };
  return [
    handle(listMessages, async ({ query, identity }) => {
      const { conversation, number, farNumber, direction, state, unread, from, to, text } = query;
      const filter = {
        ourNumbers: visibleNumbers(numbers, identity, number),
        conversationId: conversation,
        isUnread: unread,
        farNumber,
        direction,
        state,
        text,
        from: parseTime(from),
        to: parseTime(to),
      };
      const found = await stores.messages.findInTurns(filter, listRequest(query));
      return answerPage(
        query,
        () => found,
        (message) => messageReply({ stores, nameOf }, message),
      );
    }),
    handle(sendMessage, async ({ body, identity }) => {
      const author = { isAdmin: identity?.role === 'admin', personId: identity?.personId };
      return messageReply({ stores, nameOf }, await messages.send(body, author));
    }),
    handle(uploadMessageMedia, async ({ body, identity }) => {
      const { id, contentType = '', bytes = 0 } = await files.upload(body.bytes, identity?.personId);
      return { id, contentType, bytes };
    }),
    handle(getMessage, ({ params, identity }) => messageReply({ stores, nameOf }, visible(params.id, identity))),
    handle(getMessageMedia, async ({ params, identity }): Promise<FileReply> => {
      const message = visible(params.id, identity);
      const file = await files.file(message.id, params.n);
      if (file === undefined) throw new AppError('not-found', 'There is no such media item');
      const { media, bytes, read } = file;
      const contentType = media.contentType ?? 'application/octet-stream';
      const fileName = `${message.id}-${media.position}.${extensionOf(contentType)}`;
      // Media from untrusted senders must not run as a page of our origin, whatever their declared type.
      const disposition = isInline(contentType) ? 'inline' : 'attachment';
      return { contentType, bytes, etag: `${media.id}-${bytes}`, fileName, disposition, read };
    }),
    handle(readMessage, async ({ params, identity }) =>
      messageReply({ stores, nameOf }, await messages.markRead(visible(params.id, identity))),
    ),
  ];
}

/** Undefined: all. Empty for a number that is not theirs. */
function visibleNumbers(
  numbers: OurNumbers,
  identity: Identity | undefined,
  number: string | undefined,
): readonly string[] | undefined {
  if (identity?.role === 'admin') return number === undefined ? undefined : [number];
  if (number === undefined) return ownNumbers(numbers, identity?.personId);
  return isOwnNumber(numbers, number, identity?.personId) ? [number] : [];
}

function isVisible(numbers: OurNumbers, ourNumber: string, identity: Identity | undefined): boolean {
  return identity?.role === 'admin' || isOwnNumber(numbers, ourNumber, identity?.personId);
}

type Shown = Pick<Deps, 'stores' | 'nameOf'>;

function conversationReply({ stores, nameOf }: Shown, conversation: Conversation) {
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

function messageReply({ stores, nameOf }: Shown, message: Message) {
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
    media: (message.mediaCount === 0 ? [] : stores.media.ofMessage(id)).map(({ position, state: has, contentType, bytes }) => ({
      n: position,
      state: has,
      contentType: contentType ?? null,
      bytes: bytes ?? null,
    })),
    sentBy: message.sentBy ?? null,
    autoReplyId: message.autoReplyId ?? null,
    error: error === undefined && errorCode === undefined ? null : { code: errorCode ?? null, message: error ?? '' },
    createdAt: isoTime(message.createdAt),
    changedAt: isoTime(message.changedAt),
    readAt: isoTimeOrNull(message.readAt),
  };
}
