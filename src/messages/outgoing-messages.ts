import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { AutoReplyId, MessageId, NewId, PersonId } from '#base/ids.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { Outbox } from '#storage/outbox.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { MediaStore } from './media-store.ts';
import type { Conversation, Message, NumberPair } from './message.ts';
import type { EarlyState, MessageStore } from './message-store.ts';
import { isFinal, canTransition, stateFromTwilio } from './message-states.ts';
import { optedOutCode } from './opt-out.ts';
import type { ExplainErrorCode, ListedMessage, OurNumbers, OutgoingMessage, SentMessage, MessageStatusNotice } from './ports.ts';
import { countSegments } from './segments.ts';

export type OutgoingMessagesDeps = {
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
  readonly media: MediaStore;
  readonly outbox: Pick<Outbox, 'enqueue'>;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly log: Log;
  readonly explain: ExplainErrorCode;
  readonly numbers: OurNumbers;
};

export type NewOutgoing = NumberPair & {
  readonly body: string;
  readonly mediaCount?: number;
  readonly sentBy?: PersonId | undefined;
  readonly autoReplyId?: AutoReplyId | undefined;
  readonly requestId?: string | undefined;
};

/** How sending ended: accepted by Twilio, failed, or unknown. */
export type SendResult = {
  readonly state: 'done' | 'failed' | 'unknown';
  readonly sent?: SentMessage | undefined;
  readonly code?: number | undefined;
  readonly message?: string | undefined;
};

/** The kind of the outbox's items. */
export const smsKind = 'sms';
const earlyStatesMs = 24 * 3_600_000;

/** Outbound messages: into the outbox, out of it, and their status callbacks. */
export class OutgoingMessages {
  readonly #deps: OutgoingMessagesDeps;

  constructor(deps: OutgoingMessagesDeps) {
    this.#deps = deps;
  }

  /** Synchronous SQL: kept with the transaction that is open, and sent after it. */
  add({ body, mediaCount = 0, sentBy, autoReplyId, requestId, ...pair }: NewOutgoing): Message {
    const { messages, outbox, clock, newId } = this.#deps;
    const id: MessageId = newId('msg');
    const { segments } = countSegments(body);
    const createdAt = clock.now();
    // First, because it may throw: then nothing is left behind.
    outbox.enqueue({ kind: smsKind, orderKey: `${smsKind} ${pair.ourNumber} ${pair.farNumber}`, payload: { messageId: id } });
    const conversation = this.conversationOf(pair, createdAt);
    messages.insert({
      id,
      conversationId: conversation.id,
      direction: 'outbound',
      body,
      state: 'waiting',
      segments,
      mediaCount,
      messageSid: undefined,
      sentBy,
      autoReplyId,
      requestId,
      createdAt,
    });
    this.#deps.conversations.addMessage({ id: conversation.id, messageId: id, at: createdAt, unread: 0 });
    return this.#get(id);
  }

  /** Synchronous SQL: the conversation of a pair, created if there is none. */
  conversationOf({ ourNumber, farNumber }: NumberPair, at: number): Conversation {
    const { conversations, newId } = this.#deps;
    const known = conversations.byPair({ ourNumber, farNumber });
    if (known !== undefined) return known;
    conversations.insert({ id: newId('conv'), ourNumber, farNumber, at });
    const made = conversations.byPair({ ourNumber, farNumber });
    if (made === undefined) throw new Error('Conversation missing right after it was created');
    return made;
  }

  /** The message to send; undefined where it is gone. */
  toSend(id: MessageId): OutgoingMessage | undefined {
    const { messages, media } = this.#deps;
    const message = messages.byId(id);
    if (message?.direction !== 'outbound') return undefined;
    const mediaTokens = media.ofMessage(id).flatMap(({ token }) => token ?? []);
    return { id: message.id, from: message.ourNumber, to: message.farNumber, body: message.body, mediaTokens };
  }

  /** Whether the recipient has opted out, perhaps since the message was written. */
  isOptedOut({ from, to }: OutgoingMessage): boolean {
    return this.#deps.conversations.byPair({ ourNumber: from, farNumber: to })?.optedOutAt !== undefined;
  }

  /** Whether a message at Twilio is known to be another one of ours. */
  isKnownSid(sid: string): boolean {
    return this.#deps.messages.bySid(sid) !== undefined;
  }

  /** Synchronous SQL, in the transaction that ends the outbox item. */
  settle(id: MessageId, { state, sent, code, message }: SendResult): void {
    const found = this.#deps.messages.byId(id);
    if (found === undefined) return;
    if (sent !== undefined && !this.isKnownSid(sent.sid)) this.#applySent(found, sent);
    else if (state === 'done') this.#change(found, { state: 'queued', errorCode: undefined });
    else this.#change(found, { state, errorCode: code }, message);
  }

  /** After that transaction. */
  notifySettled(id: MessageId): void {
    const message = this.#deps.messages.byId(id);
    if (message === undefined) return;
    const { state, messageSid, errorCode, farNumber } = message;
    this.#deps.log.info({ message: id, messageSid, state, errorCode, to: maskNumber(farNumber) }, 'Message send finished');
    this.#emit(message);
  }

  /** Emits that a message has changed. */
  notifyChanged(id: MessageId): void {
    const message = this.#deps.messages.byId(id);
    if (message !== undefined) this.#emit(message);
  }

  /** A status callback, in any order, also before the sid is known. */
  async applyStatus({ messageSid, status, errorCode }: MessageStatusNotice): Promise<void> {
    const state = stateFromTwilio(status);
    if (state === undefined) return;
    const { messages, writes, clock } = this.#deps;
    const changed = await writes.write(() => {
      const message = messages.bySid(messageSid);
      if (message !== undefined) return this.#change(message, { state, errorCode }) ? message.id : undefined;
      const early = messages.takeEarly(messageSid);
      const isNewer = early === undefined || canTransition(early.state, state);
      messages.keepEarly(messageSid, isNewer ? { state, errorCode } : early, clock.now());
      messages.pruneEarly(clock.now() - earlyStatesMs);
      return undefined;
    });
    if (changed !== undefined) this.#emit(this.#get(changed));
  }

  /** A message of ours in Twilio's list, whose status callbacks may have been lost. */
  async reconcile({ sid, status, errorCode, segments, ...listed }: ListedMessage): Promise<void> {
    const { messages, writes } = this.#deps;
    if (this.isKnownSid(sid)) {
      await this.applyStatus({ messageSid: sid, status, errorCode });
      return;
    }
    // Never one that is still in the outbox: that one is looked up before it is retried, and must be found then.
    const like = { ourNumber: listed.from, farNumber: listed.to, body: listed.body };
    const found = await writes.write(() => {
      const unknown = messages.findUnknownLike(like);
      if (unknown !== undefined && !isOlder(listed, unknown)) this.#applySent(unknown, { sid, status, errorCode, segments });
      return unknown?.id;
    });
    if (found !== undefined) this.#emit(this.#get(found));
  }

  #applySent(message: Message, { sid, status, errorCode, segments }: SentMessage): void {
    const { messages } = this.#deps;
    messages.setSent(message.id, sid, segments > 0 ? segments : message.segments);
    this.#change(message, { state: stateFromTwilio(status) ?? 'queued', errorCode });
    const early = messages.takeEarly(sid);
    if (early !== undefined) this.#change(this.#get(message.id), early);
  }

  /** Returns whether anything changed. */
  #change(message: Message, { state, errorCode }: EarlyState, reason?: string): boolean {
    const { messages, conversations, media, clock, explain } = this.#deps;
    const isOnlyCode = state === message.state && errorCode !== undefined && message.errorCode === undefined;
    if (!isOnlyCode && !canTransition(message.state, state)) return false;
    const error = reason ?? (errorCode === undefined ? undefined : explain(errorCode));
    messages.setState({ id: message.id, state, errorCode, error, at: clock.now() });
    // Twilio has fetched the media of what it sent.
    if (state === 'sent' || isFinal(state)) media.unpublish(message.id);
    if (errorCode === optedOutCode) {
      const conversation = conversations.byId(message.conversationId);
      if (conversation?.optedOutAt === undefined) conversations.setOptedOut(message.conversationId, clock.now());
    }
    return true;
  }

  #emit(message: Message): void {
    const { events, numbers } = this.#deps;
    events.emit('message.changed', {
      messageId: message.id,
      conversationId: message.conversationId,
      personId: numbers.byNumber(message.ourNumber)?.ownerPersonId ?? null,
    });
  }

  #get(id: MessageId): Message {
    const message = this.#deps.messages.byId(id);
    if (message === undefined) throw new AppError('not-found', 'There is no such message');
    return message;
  }
}

/** Allows for a clock of ours that is ahead. */
const clockSkewMs = 600_000;

function isOlder({ createdAt }: Pick<ListedMessage, 'createdAt'>, message: Message): boolean {
  return createdAt !== undefined && createdAt < message.createdAt - clockSkewMs;
}
