// Every request the emulated Twilio makes to the house: signed, limited in time, redirected, retried, logged.
// The TwiML interpreter asks for documents; calls, recordings and messages post their callbacks.
// Must stay true: nothing leaves unsigned, and callbacks may come in any order, twice, late or never when a fault says so.
import type { IncomingHttpHeaders } from 'node:http';
import type { FaultName } from './faults.ts';
import { HttpClient } from './http-client.ts';
import type { HttpClientResult } from './http-client.ts';
import { hex } from './sids.ts';
import { sign, signedUrl } from './signature.ts';
import type { FormFields, PortRule } from './signature.ts';
import type { EmulatorState } from './state.ts';
import { isPrivateHost, readOverrides, resolveUrl } from './webhook-address.ts';
import type { Overrides } from './webhook-address.ts';

export type WebhookKind =
  | 'voice' | 'action' | 'screening' | 'redirect' | 'play' | 'call-status' | 'dial-status' | 'recording' | 'transcription'
  | 'sms' | 'message-status' | 'message-action' | 'media'; // prettier-ignore

export type Webhook = {
  readonly kind: WebhookKind;
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'HEAD';
  readonly fields: FormFields;
  readonly resourceSid: string;
  /** Kept for a whole call, or for a pair of message numbers. */
  readonly cookies?: Map<string, string>;
  /** Retried after time-outs even though its fragment does not ask for it. */
  readonly retriesTimeouts?: boolean;
};

export type WebhookReply =
  | {
      readonly kind: 'reply';
      readonly url: string;
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: Buffer;
    }
  | { readonly kind: 'failed'; readonly url: string; readonly code: number };

export type SentWebhook = {
  readonly kind: WebhookKind;
  readonly url: string;
  readonly method: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly resourceSid: string;
  /** What the house answered: a status, a Twilio error code when none came, `dropped` when a fault kept it. */
  outcome: number | 'dropped' | 'pending';
};

const messagingKinds: readonly WebhookKind[] = ['sms', 'message-status', 'message-action', 'media'];
const maxSent = 50_000;

export class WebhookSender implements Disposable {
  readonly #state: EmulatorState;
  readonly #httpClient: HttpClient;
  /** Public origins of the house and where they lead on this machine. */
  readonly localOrigins = new Map<string, string>();
  readonly pending = new Set<Promise<void>>();
  #held: (() => void)[] = [];
  readonly sent: SentWebhook[] = [];
  #inFlight = 0;

  constructor(state: EmulatorState) {
    this.#state = state;
    this.#httpClient = new HttpClient(state.clock);
  }

  /** Lets Twilio reach a public origin (`https://house.example`) at a local address (`http://127.0.0.1:8080`). */
  mapOrigin(publicOrigin: string, localOrigin: string): void {
    this.localOrigins.set(new URL(publicOrigin).origin, new URL(localOrigin).origin);
  }

  /** Asks and waits for the answer, for call control and inbound messages. Follows redirects, retries as the address says. */
  async request(webhook: Webhook): Promise<WebhookReply> {
    const twice = this.#state.faults.take('callback.duplicate', webhook.kind) !== undefined;
    const token = this.#idempotencyToken();
    const reply = await this.#attempts(webhook, token);
    if (twice) await this.#attempts(webhook, token);
    return reply;
  }

  /** Sends a callback some time from now and forgets it. */
  post(webhook: Webhook): void {
    this.#track(this.#deliverLater(webhook));
  }

  /** Sends a callback now; settles when the house answered. */
  async postNow(webhook: Webhook): Promise<void> {
    await this.#deliver(webhook, this.#idempotencyToken());
  }

  /** Requests the house has not answered yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Settles when no callback is under way any more. */
  async settled(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
  }

  [Symbol.dispose](): void {
    this.#httpClient[Symbol.dispose]();
  }

  #track(work: Promise<void>): void {
    this.pending.add(work);
    void work.finally(() => this.pending.delete(work));
  }

  async #deliverLater(webhook: Webhook): Promise<void> {
    const { faults } = this.#state;
    const hits = (name: FaultName): boolean => faults.take(name, webhook.kind) !== undefined;
    if (hits('callback.drop')) {
      this.logSent(webhook, webhook.fields).outcome = 'dropped';
      return;
    }
    const delayed = faults.take('callback.delay', webhook.kind);
    const isHeld = hits('callback.reorder');
    const copies = hits('callback.duplicate') ? 2 : 1;
    await this.#pause(delayed?.delayMs ?? (delayed === undefined ? 0 : 100));
    if (isHeld) await this.#afterAnother();
    const token = this.#idempotencyToken();
    for (let copy = 0; copy < copies; copy += 1) await this.#deliver(webhook, token);
    if (!isHeld) this.#release();
  }

  #pause(extraMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#state.later(this.#state.delays.callback, () => {
        if (extraMs === 0) resolve();
        else this.#state.clock.after(extraMs, resolve);
      });
    });
  }

  /** Waits until another callback went first, or a little while when there is none. */
  #afterAnother(): Promise<void> {
    return new Promise((resolve) => {
      this.#held.push(resolve);
      this.#state.clock.after(250, resolve);
    });
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    for (const go of held) go();
  }

  async #deliver(webhook: Webhook, token: string): Promise<void> {
    const reply = await this.#attempts(webhook, token);
    if (reply.kind === 'failed') this.#state.alert(15003, `callback failed: ${reply.code}`, { ...webhook });
    else if (reply.status >= 400) this.#state.alert(15003, `callback answered ${reply.status}`, { ...webhook });
  }

  async #attempts(webhook: Webhook, token: string): Promise<WebhookReply> {
    const overrides = readOverrides(webhook.url, this.#state.delays);
    if (overrides.isWrong) this.#state.alert(11243, 'the retry fragment is wrong', { ...webhook });
    const retryOn = webhook.retriesTimeouts === true ? new Set([...overrides.retryOn, 'rt' as const]) : overrides.retryOn;
    for (let attempt = 0; ; attempt += 1) {
      const reply = await this.#follow(webhook, overrides, token);
      const reason = retryReason(reply);
      if (reason === undefined || !retryOn.has(reason) || attempt >= overrides.retries) return reply;
    }
  }

  /** One request and the redirects it leads to. */
  async #follow(webhook: Webhook, overrides: Overrides, token: string): Promise<WebhookReply> {
    let url = webhook.url;
    let { method, fields } = webhook;
    if (this.#state.faults.take('callback.http-redirect', webhook.kind) !== undefined) {
      // As it arrives after a hop that redirected http to https: a GET that lost its fields.
      method = 'GET';
      fields = [];
    }
    for (let hops = 0; hops <= 10; hops += 1) {
      const reply = await this.attemptOnce({ ...webhook, url, method, fields }, overrides, token);
      if (reply.kind === 'failed' || ![301, 302, 303, 307].includes(reply.status)) return reply;
      const next = resolveUrl(url, reply.headers.location ?? '');
      if (reply.headers.location === undefined || next === undefined) return { kind: 'failed', url, code: 11216 };
      url = next;
      if (reply.status !== 307) {
        method = 'GET';
        fields = [];
      }
    }
    return { kind: 'failed', url, code: 11215 };
  }

  async attemptOnce(webhook: Webhook, overrides: Overrides, token: string): Promise<WebhookReply> {
    const fields = this.#withUnknownFields(webhook);
    const url = webhook.method === 'POST' ? webhook.url : withQuery(webhook.url, fields);
    const entry = this.logSent(webhook, fields);
    this.#inFlight += 1;
    const reply = await this.#send({ ...webhook, url, fields }, overrides, token).finally(() => (this.#inFlight -= 1));
    entry.outcome = reply.kind === 'reply' ? reply.status : reply.code;
    return reply;
  }

  async #send(webhook: Webhook, limits: Overrides, token: string): Promise<WebhookReply> {
    const target = this.#target(webhook.url);
    if (typeof target === 'number') return { kind: 'failed', url: webhook.url, code: target };
    const isForm = webhook.method === 'POST';
    const outgoing = {
      method: webhook.method,
      origin: target.origin,
      path: target.path,
      headers: this.#headers(webhook, target, token),
      body: isForm ? new URLSearchParams(webhook.fields.map(([name, value]): [string, string] => [name, value])).toString() : '',
      connectMs: limits.connectMs,
      readMs: limits.readMs,
      totalMs: limits.totalMs,
    };
    let incoming = await this.#httpClient.send(outgoing);
    if (incoming.kind === 'reply' && incoming.status === 401 && target.authorization !== undefined) {
      incoming = await this.#httpClient.send({
        ...outgoing,
        headers: { ...outgoing.headers, Authorization: target.authorization },
      });
    }
    this.#keepCookies(webhook, incoming);
    return incoming.kind === 'reply'
      ? { ...incoming, url: webhook.url }
      : { kind: 'failed', url: webhook.url, code: incoming.code };
  }

  #headers(webhook: Webhook, target: Target, token: string): Record<string, string> {
    const ports: PortRule = messagingKinds.includes(webhook.kind) ? 'keep' : 'drop';
    const cookies = [...(webhook.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      Host: target.host,
      'User-Agent': 'TwilioProxy/1.1',
      Accept: '*/*',
      'X-Twilio-Signature': this.#signature(webhook, ports),
      ...this.#signatureSettings(),
      'I-Twilio-Idempotency-Token': token,
      ...(webhook.method === 'POST' ? { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' } : {}),
      ...(cookies === '' ? {} : { Cookie: cookies }),
    };
  }

  /** Comes with what a rule of the account has signed by a shared key. */
  #signatureSettings(): Record<string, string> {
    const { account, switches } = this.#state;
    if (switches.signing === 'token') return {};
    return { 'X-Twilio-Webhooks-Signature-Settings': `key=${account.sharedKey.id},algorithm=HMAC_SHA256` };
  }

  #signature({ kind, url, method, fields }: Webhook, ports: PortRule): string {
    const { faults, account, switches } = this.#state;
    const counted = switches.signsEveryField ? fields : fields.filter(([name]) => !['CallToken', 'StirVerstat'].includes(name));
    const form = method === 'POST' ? counted : [];
    if (faults.take('callback.badsig', kind) !== undefined) return sign(hex(32, this.#state.random), signedUrl(url, ports), form);
    if (switches.signing === 'shared-key') return sign(account.sharedKey.secret, signedUrl(url, ports), form, 'sha256');
    const isOld = faults.take('callback.oldtoken', kind) !== undefined;
    const token = isOld ? (account.oldToken ?? account.secondaryToken ?? account.authToken) : account.authToken;
    return sign(token, signedUrl(url, ports), form);
  }

  /** New fields appear without notice; a closed list of names must not survive a test. */
  #withUnknownFields({ kind, fields }: Webhook): FormFields {
    if (fields.length === 0 || kind === 'media' || kind === 'play' || this.#state.random(4) !== 0) return fields;
    return [...fields, [`Novelty${this.#state.random(1000)}`, `${this.#state.random(1_000_000)} – neu & ungeprüft`]];
  }

  #target(url: string): Target | number {
    if (!URL.canParse(url)) return 11100;
    const { origin, host, hostname, pathname, search, username, password } = new URL(url);
    const local = this.localOrigins.get(origin);
    if (local === undefined) return isPrivateHost(hostname) || hostname.includes('_') ? 11205 : 11210;
    const authorization =
      username === ''
        ? undefined
        : `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
    const [, raw = `${pathname}${search}`] = /^https?:\/\/[^/?#]*([^#]*)/i.exec(url) ?? [];
    return { origin: local, host, path: raw.startsWith('/') ? raw : `/${raw}`, authorization };
  }

  #keepCookies({ cookies }: Webhook, incoming: HttpClientResult): void {
    if (cookies === undefined || incoming.kind !== 'reply') return;
    for (const line of incoming.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=;\s]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value);
    }
  }

  logSent({ kind, url, method, resourceSid }: Webhook, fields: FormFields): SentWebhook {
    const entry: SentWebhook = { kind, url, method, resourceSid, fields: Object.fromEntries(fields), outcome: 'pending' };
    this.sent.push(entry);
    if (this.sent.length > maxSent) this.sent.shift();
    return entry;
  }

  #idempotencyToken(): string {
    const part = (digits: number): string => hex(digits, this.#state.random);
    return `${part(8)}-${part(4)}-4${part(3)}-8${part(3)}-${part(12)}`;
  }
}

type Target = {
  readonly origin: string;
  readonly host: string;
  readonly path: string;
  readonly authorization: string | undefined;
};

function retryReason(reply: WebhookReply): '4xx' | '5xx' | 'ct' | 'rt' | undefined {
  if (reply.kind === 'failed') return [11201, 11202, 11205].includes(reply.code) ? 'ct' : 'rt';
  if (reply.status >= 500) return '5xx';
  return reply.status >= 400 ? '4xx' : undefined;
}

function withQuery(url: string, fields: FormFields): string {
  if (fields.length === 0) return url;
  const [address = '', fragment] = url.split('#');
  const query = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString();
  return `${address}${address.includes('?') ? '&' : '?'}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** Why an answer is none that Twilio can use, as its code. */
export function failureOf(reply: WebhookReply): number | undefined {
  if (reply.kind === 'failed') return reply.code;
  return reply.status >= 400 ? 11_200 : undefined;
}
