import type { MessageSender, OutgoingMessage, SearchOutcome, SendOutcome } from '#messages/ports.ts';
import type { TwilioConnection } from '#twilio/api/connection.ts';
import { findSent } from './sms-search.ts';
import type { TwilioMessage } from '#twilio/api/records.ts';
import type { TwilioFailure } from '#twilio/api/result.ts';
import { webhookPaths, webhookUrl } from '#twilio/webhooks/webhook-paths.ts';

export type SmsSenderDeps = {
  readonly connection: Pick<TwilioConnection, 'request'>;
  /** Where Twilio reaches our webhooks, without a trailing slash; undefined where it cannot. */
  readonly publicUrl: () => string | undefined;
};

/** How many of a pair's messages are searched, the newest first. */
const searchLimit = 100;

/** Sends messages through Twilio and classifies failures. Nothing is retried here. */
export class SmsSender implements MessageSender {
  readonly #deps: SmsSenderDeps;

  constructor(deps: SmsSenderDeps) {
    this.#deps = deps;
  }

  async send({ from, to, body, mediaTokens }: OutgoingMessage): Promise<SendOutcome> {
    const { connection, publicUrl } = this.#deps;
    const base = publicUrl();
    if (mediaTokens.length > 0 && base === undefined) {
      return { kind: 'failed', message: 'Media can be sent only if Twilio can reach the house (option public_url)' };
    }
    const mediaUrls = base === undefined ? [] : mediaTokens.map((token) => webhookUrl(base, `${webhookPaths.media}/${token}`));
    const statusCallback = base === undefined ? undefined : webhookUrl(base, webhookPaths.smsStatus);
    const result = await connection.request((client) => client.sendMessage({ from, to, body, mediaUrls, statusCallback }));
    return result.kind === 'ok' ? { kind: 'done', sent: toSent(result.value) } : toOutcome(result);
  }

  async search(
    { from, to, body, mediaTokens }: OutgoingMessage,
    attemptedAt: number,
    isKnown: (sid: string) => boolean,
  ): Promise<SearchOutcome> {
    // Without a date: messages that are not sent yet have none, and the clocks may differ.
    const result = await this.#deps.connection.request((client) => client.listMessages({ from, to, limit: searchLimit }));
    if (result.kind !== 'ok') {
      return { kind: 'unclear', message: result.message, retryAfterSeconds: result.retryAfterSeconds };
    }
    const found = findSent({ listed: result.value, body, hasMedia: mediaTokens.length > 0, attemptedAt, isKnown });
    switch (found.kind) {
      case 'found':
        return { kind: 'found', sent: toSent(found.message) };
      case 'absent':
        return found;
      case 'doubtful':
        return { kind: 'never-known', message: 'Twilio has a similar message; whether it is this one cannot be determined' };
    }
  }
}

/** Which failures may be retried, and how. */
export function toOutcome({ kind, status, code, message, retryAfterSeconds }: TwilioFailure): SendOutcome {
  switch (kind) {
    case 'limited':
      return { kind, message, retryAfterSeconds };
    case 'unreachable':
      return { kind, message };
    case 'ambiguous':
      return { kind, message, code, retryAfterSeconds };
    case 'refused':
      // With 401 it was not sent, and the message is fine: it waits until the credentials are corrected.
      return status === 401 ? { kind: 'unreachable', message } : { kind: 'failed', message, code };
  }
}

function toSent({ sid, status, errorCode, segments }: TwilioMessage) {
  return { sid, status, errorCode, segments };
}
