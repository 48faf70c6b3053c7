import type { Log } from '#base/log.ts';
import type { WebhookDeduplicator } from './webhook-deduplicator.ts';
import type { WebhookForm } from './webhook-form.ts';
import type { MessagesPort } from './webhook-ports.ts';

type Deps = { readonly messages: MessagesPort; readonly deduplicator: WebhookDeduplicator; readonly log: Log };

/** Twilio sends ten at most. */
const maxMedia = 20;

/** Hands on messages and what becomes of those we sent. */
export class MessageWebhooks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Rejects where the message could not be kept, so that Twilio tries the fallback address. */
  async inbound(form: WebhookForm): Promise<void> {
    const { messages, deduplicator: once, log } = this.#deps;
    const messageSid = form.sid('MessageSid', 'SM', 'MM') ?? form.sid('SmsSid', 'SM', 'MM');
    const [from, to] = [form.text('From'), form.text('To')];
    if (messageSid === undefined || from === '' || to === '') {
      log.warn({ messageSid }, 'A message came without its sid, sender or receiver');
      return;
    }
    await once.run(`message ${messageSid}`, () =>
      messages.onIncomingMessage({
        messageSid,
        from,
        to,
        body: form.text('Body'),
        segments: form.count('NumSegments') ?? 1,
        media: readMedia(form),
        optOut: form.optional('OptOutType')?.toUpperCase(),
        messagingServiceSid: form.sid('MessagingServiceSid', 'MG'),
      }),
    );
  }

  async status(form: WebhookForm): Promise<void> {
    const { messages, deduplicator: once } = this.#deps;
    const messageSid = form.sid('MessageSid', 'SM', 'MM') ?? form.sid('SmsSid', 'SM', 'MM');
    const status = form.optional('MessageStatus') ?? form.optional('SmsStatus');
    if (messageSid === undefined || status === undefined) return;
    const errorCode = form.count('ErrorCode') || undefined;
    const notice = { messageSid, status, errorCode, from: form.text('From'), to: form.text('To') };
    await once.run(`status ${messageSid} ${status} ${errorCode ?? ''}`, () => messages.onMessageStatus(notice));
  }
}

function readMedia(form: WebhookForm): { readonly url: string; readonly contentType: string }[] {
  const count = Math.min(maxMedia, form.count('NumMedia') ?? 0);
  return Array.from({ length: count }, (_, index) => ({
    url: form.text(`MediaUrl${index}`),
    contentType: form.text(`MediaContentType${index}`),
  })).filter(({ url }) => url !== '');
}
