import type { Log } from '#base/log.ts';
import type { WebhookDeduplicator } from './webhook-deduplicator.ts';
import type { WebhookForm } from './webhook-form.ts';
import type { MessagesPort } from './webhook-ports.ts';

type Deps = { readonly messages: MessagesPort; readonly deduplicator: WebhookDeduplicator; readonly log: Log };

/** Twilio sends ten at most. */
const maxMedia = 20;

/** Passes on inbound messages and the status callbacks of sent ones. */
export class MessageWebhooks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Rejects where the message could not be kept, so that Twilio tries the fallback address. */
  async inbound(form: WebhookForm): Promise<void> {
    const { messages, deduplicator, log } = this.#deps;
    const messageSid = form.sid('MessageSid', 'SM', 'MM') ?? form.sid('SmsSid', 'SM', 'MM');
    const [from, to] = [form.text('From'), form.text('To')];
    if (messageSid === undefined || from === '' || to === '') {
      log.warn({ messageSid }, 'Inbound message without sid, sender or receiver ignored');
      return;
    }
    await deduplicator.run(`message ${messageSid}`, () =>
      messages.incoming.receive({
        messageSid,
        from,
        to,
        body: form.text('Body'),
        segments: form.count('NumSegments') ?? 1,
        media: readMedia(form),
        optOut: form.optional('OptOutType')?.toUpperCase(),
      }),
    );
  }

  async status(form: WebhookForm): Promise<void> {
    const { messages, deduplicator } = this.#deps;
    const messageSid = form.sid('MessageSid', 'SM', 'MM') ?? form.sid('SmsSid', 'SM', 'MM');
    const status = form.optional('MessageStatus') ?? form.optional('SmsStatus');
    if (messageSid === undefined || status === undefined) return;
    const errorCode = form.count('ErrorCode') || undefined;
    await deduplicator.run(`status ${messageSid} ${status} ${errorCode ?? ''}`, () =>
      messages.outgoing.applyStatus({ messageSid, status, errorCode }),
    );
  }
}

/** Their announced types are left out: what a file is, its bytes say. */
function readMedia(form: WebhookForm): { readonly url: string }[] {
  const count = Math.min(maxMedia, form.count('NumMedia') ?? 0);
  return Array.from({ length: count }, (_, index) => ({ url: form.text(`MediaUrl${index}`) })).filter(({ url }) => url !== '');
}
