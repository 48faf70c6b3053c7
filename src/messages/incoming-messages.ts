import { AppError } from '#base/errors.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { MessageId, NewId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { decideAutoReply } from './auto-reply.ts';
import type { AutoReplyStore } from './auto-reply-store.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { MediaStore } from './media-store.ts';
import type { Conversation, Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { localTime } from '#base/opening-hours.ts';
import { readOptOut } from './opt-out.ts';
import type { OptOutWord } from './opt-out.ts';
import type { OutgoingMessages } from './outgoing-messages.ts';
import type { IncomingMessageNotice, IsDnd, OurNumbers } from './ports.ts';

export type IncomingMessagesDeps = {
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
  readonly media: MediaStore;
  readonly autoReplies: AutoReplyStore;
  readonly outgoing: OutgoingMessages;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly log: Log;
  readonly numbers: OurNumbers;
  readonly isDnd: IsDnd;
  readonly timeZone: string;
  /** Media are to be fetched. */
  readonly onMedia: () => void;
};

/** An older message gets no automatic reply: its text is about now, not then. */
const replyWithinMs = 600_000;
const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Above Twilio's limits: 1600 characters and ten media. */
const maxBodyLength = 10_000;
const maxMedia = 20;

type Received = { readonly message: Message; readonly reply: Message | undefined };

/** Inbound messages: each is stored once however often it is reported, with its opt-out and automatic reply, in one transaction. */
export class IncomingMessages {
  readonly #deps: IncomingMessagesDeps;

  constructor(deps: IncomingMessagesDeps) {
    this.#deps = deps;
  }

  /** `receivedAt` undefined: now. Resolves when the message is stored; rejects where it cannot be. */
  async receive(notice: IncomingMessageNotice, receivedAt?: number): Promise<void> {
    const { messages, writes, log } = this.#deps;
    const received = await writes.write(() =>
      messages.bySid(notice.messageSid) === undefined ? this.#keep(notice, receivedAt) : undefined,
    );
    if (received === undefined) return;
    const { message, reply } = received;
    log.info({ message: message.id, messageSid: notice.messageSid, from: maskNumber(notice.from) }, 'Message received');
    this.#emit('message.received', message);
    if (reply !== undefined) this.#emit('message.changed', reply);
    if (notice.media.length > 0) this.#deps.onMedia();
  }

  #keep(notice: IncomingMessageNotice, receivedAt: number | undefined): Received {
    const { messages, conversations, media, outgoing, clock, newId } = this.#deps;
    const id: MessageId = newId('msg');
    const now = clock.now();
    const createdAt = Math.min(receivedAt ?? now, now);
    const conversation = outgoing.conversationOf({ ourNumber: notice.to, farNumber: notice.from }, createdAt);
    const attachments = notice.media.slice(0, maxMedia);
    messages.insert({
      id,
      conversationId: conversation.id,
      direction: 'inbound',
      body: notice.body.slice(0, maxBodyLength),
      state: 'received',
      segments: notice.segments,
      mediaCount: attachments.length,
      messageSid: notice.messageSid,
      sentBy: undefined,
      autoReplyId: undefined,
      requestId: undefined,
      createdAt,
    });
    for (const [position, { url }] of attachments.entries()) {
      media.insertPending({ id: newId('med'), messageId: id, position, sourceUrl: url, at: now });
    }
    conversations.addMessage({ id: conversation.id, messageId: id, at: createdAt, unread: 1 });
    const word = readOptOut(notice.body, notice.optOut);
    this.#applyOptOut(word, conversation, createdAt);
    const reply = now - createdAt > replyWithinMs ? undefined : this.#reply(notice, word);
    const message = messages.byId(id);
    if (message === undefined) throw new Error('Message missing right after it was stored');
    return { message, reply };
  }

  #applyOptOut(word: OptOutWord | undefined, { id, optedOutAt }: Conversation, at: number): void {
    const { conversations, log } = this.#deps;
    if (word === 'stop' && optedOutAt === undefined) conversations.setOptedOut(id, at);
    // A late opt-in may have been revoked since.
    else if (word === 'start' && optedOutAt !== undefined && at >= optedOutAt) conversations.setOptedOut(id, undefined);
    else return;
    log.info({ conversation: id, word }, 'Opt-out state changed');
  }

  #reply({ from, to, body }: IncomingMessageNotice, word: OptOutWord | undefined): Message | undefined {
    const { messages, conversations, autoReplies, outgoing, clock, numbers, isDnd, timeZone, log } = this.#deps;
    const now = clock.now();
    const decision = decideAutoReply({
      from,
      body,
      word,
      now,
      rules: autoReplies.forNumber(to),
      isFromUs: numbers.byNumber(from) !== undefined,
      isOptedOut: conversations.byPair({ ourNumber: to, farNumber: from })?.optedOutAt !== undefined,
      isDnd: isDnd(to),
      local: localTime(now, timeZone),
      previous: messages.autoRepliesTo(from, { since: now - dayMs, until: now }),
      repliesOfHour: messages.countAutoReplies({ since: now - hourMs, until: now }),
    });
    if (decision.kind === 'none') {
      log[decision.reason === 'too-many' ? 'warn' : 'debug']({ reason: decision.reason }, 'No automatic reply');
      return undefined;
    }
    // A reply can only be sent from a number of ours.
    if (numbers.byNumber(to) === undefined) return undefined;
    try {
      return outgoing.add({ ourNumber: to, farNumber: from, body: decision.rule.body, autoReplyId: decision.rule.id });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // The outbox is full. The inbound message is stored nonetheless.
      log.warn({ err: error }, 'Automatic reply not sent');
      return undefined;
    }
  }

  #emit(name: 'message.received' | 'message.changed', { id, conversationId, ourNumber }: Message): void {
    const personId = this.#deps.numbers.byNumber(ourNumber)?.ownerPersonId ?? null;
    this.#deps.events.emit(name, { messageId: id, conversationId, personId });
  }
}
