import { geo } from '#testing/twilio/base/message-params.ts';
import type { Messaging } from './messaging.ts';
import { routeMessage } from './message-route.ts';
import type { MediaRecord, MessageRecord } from '#testing/twilio/base/records.ts';
import { countSegments } from './sms-segments.ts';
import type { FormFields } from '#testing/twilio/base/signature.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';
import { readReply } from '#testing/twilio/twiml/twiml-document.ts';
import type { Verb } from '#testing/twilio/twiml/twiml-document.ts';
import { resolveUrl } from '#testing/twilio/base/webhook-address.ts';
import { failureOf } from '#testing/twilio/base/webhooks.ts';
import type { WebhookReply, WebhookSender } from '#testing/twilio/base/webhooks.ts';

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

/** Messages from the telephone network: kept, handed to the house, its answer obeyed. */
export class InboundMessages {
  readonly #state: EmulatorState;
  readonly #webhooks: WebhookSender;
  readonly #messaging: Messaging;
  /** Per pair of numbers, as Twilio keeps them for hours. */
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(state: EmulatorState, webhooks: WebhookSender, messaging: Messaging) {
    this.#state = state;
    this.#webhooks = webhooks;
    this.#messaging = messaging;
  }

  /** A message from the telephone network to one of our numbers. Settles when the house answered, or could not be reached. */
  async receive(from: string, to: string, { body = '', media = [], optOutType }: InboundMessage): Promise<InboundResult> {
    const number = this.#state.numberOf(to);
    const route = number === undefined ? undefined : routeMessage(this.#state, number);
    if (route === 'dropped') return { sid: this.#state.sid('SM'), status: undefined, replies: [] };
    const message = this.#storeInbound({ from, to, body, media });
    const answers = this.#keyword(from, to, body);
    if (route === undefined || route.url === '') return { sid: message.sid, status: undefined, replies: answers };
    const { url, method } = route;
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
    let reply = await this.#webhooks.request({ ...webhook, url, method, fields });
    let failure = failureOf(reply);
    const { fallback } = route;
    if (failure !== undefined) this.#state.alert(failure, 'the message webhook failed', { resourceSid: message.sid, url });
    if (failure !== undefined && fallback.url !== '') {
      const more: FormFields =
        this.#state.switches.fallbackFields === 'present'
          ? [
              ['ErrorCode', String(failure)],
              ['ErrorUrl', url],
            ]
          : [];
      reply = await this.#webhooks.request({ ...webhook, ...fallback, fields: [...fields, ...more] });
      failure = failureOf(reply);
    }
    const replies = failure === undefined ? await this.runReply(message, reply, { webhook, fields }) : [];
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
      messagingServiceSid: this.#serviceOf(given.to) ?? null,
      statusCallback: undefined,
      createdMs: now,
      updatedMs: now,
      sentMs: now,
      price: null,
    };
    this.#state.messages.set(sid, message);
    return message;
  }

  #serviceOf(number: string): string | undefined {
    return this.#state.serviceOf.get(this.#state.numberOf(number)?.sid ?? '');
  }

  /** Twilio itself keeps STOP and START, and answers them; the house hears of the keyword all the same. */
  #keyword(from: string, to: string, body: string): readonly string[] {
    const word = body.trim().toLowerCase();
    const pair = `${from}|${to}`;
    const answer = (text: string): readonly string[] => {
      void this.#messaging.accept({
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
      ...(message.messagingServiceSid === null ? [] : [['MessagingServiceSid', message.messagingServiceSid] as const]),
      ...(optOutType === undefined ? [] : [['OptOutType', optOutType] as const]),
      ...media.flatMap((part, index) => [
        [`MediaUrl${index}`, `${address}/${part.sid}`] as const,
        [`MediaContentType${index}`, part.contentType] as const,
      ]),
    ];
  }

  async runReply(
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
      current = await this.#webhooks.request({ ...webhook, url, method, fields });
    }
    return made;
  }

  async #reply(message: MessageRecord, verb: Verb, base: string): Promise<string> {
    const parts = (name: string): readonly string[] =>
      verb.children.filter((child) => child.name === name).map(({ text }) => text);
    const callback = verb.attributes.get('statusCallback') ?? verb.attributes.get('action');
    const to = verb.attributes.get('to') ?? message.from;
    const from = verb.attributes.get('from') ?? message.to;
    const sent = await this.#messaging.accept({
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
}
