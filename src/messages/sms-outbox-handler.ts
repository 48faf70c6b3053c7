import type { MessageId } from '#base/ids.ts';
import type { OutboxEnd, OutboxHandler } from '#storage/outbox-item.ts';
import { optedOutCode } from './opt-out.ts';
import type { OutgoingMessages, SendResult } from './outgoing-messages.ts';
import type { ExplainErrorCode, MessageSender, SentMessage } from './ports.ts';

type Deps = { readonly outgoing: OutgoingMessages; readonly sender: MessageSender; readonly explain: ExplainErrorCode };

export type SmsPayload = { readonly messageId: MessageId };

/** How the outbox sends messages, each at most once: one in doubt is searched for at Twilio before it is sent again. */
export function smsOutboxHandler({ outgoing, sender, explain }: Deps): OutboxHandler<SmsPayload> {
  return {
    service: 'Twilio',
    attempt: async ({ payload }) => {
      const message = outgoing.toSend(payload.messageId);
      if (message === undefined) return { kind: 'failed', message: gone };
      if (outgoing.isOptedOut(message)) return { kind: 'failed', code: optedOutCode, message: explain(optedOutCode) };
      const outcome = await sender.send(message);
      return outcome.kind === 'done' ? { kind: 'done', result: outcome.sent } : outcome;
    },
    whenInDoubt: async ({ payload, firstAttemptAt, createdAt }) => {
      const message = outgoing.toSend(payload.messageId);
      if (message === undefined) return { kind: 'never-known', message: gone };
      const outcome = await sender.search(message, firstAttemptAt ?? createdAt, (sid) => outgoing.isKnownSid(sid));
      return outcome.kind === 'found' ? { kind: 'found', result: outcome.sent } : outcome;
    },
    settle: ({ payload }, end) => outgoing.settle(payload.messageId, toSendResult(end)),
    ended: ({ payload }) => outgoing.notifySettled(payload.messageId),
  };
}

const gone = 'The message no longer exists';

function toSendResult({ state, result, code, message }: OutboxEnd): SendResult {
  return { state, sent: result as SentMessage | undefined, code, message };
}
