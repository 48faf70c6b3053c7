// The life of a message that goes out: accepted from REST and TwiML, sent, delivered or not, reported.
// The REST routes and the answers to inbound messages come here.
// Must stay true: a message accepted once exists once, and its state ends in exactly one final state.
import type { FarPhone } from '#testing/twilio/base/far-phones.ts';
import { isFinalMessage } from '#testing/twilio/base/records.ts';
import type { MessageRecord, MessageStatus } from '#testing/twilio/base/records.ts';
import { countSegments } from './sms-segments.ts';
import type { FormFields } from '#testing/twilio/base/signature.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';
import { failureOf } from '#testing/twilio/base/webhooks.ts';
import type { WebhookSender } from '#testing/twilio/base/webhooks.ts';

export type NewMessage = {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly statusCallback: string | undefined;
  readonly messagingServiceSid: string | null;
  readonly direction: 'outbound-api' | 'outbound-reply';
};

export class Messaging {
  readonly #state: EmulatorState;
  readonly #webhooks: WebhookSender;
  readonly #farPhones: ReadonlyMap<string, FarPhone>;

  constructor(state: EmulatorState, webhooks: WebhookSender, farPhones: ReadonlyMap<string, FarPhone>) {
    this.#state = state;
    this.#webhooks = webhooks;
    this.#farPhones = farPhones;
  }

  /** Takes a valid message; it goes out from here on its own. */
  async accept(given: NewMessage): Promise<MessageRecord> {
    const now = this.#state.now();
    const message: MessageRecord = {
      ...given,
      sid: this.#state.sid(given.mediaUrls.length > 0 ? 'MM' : 'SM'),
      status: given.messagingServiceSid === null ? 'queued' : 'accepted',
      errorCode: null,
      errorMessage: null,
      segments: countSegments(given.body),
      media: [],
      createdMs: now,
      updatedMs: now,
      sentMs: null,
      price: null,
    };
    this.#state.messages.set(message.sid, message);
    if (this.#state.faults.take('callback.before-rest-response', 'message-status') !== undefined) {
      const reported = { ...message };
      await this.#send(message, true);
      return reported;
    }
    const reported = { ...message };
    this.#state.later(this.#state.delays.messageSent, () => void this.#send(message, false));
    return reported;
  }

  cancel(message: MessageRecord): boolean {
    if (message.status !== 'scheduled' && message.status !== 'accepted') return false;
    this.#move(message, 'canceled');
    return true;
  }

  async #send(message: MessageRecord, isAtOnce: boolean): Promise<void> {
    if (isFinalMessage(message.status)) return;
    const failure = this.#failureBefore(message) ?? (await this.#fetchMedia(message));
    if (failure !== undefined) {
      this.#fail(message, 'failed', failure);
      return;
    }
    message.sentMs = this.#state.now();
    const callback = this.#callbackOf(this.#moved(message, 'sent'));
    if (callback !== undefined && isAtOnce) await this.#webhooks.postNow(callback);
    else if (callback !== undefined) this.#webhooks.post(callback);
    this.#state.later(this.#state.delays.messageFinal, () => this.#finish(message));
  }

  #failureBefore(message: MessageRecord): number | undefined {
    if (this.#state.isSuspended) return 30_002;
    const isOptedOut = this.#state.optOuts.has(`${message.to}|${message.from}`);
    // Twilio's own answer to STOP goes out all the same.
    if (isOptedOut && message.direction === 'outbound-reply' && !message.body.includes('START')) return 21_610;
    const { messages } = this.#farPhones.get(message.to) ?? {};
    return messages?.kind === 'failed' ? messages.code : undefined;
  }

  async #fetchMedia(message: MessageRecord): Promise<number | undefined> {
    for (const url of message.mediaUrls) {
      const webhook = { kind: 'media', url, fields: [], resourceSid: message.sid } as const;
      const head = await this.#webhooks.request({ ...webhook, method: 'HEAD' });
      const reply = failureOf(head) === undefined ? await this.#webhooks.request({ ...webhook, method: 'GET' }) : head;
      if (reply.kind === 'failed') return 11_200;
      if (reply.status >= 400) return 11_200;
      const contentType = reply.headers['content-type']?.split(';')[0] ?? '';
      if (contentType === '') return 12_300;
      const isPicture = ['image/jpeg', 'image/png', 'image/gif'].includes(contentType);
      if (reply.body.length > (isPicture ? 5_000_000 : 500_000)) return 30_019;
      const at = this.#state.now();
      message.media.push({ sid: this.#state.sid('ME'), parentSid: message.sid, contentType, bytes: reply.body, createdMs: at });
    }
    return undefined;
  }

  #finish(message: MessageRecord): void {
    if (isFinalMessage(message.status)) return;
    const code = this.#failureAfter(message);
    if (code !== undefined) {
      this.#fail(message, 'undelivered', code);
      return;
    }
    message.price = `-${(0.0079 * message.segments).toFixed(5)}`;
    this.#move(message, 'delivered');
  }

  #failureAfter(message: MessageRecord): number | undefined {
    for (const code of [30_034, 30_007, 30_003] as const) {
      if (this.#state.faults.take(`sms.${code}`, 'messages.create') !== undefined) return code;
    }
    if (this.#state.unregisteredSenders.has(message.from) && message.to.startsWith('+1')) return 30_034;
    const { messages } = this.#farPhones.get(message.to) ?? {};
    return messages?.kind === 'undelivered' ? messages.code : undefined;
  }

  #fail(message: MessageRecord, status: 'failed' | 'undelivered', code: number): void {
    message.errorCode = code;
    message.errorMessage = `Message ${status} (${code})`;
    this.#move(message, status);
  }

  #moved(message: MessageRecord, status: MessageStatus): MessageRecord {
    message.status = status;
    message.updatedMs = this.#state.now();
    return message;
  }

  #move(message: MessageRecord, status: MessageStatus): void {
    const callback = this.#callbackOf(this.#moved(message, status));
    if (callback !== undefined) this.#webhooks.post(callback);
  }

  #callbackOf({
    sid,
    status,
    from,
    to,
    errorCode,
    statusCallback,
    messagingServiceSid,
  }: MessageRecord): StatusWebhook | undefined {
    if (statusCallback === undefined) return undefined;
    const done = new Date(this.#state.now()).toISOString().replaceAll(/[-T:]/g, '').slice(2, 12);
    const fields: FormFields = [
      ['SmsSid', sid],
      ['SmsStatus', status],
      ['MessageStatus', status],
      ['To', to],
      ['MessageSid', sid],
      ['AccountSid', this.#state.account.sid],
      ['From', from],
      ['ApiVersion', '2010-04-01'],
      ...(messagingServiceSid === null ? [] : [['MessagingServiceSid', messagingServiceSid] as const]),
      ...(errorCode === null ? [] : [['ErrorCode', String(errorCode)] as const]),
      ...(status === 'delivered' ? [['RawDlrDoneDate', done] as const] : []),
    ];
    return { kind: 'message-status', url: statusCallback, method: 'POST', fields, resourceSid: sid };
  }
}

type StatusWebhook = {
  readonly kind: 'message-status';
  readonly url: string;
  readonly method: 'POST';
  readonly fields: FormFields;
  readonly resourceSid: string;
};
