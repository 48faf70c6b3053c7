import { parseTime } from '#base/clock.ts';
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
  listMessageNumbers,
  listMessages,
  readConversation,
  readMessage,
  sendMessage,
  unreadConversation,
  uploadMessageMedia,
} from '#contract/messages.ts';
import { answerPage, listRequest } from '#contract/page.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { MediaStore } from './media-store.ts';
import { conversationReply, messageReply } from './message-replies.ts';
import { extensionOf, isInline } from './media-type.ts';
import type { MessageMedia } from './message-media.ts';
import type { Conversation, Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import type { Messages } from './messages.ts';
import { isOwnNumber, numbersOf, ownNumbers } from './own-numbers.ts';
import type { NameOf, NumbersNamed, OurNumbers } from './ports.ts';

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
  readonly numbersNamed: NumbersNamed;
  readonly isPublic: () => boolean;
  /** Whether there is an account to send with. */
  readonly isSetUp: () => boolean;
};

/** Users see the conversations of their own numbers; an admin sees all. Those of others are not found. */
export function messageRoutes(deps: Deps): readonly Route[] {
  return [numbersRoute(deps), ...conversationRoutes(deps), ...singleRoutes(deps)];
}

/** Like those of conversations mounted before those of single messages: `numbers` would match as a message id. */
function numbersRoute({ numbers, isPublic, isSetUp }: Deps): Route {
  return handle(listMessageNumbers, ({ identity }) => {
    const isAdmin = identity?.role === 'admin';
    const seen = isAdmin ? numbers.all() : identity?.personId === undefined ? [] : numbers.ofPerson(identity.personId);
    return {
      items: seen.map(({ number, name, ownerPersonId }) => ({ number, name, personId: ownerPersonId ?? null })),
      total: seen.length,
      canSend: isSetUp(),
      canSendMedia: isPublic(),
    };
  });
}

function conversationRoutes({ messages, stores, numbers, nameOf, numbersNamed }: Deps): readonly Route[] {
  const visible = (id: ConversationId, identity: Identity | undefined): Conversation => {
    const found = stores.conversations.byId(id);
    if (found !== undefined && isVisible(numbers, found.ourNumber, identity)) return found;
    throw new AppError('not-found', 'There is no such conversation');
  };
  return [
    handle(listConversations, ({ query, identity }) => {
      const { number, mine, unread, text } = query;
      const namedFor = identity?.role === 'admin' ? 'anybody' : identity?.personId;
      const named = text === undefined ? undefined : numbersNamed(text, namedFor);
      const filter = { ourNumbers: visibleNumbers(numbers, identity, { number, mine }), isUnread: unread, text, named };
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
    handle(unreadConversation, async ({ params, identity }) =>
      conversationReply({ stores, nameOf }, await messages.markUnread(visible(params.id, identity))),
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
      const { conversation, number, mine, farNumber, direction, state, unread, from, to, text } = query;
      const filter = {
        ourNumbers: visibleNumbers(numbers, identity, { number, mine }),
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

type Wanted = { readonly number: string | undefined; readonly mine: boolean | undefined };

/** Undefined: all. Empty for a number that is not theirs. */
function visibleNumbers(
  numbers: OurNumbers,
  identity: Identity | undefined,
  { number, mine = false }: Wanted,
): readonly string[] | undefined {
  const isAdmin = identity?.role === 'admin';
  if (isAdmin && !mine) return number === undefined ? undefined : [number];
  const seen = mine ? numbersOf(numbers, { isAdmin, personId: identity?.personId }) : ownNumbers(numbers, identity?.personId);
  return number === undefined ? seen : seen.filter((one) => one === number);
}

function isVisible(numbers: OurNumbers, ourNumber: string, identity: Identity | undefined): boolean {
  return identity?.role === 'admin' || isOwnNumber(numbers, ourNumber, identity?.personId);
}
