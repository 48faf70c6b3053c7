import type { AutoReplyId, ConversationId, MessageId, PersonId } from '#base/ids.ts';
import type { Message } from './message.ts';
import type { MessageState } from './message-states.ts';

/** A row of `messages`, with the numbers of its conversation. */
export type MessageRow = {
  readonly id: MessageId;
  readonly conversation_id: ConversationId;
  readonly our_number: string;
  readonly far_number: string;
  readonly direction: 'inbound' | 'outbound';
  readonly body: string;
  readonly state: MessageState;
  readonly segments: number;
  readonly media_count: number;
  readonly message_sid: string | null;
  readonly sent_by: PersonId | null;
  readonly auto_reply_id: AutoReplyId | null;
  readonly request_id: string | null;
  readonly error_code: number | null;
  readonly error: string | null;
  readonly created_at: number;
  readonly changed_at: number;
  readonly read_at: number | null;
};

export function fromRow(row: MessageRow | undefined): Message | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    conversationId: row.conversation_id,
    ourNumber: row.our_number,
    farNumber: row.far_number,
    direction: row.direction,
    body: row.body,
    state: row.state,
    segments: row.segments,
    mediaCount: row.media_count,
    messageSid: row.message_sid ?? undefined,
    sentBy: row.sent_by ?? undefined,
    autoReplyId: row.auto_reply_id ?? undefined,
    requestId: row.request_id ?? undefined,
    errorCode: row.error_code ?? undefined,
    error: row.error ?? undefined,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    readAt: row.read_at ?? undefined,
  };
}
