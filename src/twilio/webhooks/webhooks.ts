// Owns the door that Twilio comes in by: checks the signature of every request before anything else, then hands it to its handler.
// Called by http's public listener; hands on to calls, voicemail and messages through their ports.
// Must stay true: nothing happens on a wrong signature, and every other answer is a valid document, also when something inside fails.
import type { Clock } from '#base/clock.ts';
import type { PublicDoor, PublicReply, PublicRequest } from '#contract/public-request.ts';
import { MessageWebhooks } from './message-webhooks.ts';
import { Once } from './once.ts';
import { RecordingWebhooks } from './recording-webhooks.ts';
import { selfTestDocument } from './self-test.ts';
import type { SelfTest } from './self-test.ts';
import { adviceFor, readScheme } from './signature-scheme.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import { isSigned } from './signature.ts';
import type { LiveTwilioSettings } from '#twilio/api/twilio-settings.ts';
import { emptyDocument, hangUpDocument } from './voice-documents.ts';
import { VoiceWebhooks } from './voice-webhooks.ts';
import type { VoiceParts } from './voice-webhooks.ts';
import { WebhookForm } from './webhook-form.ts';
import { webhookPaths } from './webhook-paths.ts';
import type { MessagesPort, PublicMediaPort } from './webhook-ports.ts';
import { WebhookWatch } from './webhook-watch.ts';

export type WebhooksParts = Omit<VoiceParts, 'settings'> & {
  readonly settings: Pick<LiveTwilioSettings, 'current' | 'signingTokens'>;
  readonly messages: MessagesPort;
  readonly media: PublicMediaPort;
  readonly selfTest: SelfTest;
  readonly clock: Clock;
};

type Answer = { readonly status: number; readonly document: string };
type Handler = {
  readonly run: (form: WebhookForm, query: URLSearchParams) => string | Promise<string>;
  readonly onFailure: (form: WebhookForm) => Answer;
};

/** Twilio waits 15 s; an answer of any kind must have left by then. */
const patienceMs = 8_000;

export class Webhooks {
  readonly watch: WebhookWatch;
  readonly #parts: WebhooksParts;
  readonly #handlers: ReadonlyMap<string, Handler>;

  constructor(parts: WebhooksParts) {
    this.#parts = parts;
    this.watch = new WebhookWatch(parts.clock, parts.log);
    this.#handlers = this.#mount();
  }

  /** The paths that have a handler. */
  get paths(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  readonly door: PublicDoor = async (request) => {
    const form = new WebhookForm(request.form);
    this.#parts.selfTest.saw(request);
    const isRead = request.method !== 'POST';
    if (isRead && request.path.startsWith(`${webhookPaths.media}/`)) return this.#media(request, form);
    if (request.method === 'HEAD' || !this.#isSigned(request, form)) return this.#refuse(request, form);
    const handler = this.#handlers.get(request.path);
    if (handler === undefined) return reply({ status: 404, document: emptyDocument() });
    const query = queryOf(request.target);
    if (isRead && !query.has('AccountSid')) {
      this.watch.emptied();
      return reply(handler.onFailure(form));
    }
    this.watch.accepted();
    // A webhook that is set to GET has everything in its address.
    return reply(await this.#run(handler, isRead ? new WebhookForm(query) : form, query));
  };

  #mount(): ReadonlyMap<string, Handler> {
    const once = new Once();
    const { calls, voicemail, messages, log, settings } = this.#parts;
    const voice = new VoiceWebhooks({ ...this.#parts, settings: () => settings.current });
    const recordings = new RecordingWebhooks({ calls, voicemail, once });
    const texts = new MessageWebhooks({ messages, once, log });
    const steering = (run: (form: WebhookForm) => string): Handler => ({
      run,
      onFailure: (form) => ({ status: 200, document: voice.apology(form) }),
    });
    const ending = (run: (form: WebhookForm) => string): Handler => ({
      run,
      onFailure: () => ({ status: 200, document: hangUpDocument() }),
    });
    // 503 makes Twilio try the fallback address of a message, and shows the failure in its debugger.
    const telling = (run: (form: WebhookForm, query: URLSearchParams) => void | Promise<void>): Handler => ({
      run: async (form, query) => {
        await run(form, query);
        return emptyDocument();
      },
      onFailure: () => ({ status: 503, document: emptyDocument() }),
    });
    return new Map<string, Handler>([
      [webhookPaths.voiceInbound, steering((form) => voice.inbound(form))],
      [webhookPaths.voiceFallback, steering((form) => voice.fallback(form))],
      [webhookPaths.voiceRecovery, steering((form) => voice.recovery(form))],
      [webhookPaths.dialDone, steering((form) => voice.dialDone(form))],
      [webhookPaths.recordDone, ending((form) => voice.recordDone(form))],
      [webhookPaths.voiceOutbound, ending((form) => voice.outbound(form))],
      [webhookPaths.voiceStatus, telling((form) => void voice.status(form))],
      [webhookPaths.recording, telling((form, query) => recordings.recording(form, query.get('call') ?? undefined))],
      [webhookPaths.transcription, telling((form) => recordings.transcription(form))],
      [webhookPaths.smsInbound, telling((form) => texts.inbound(form))],
      [webhookPaths.smsFallback, telling((form) => texts.inbound(form))],
      [webhookPaths.smsStatus, telling((form) => texts.status(form))],
      [webhookPaths.selfTest, { run: () => selfTestDocument(), onFailure: () => ({ status: 503, document: emptyDocument() }) }],
    ]);
  }

  async #run({ run, onFailure }: Handler, form: WebhookForm, query: URLSearchParams): Promise<Answer> {
    const { clock, log } = this.#parts;
    const late = Promise.withResolvers<never>();
    const patience = clock.after(patienceMs, () => late.reject(new Error('A webhook took too long')));
    try {
      return { status: 200, document: await Promise.race([begin(run, form, query), late.promise]) };
    } catch (error) {
      this.watch.failed();
      log.error({ err: error, callSid: form.optional('CallSid'), messageSid: form.optional('MessageSid') }, 'A webhook failed');
      return onFailure(form);
    } finally {
      patience.cancel();
    }
  }

  #isSigned({ headers, target }: PublicRequest, form: WebhookForm): boolean {
    const { current, signingTokens } = this.#parts.settings;
    if (current.publicUrl === undefined) return false;
    const { publicUrl, webhookSharedKeys: sharedKeys } = current;
    const signature = headers.get('x-twilio-signature');
    return isSigned({ signature, scheme: schemeOf(headers), target, form }, { publicUrl, tokens: signingTokens, sharedKeys });
  }

  #refuse({ path, source, headers, target }: PublicRequest, form: WebhookForm): PublicReply {
    const { accountSid, webhookSharedKeys } = this.#parts.settings.current;
    const scheme = schemeOf(headers);
    const isKnown = scheme.kind === 'shared-key' && webhookSharedKeys.some(({ id }) => id === scheme.id);
    const named = form.optional('AccountSid') ?? queryOf(target).get('AccountSid');
    const isOwnAccount = accountSid !== undefined && named === accountSid;
    // The name of a file opens it, so it must not stand in a log.
    const isFile = path.startsWith(`${webhookPaths.media}/`);
    this.watch.refused({
      path: isFile ? webhookPaths.media : path.slice(0, 64),
      source,
      isOwnAccount,
      hasSignature: headers.has('x-twilio-signature'),
      advice: adviceFor(scheme, isKnown),
    });
    return { status: 403, headers: {}, body: 'The signature is not right\n', isTrusted: false };
  }

  /** The name of the file is what protects it; where a signature comes with the request, it must be right all the same. */
  async #media(request: PublicRequest, form: WebhookForm): Promise<PublicReply> {
    const isTrusted = this.#isSigned(request, form);
    if (!isTrusted && request.headers.has('x-twilio-signature')) return this.#refuse(request, form);
    const token = request.path.slice(webhookPaths.media.length + 1);
    const media = /^[\w-]{16,128}(?:\.[a-z0-9]{1,5})?$/.test(token) ? await this.#fileOf(token) : undefined;
    if (media === undefined) return { status: 404, headers: {}, body: 'There is nothing here\n', isTrusted };
    const headers = { 'Content-Type': media.contentType, 'Content-Disposition': 'attachment' };
    return { status: 200, headers, body: media.bytes, isTrusted };
  }

  async #fileOf(token: string) {
    try {
      return await this.#parts.media.publicMedia(token);
    } catch (error) {
      this.watch.failed();
      this.#parts.log.error({ err: error }, 'A file for Twilio cannot be read');
      return undefined;
    }
  }
}

function schemeOf(headers: PublicRequest['headers']): SignatureScheme {
  return readScheme(headers.get('x-twilio-webhooks-signature-settings'));
}

async function begin(run: Handler['run'], form: WebhookForm, query: URLSearchParams): Promise<string> {
  return await run(form, query);
}

function reply({ status, document }: Answer): PublicReply {
  return { status, headers: { 'Content-Type': 'text/xml; charset=utf-8' }, body: document, isTrusted: true };
}

function queryOf(target: string): URLSearchParams {
  const start = target.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : target.slice(start + 1));
}
