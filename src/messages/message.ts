import type { AutoReplyId, ConversationId, MediaId, MessageId, PersonId } from '#base/ids.ts';
import type { MessageState } from './message-states.ts';

/** One of our numbers and one that is not. */
export type NumberPair = { readonly ourNumber: string; readonly farNumber: string };

/** The messages between two numbers. Times in milliseconds since the Unix epoch. */
export type Conversation = NumberPair & {
  readonly id: ConversationId;
  readonly lastAt: number;
  readonly lastMessageId: MessageId | undefined;
  readonly unread: number;
  /** Since when the far side has opted out of messages from this number. */
  readonly optedOutAt: number | undefined;
};

export type Message = NumberPair & {
  readonly id: MessageId;
  readonly conversationId: ConversationId;
  readonly direction: 'inbound' | 'outbound';
  readonly body: string;
  readonly state: MessageState;
  readonly segments: number;
  readonly mediaCount: number;
  /** At Twilio. */
  readonly messageSid: string | undefined;
  /** The person who sent it. */
  readonly sentBy: PersonId | undefined;
  /** The automatic reply it is. */
  readonly autoReplyId: AutoReplyId | undefined;
  /** Unique; as whoever sent it called the request. */
  readonly requestId: string | undefined;
  /** Twilio's error code, and its explanation. */
  readonly errorCode: number | undefined;
  readonly error: string | undefined;
  readonly createdAt: number;
  readonly changedAt: number;
  /** Only of inbound messages. */
  readonly readAt: number | undefined;
};

export type MediaItem = {
  readonly id: MediaId;
  /** Undefined for an upload that is not sent yet. */
  readonly messageId: MessageId | undefined;
  readonly position: number;
  readonly state: 'fetching' | 'stored' | 'lost';
  readonly sourceUrl: string | undefined;
  readonly contentType: string | undefined;
  readonly bytes: number | undefined;
  readonly uploadedBy: PersonId | undefined;
  readonly token: string | undefined;
  readonly tokenUntil: number | undefined;
  readonly attempts: number;
  readonly dueAt: number | undefined;
  readonly problem: string | undefined;
  readonly createdAt: number;
};
