// The life of messages: accepted from REST and TwiML, sent, delivered or not, reported; received and handed to the house.
// The REST routes and the emulator's control methods call it.
// Must stay true: a message accepted once exists once, and its state ends in exactly one final state.
import { geo } from './message-params.ts';
import type { FarPhone } from './far-phones.ts';
import { asText, isFinalMessage } from './records.ts';
import type { MediaRecord, MessageRecord, MessageStatus } from './records.ts';
import { countSegments } from './sms-segments.ts';
import type { FormFields } from './signature.ts';
import type { EmulatorState } from './state.ts';
import { readReply } from './twiml-document.ts';
import type { Verb } from './twiml-document.ts';
import { resolveUrl } from './webhook-address.ts';
import type { WebhookReply, Webhooks } from './webhooks.ts';

export type NewMessage = {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly statusCallback: string | undefined;
  readonly messagingServiceSid: string | null;
  readonly direction: 'outbound-api' | 'outbound-reply';
};

export type InboundMessage = {
  readonly body?: string;
  readonly media?: readonly { readonly contentType: string; readonly bytes: Buffer }[];
  readonly optOutType?: 'STOP' | 'START' | 'HELP';
};

export type InboundResult = {
  readonly sid: string;
  /** The status of the last answer of the house; undefined when it has no address for messages or never answered. */
  readonly status: number | undefined;
  readonly replies: readonly string[];
};

const stopWords = ['stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'optout', 'revoke'];
const startWords = ['start', 'yes', 'unstop'];
const helpWords = ['help', 'info'];

export class Messaging {
  readonly #state: EmulatorState;
  readonly #webhooks: Webhooks;
  readonly #farPhones: ReadonlyMap<string, FarPhone>;
  /** Per pair of numbers, as Twilio keeps them for hours. */
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(state: EmulatorState, webhooks: Webhooks, farPhones: ReadonlyMap<string, FarPhone>) {
    this.#state = state;
    this.#webhooks = webhooks;
    this.#farPhones = farPhones;
  }

  /** Takes a message that was found sound; it goes out from here on its own. */
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

  /** Somebody writes to one of our numbers. Settles when the house answered, or could not be reached. */
  async receive(from: string, to: string, { body = '', media = [], optOutType }: InboundMessage): Promise<InboundResult> {
    const message = this.#storeInbound({ from, to, body, media });
    const answers = this.#keyword(from, to, body);
    const number = this.#state.numberOf(to);
    const url = asText(number?.['sms_url']);
    if (number === undefined || url === '') return { sid: message.sid, status: undefined, replies: answers };
    const fields = this.#inboundFields(message, optOutType);
    const key = `${from}|${to}`;
    const cookies = this.#cookies.get(key) ?? new Map<string, string>();
    this.#cookies.set(key, cookies);
    const webhook = {
      kind: 'sms',
      resourceSid: message.sid,
      cookies,
      retriesTimeouts: this.#state.switches.smsWebhookRetriesTimeouts,
    } as const;
    const method = number['sms_method'] === 'GET' ? 'GET' : 'POST';
    let reply = await this.#webhooks.ask({ ...webhook, url, method, fields });
    let failure = failureOf(reply);
    const fallback = asText(number['sms_fallback_url']);
    if (failure !== undefined) this.#state.alert(failure, 'the message webhook failed', { resourceSid: message.sid, url });
    if (failure !== undefined && fallback !== '') {
      const more: FormFields =
        this.#state.switches.fallbackFields === 'present'
          ? [
              ['ErrorCode', String(failure)],
              ['ErrorUrl', url],
            ]
          : [];
      const fallbackMethod = number['sms_fallback_method'] === 'GET' ? 'GET' : 'POST';
      reply = await this.#webhooks.ask({ ...webhook, url: fallback, method: fallbackMethod, fields: [...fields, ...more] });
      failure = failureOf(reply);
    }
    const replies = failure === undefined ? await this.#obey(message, reply, { webhook, fields }) : [];
    return { sid: message.sid, status: reply.kind === 'reply' ? reply.status : undefined, replies: [...answers, ...replies] };
  }

  #storeInbound(given: { from: string; to: string; body: string; media: InboundMessage['media'] }): MessageRecord {
    const media = given.media ?? [];
    const now = this.#state.now();
    const sid = this.#state.sid(media.length > 0 ? 'MM' : 'SM');
    const message: MessageRecord = {
      sid,
      from: given.from,
      to: given.to,
      body: given.body,
      direction: 'inbound',
      status: 'received',
      errorCode: null,
      errorMessage: null,
      segments: countSegments(given.body),
      media: media.map((part): MediaRecord => ({ ...part, sid: this.#state.sid('ME'), parentSid: sid, createdMs: now })),
      mediaUrls: [],
      messagingServiceSid: null,
      statusCallback: undefined,
      createdMs: now,
      updatedMs: now,
      sentMs: now,
      price: null,
    };
    this.#state.messages.set(sid, message);
    return message;
  }

  /** Twilio itself keeps STOP and START, and answers them; the house hears of the keyword all the same. */
  #keyword(from: string, to: string, body: string): readonly string[] {
    const word = body.trim().toLowerCase();
    const pair = `${from}|${to}`;
    const answer = (text: string): readonly string[] => {
      void this.accept({
        from: to,
        to: from,
        body: text,
        mediaUrls: [],
        statusCallback: undefined,
        messagingServiceSid: null,
        direction: 'outbound-reply',
      });
      return [];
    };
    if (!/^\+1\d{10}$/.test(to)) return [];
    if (stopWords.includes(word)) {
      if (this.#state.optOuts.has(pair)) return [];
      this.#state.optOuts.add(pair);
      return answer('You have successfully been unsubscribed. Reply START to resubscribe.');
    }
    if (startWords.includes(word) && this.#state.optOuts.delete(pair)) return answer('You have successfully been re-subscribed.');
    if (helpWords.includes(word)) return answer('Reply STOP to unsubscribe.');
    return [];
  }

  #inboundFields(message: MessageRecord, optOutType: string | undefined): FormFields {
    const { sid, from, to, body, media, segments } = message;
    const address = `https://api.twilio.com/2010-04-01/Accounts/${this.#state.account.sid}/Messages/${sid}/Media`;
    return [
      ['ToCountry', geo(to).country],
      ['ToState', geo(to).state],
      ['ToCity', ''],
      ['ToZip', ''],
      ['SmsMessageSid', sid],
      ['NumMedia', String(media.length)],
      ['FromCountry', geo(from).country],
      ['FromState', geo(from).state],
      ['FromCity', ''],
      ['FromZip', ''],
      ['SmsSid', sid],
      ['SmsStatus', 'received'],
      ['Body', body],
      ['To', to],
      ['From', from],
      ['NumSegments', String(segments)],
      ['MessageSid', sid],
      ['AccountSid', this.#state.account.sid],
      ['ApiVersion', '2010-04-01'],
      ...(optOutType === undefined ? [] : [['OptOutType', optOutType] as const]),
      ...media.flatMap((part, index) => [
        [`MediaUrl${index}`, `${address}/${part.sid}`] as const,
        [`MediaContentType${index}`, part.contentType] as const,
      ]),
    ];
  }

  async #obey(
    message: MessageRecord,
    reply: WebhookReply,
    {
      webhook,
      fields,
    }: { readonly webhook: { readonly kind: 'sms'; readonly resourceSid: string }; readonly fields: FormFields },
  ): Promise<readonly string[]> {
    const made: string[] = [];
    let current = reply;
    for (let redirects = 0; current.kind === 'reply' && redirects < 10; redirects += 1) {
      const read = readReply({ contentType: current.headers['content-type'], body: current.body }, 'Message');
      if (read.kind === 'invalid') {
        this.#state.alert(read.code, read.about, { resourceSid: message.sid, url: current.url });
        return made;
      }
      for (const warning of read.warnings) this.#state.alert(warning.code, warning.about, { resourceSid: message.sid });
      const redirect = read.verbs.findIndex(({ name }) => name === 'Redirect');
      const before = redirect === -1 ? read.verbs : read.verbs.slice(0, redirect);
      for (const verb of before) if (verb.name === 'Message') made.push(await this.#reply(message, verb, current.url));
      const next = redirect === -1 ? undefined : read.verbs[redirect];
      const url = next === undefined ? undefined : resolveUrl(current.url, next.text);
      if (next === undefined || url === undefined) return made;
      const method = next.attributes.get('method')?.toUpperCase() === 'GET' ? 'GET' : 'POST';
      current = await this.#webhooks.ask({ ...webhook, url, method, fields });
    }
    return made;
  }

  async #reply(message: MessageRecord, verb: Verb, base: string): Promise<string> {
    const parts = (name: string): readonly string[] =>
      verb.children.filter((child) => child.name === name).map(({ text }) => text);
    const callback = verb.attributes.get('statusCallback') ?? verb.attributes.get('action');
    const to = verb.attributes.get('to') ?? message.from;
    const from = verb.attributes.get('from') ?? message.to;
    const sent = await this.accept({
      from,
      to,
      body: verb.children.length > 0 ? parts('Body').join('') : verb.text,
      mediaUrls: parts('Media').map((url) => resolveUrl(base, url) ?? url),
      statusCallback: callback === undefined ? undefined : resolveUrl(base, callback),
      messagingServiceSid: null,
      direction: 'outbound-reply',
    });
    return sent.sid;
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
      const head = await this.#webhooks.ask({ ...webhook, method: 'HEAD' });
      const reply = failureOf(head) === undefined ? await this.#webhooks.ask({ ...webhook, method: 'GET' }) : head;
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

function failureOf(reply: WebhookReply): number | undefined {
  if (reply.kind === 'failed') return reply.code;
  return reply.status >= 400 ? 11_200 : undefined;
}
