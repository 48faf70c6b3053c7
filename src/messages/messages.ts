// Owns the messages between our numbers and the outside: conversations, their state, and who may read and send.
// Called by its routes and by reconciliation.
// Must stay true: an accepted message is kept and sent once, states never go back, and nothing is sent to a recipient who opted out.
import { AppError, spokenError } from '#base/errors.ts';
import type { Because, SpokenWords } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { ConversationId, Id, MediaId, PersonId } from '#base/ids.ts';
import type { Conversation, Message, NumberPair } from './message.ts';
import type { IncomingMessages, IncomingMessagesDeps } from './incoming-messages.ts';
import type { MediaFetcher } from './media-fetcher.ts';
import type { MessageMedia } from './message-media.ts';
import { isOwnNumber, ownNumbers } from './own-numbers.ts';
import { isTextable } from './phone-number.ts';
import type { ListedMessage, MediaSource, ParsePhoneNumber } from './ports.ts';
import { emptyMessage, noOwnNumber, notOurNumber, notTextable, optedOut, requestTaken } from './spoken-words.ts';

export type MessagesDeps = Pick<
  IncomingMessagesDeps,
  'messages' | 'conversations' | 'outgoing' | 'writes' | 'clock' | 'events' | 'numbers'
> & {
  readonly incoming: IncomingMessages;
  readonly files: MessageMedia;
  readonly fetcher: MediaFetcher;
  readonly source: MediaSource;
  readonly parseNumber: ParsePhoneNumber;
  /** Whether Twilio can fetch anything from us. */
  readonly isPublic: () => boolean;
};

export type MessageInput = {
  /** One of ours; default: the sender's first. */
  readonly from?: string | undefined;
  readonly to: string;
  readonly body: string;
  /** Ids of uploads. */
  readonly media: readonly MediaId[];
  /** Whoever asks again with the same one gets the message that there is, and no second one is sent. */
  readonly requestId?: string | undefined;
};

/** An admin sends from any number of ours, a person from their own. */
export type MessageAuthor = { readonly isAdmin: boolean; readonly personId: PersonId | undefined };

export class Messages {
  readonly #deps: MessagesDeps;

  constructor(deps: MessagesDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    await this.#deps.files.start();
    this.#deps.fetcher.start();
  }

  async stop(): Promise<void> {
    this.#deps.files.stop();
    await this.#deps.fetcher.stop();
  }

  /**
   * Stored in the outbox when it resolves. Throws `invalid` for a message that can never be sent, `forbidden` for a number of others,
   * `conflict` where the recipient opted out or the request is that of another message, `unavailable` where nothing can be stored.
   */
  async send(input: MessageInput, author: MessageAuthor): Promise<Message> {
    const { writes, outgoing, conversations, files, events } = this.#deps;
    const pair = { ourNumber: this.#sender(input.from, author), farNumber: this.#recipient(input.to) };
    if (pair.ourNumber === pair.farNumber) throw invalid('to', 'is the number it is sent from', because('sent-to-itself'));
    if (input.body.trim() === '' && input.media.length === 0)
      throw invalid('body', 'must not be empty', { ...because('empty-message'), words: emptyMessage });
    if (input.media.length > 0 && !this.#deps.isPublic()) {
      throw new AppError(
        'unavailable',
        'Media can be sent only if Twilio can reach the house (option public_url)',
        because('no-public-address'),
      );
    }
    const { message, isNew } = await writes.write(() => {
      const known = input.requestId === undefined ? undefined : this.#known(input.requestId, { ...pair, body: input.body });
      if (known !== undefined) return { message: known, isNew: false };
      if (conversations.byPair(pair)?.optedOutAt !== undefined) throw spokenError('conflict', optedOut, because('opted-out'));
      const { body, requestId } = input;
      const added = outgoing.add({ ...pair, body, requestId, mediaCount: input.media.length, sentBy: author.personId });
      files.attach(input.media, added.id, ({ uploadedBy }) => author.isAdmin || uploadedBy === author.personId);
      return { message: added, isNew: true };
    });
    if (isNew) events.emit('message.changed', this.#fact(message));
    return message;
  }

  #known(requestId: string, wanted: NumberPair & { readonly body: string }): Message | undefined {
    const known = this.#deps.messages.byRequest(requestId);
    if (known === undefined) return undefined;
    const isSame = known.farNumber === wanted.farNumber && known.ourNumber === wanted.ourNumber && known.body === wanted.body;
    if (!isSame) throw spokenError('conflict', requestTaken, because('request-taken'));
    return known;
  }

  /** Marks one message as read. */
  async markRead(message: Message): Promise<Message> {
    const { messages, conversations, writes, clock, events } = this.#deps;
    const isNew = await writes.write(() => {
      const wasUnread = messages.markRead(message.id, clock.now());
      if (wasUnread) conversations.markRead(message.conversationId, 1);
      return wasUnread;
    });
    if (isNew) events.emit('message.changed', this.#fact(message));
    return messages.byId(message.id) ?? message;
  }

  /** Marks all of a conversation as read. */
  async markAllRead(conversation: Conversation): Promise<Conversation> {
    const { messages, conversations, writes, clock } = this.#deps;
    const read = await writes.write(() => {
      conversations.markRead(conversation.id);
      return messages.markAllRead(conversation.id, clock.now());
    });
    if (read > 0) this.#emitLast(conversation);
    return conversations.byId(conversation.id) ?? conversation;
  }

  /** Takes a message from Twilio's list: one that no webhook reported, or the state of a known one. Rejects where it cannot now. */
  async reconcile(message: ListedMessage): Promise<void> {
    const { outgoing, incoming, source } = this.#deps;
    if (message.direction !== 'inbound') {
      await outgoing.reconcile(message);
      return;
    }
    if (outgoing.isKnownSid(message.sid)) return;
    const urls = message.mediaCount === 0 ? [] : await source.list(message.sid);
    if (urls === undefined) throw new AppError('unavailable', 'The media of a message cannot be read from Twilio now');
    const { sid, from, to, body, segments } = message;
    const notice = { messageSid: sid, from, to, body, segments, media: urls.map((url) => ({ url })), optOut: undefined };
    await incoming.receive(notice, message.sentAt ?? message.createdAt);
  }

  /** The newest message that came in counts as unread again. */
  async markUnread(conversation: Conversation): Promise<Conversation> {
    const { messages, conversations, writes } = this.#deps;
    const isChanged = await writes.write(() => {
      const wasRead = messages.markNewestUnread(conversation.id);
      if (wasRead) conversations.markUnread(conversation.id);
      return wasRead;
    });
    if (isChanged) this.#emitLast(conversation);
    return conversations.byId(conversation.id) ?? conversation;
  }

  #emitLast({ lastMessageId }: Conversation): void {
    const last = lastMessageId === undefined ? undefined : this.#deps.messages.byId(lastMessageId);
    if (last !== undefined) this.#deps.events.emit('message.changed', this.#fact(last));
  }

  #fact({ id, conversationId, ourNumber }: Message): {
    readonly messageId: Id<'msg'>;
    readonly conversationId: ConversationId;
    readonly personId: PersonId | null;
  } {
    return { messageId: id, conversationId, personId: this.#deps.numbers.byNumber(ourNumber)?.ownerPersonId ?? null };
  }

  #sender(from: string | undefined, { isAdmin, personId }: MessageAuthor): string {
    const { numbers } = this.#deps;
    if (from === undefined) {
      const usual = ownNumbers(numbers, personId)[0] ?? (isAdmin ? numbers.all()[0]?.number : undefined);
      if (usual === undefined)
        throw invalid('from', 'is required: you have no number of your own', { ...because('no-own-number'), words: noOwnNumber });
      return usual;
    }
    if (!isAdmin && !isOwnNumber(numbers, from, personId))
      throw new AppError('forbidden', 'You can send from your own numbers only', because('own-numbers-only'));
    if (numbers.byNumber(from) === undefined)
      throw invalid('from', 'is not one of our numbers', { ...because('not-our-number'), words: notOurNumber });
    return from;
  }

  #recipient(to: string): string {
    const number = this.#deps.parseNumber(to);
    if (number === undefined || !isTextable(number))
      throw invalid('to', 'is not a number that can receive messages', { ...because('not-textable'), words: notTextable });
    return number;
  }
}

type WhyInvalid = { readonly because: Because; readonly words?: SpokenWords };

function invalid(field: string, message: string, why: WhyInvalid): AppError {
  return new AppError('invalid', 'The message cannot be sent like this', { ...why, details: [{ field, message }] });
}
