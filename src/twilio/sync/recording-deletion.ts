import type { AttemptOutcome, OutboxHandler, OutboxRequest } from '#storage/outbox-item.ts';
import type { TwilioConnection } from '#twilio/api/connection.ts';
import { isAbsent } from '#twilio/api/result.ts';
import type { TwilioResult } from '#twilio/api/result.ts';

type Payload = { readonly sid: string };

export const recordingDeletionKind = 'recording-delete';
const weekSeconds = 7 * 86_400;
/** Refused while Twilio still works on the recording. */
const notComplete = 20009;

/** For the outbox: a recording at Twilio that is not needed any more. */
export function recordingDeletion(sid: string): OutboxRequest {
  return { kind: recordingDeletionKind, orderKey: `recording:${sid}`, payload: { sid }, giveUpAfterSeconds: weekSeconds };
}

/** Deletes recordings at Twilio; twice does no harm. */
export function recordingDeletionHandler(connection: Pick<TwilioConnection, 'request'>): OutboxHandler<Payload> {
  return {
    service: 'Twilio',
    attempt: async ({ payload }) => toOutcome(await connection.request((client) => client.deleteRecording(payload.sid))),
    whenInDoubt: 'repeat',
  };
}

function toOutcome(result: TwilioResult<void>): AttemptOutcome {
  if (result.kind === 'ok' || isAbsent(result)) return { kind: 'done' };
  const { kind, message, code, retryAfterSeconds } = result;
  switch (kind) {
    case 'refused':
      return { kind: code === notComplete ? 'retry' : 'failed', message, code };
    case 'limited':
    case 'ambiguous':
      return { kind, message, retryAfterSeconds };
    case 'unreachable':
      return { kind, message };
  }
}
