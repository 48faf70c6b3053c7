// Owns the public handler for Twilio's webhooks: validates the signature of every request before anything else, then dispatches it.
// Called by http's public listener; passes on to calls, voicemail and messages through their ports.
// Must stay true: nothing happens on an invalid signature, and every other response is valid TwiML, also when something inside fails.
import type { Clock } from '#base/clock.ts';
import { callId } from '#contract/ids.ts';
import type { PublicHandler, PublicReply, PublicRequest } from '#contract/public-request.ts';
import { MessageWebhooks } from './message-webhooks.ts';
import { WebhookDeduplicator } from './webhook-deduplicator.ts';
import { RecordingWebhooks } from './recording-webhooks.ts';
import { selfTestTwiml } from './self-test.ts';
import type { SelfTest } from './self-test.ts';
import { adviceFor, readScheme } from './signature-scheme.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import { isSignatureValid } from './signature.ts';
import type { LiveTwilioSettings } from '#twilio/api/settings.ts';
import { emptyTwiml, hangUpTwiml } from './twiml.ts';
import { VoiceWebhooks } from './voice-webhooks.ts';
import type { VoiceWebhookDeps } from './voice-webhooks.ts';
import { WebhookForm } from './webhook-form.ts';
import { webhookPaths } from './webhook-paths.ts';
import type { MessagesPort, PublicMediaPort } from './webhook-ports.ts';
import { WebhookWatch } from './webhook-watch.ts';

export type WebhooksDeps = Omit<VoiceWebhookDeps, 'settings'> & {
  readonly settings: Pick<LiveTwilioSettings, 'current' | 'signingTokens'>;
  readonly messages: MessagesPort;
  readonly media: PublicMediaPort;
  readonly selfTest: SelfTest;
  readonly clock: Clock;
};

type TwimlReply = { readonly status: number; readonly twiml: string };
type Handler = {
  readonly run: (form: WebhookForm, query: URLSearchParams) => string | Promise<string>;
  readonly onFailure: (form: WebhookForm) => TwimlReply;
};

/** Twilio waits 15 s; a response of any kind must be sent by then. */
const timeoutMs = 8_000;

export class Webhooks {
  readonly watch: WebhookWatch;
  readonly #deps: WebhooksDeps;
  readonly #handlers: ReadonlyMap<string, Handler>;

  constructor(deps: WebhooksDeps) {
    this.#deps = deps;
    this.watch = new WebhookWatch(deps.clock, deps.log);
    this.#handlers = this.#mount();
  }

  /** The paths that have a handler. */
  get paths(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  readonly handler: PublicHandler = async (request) => {
    const form = new WebhookForm(request.form);
    this.#deps.selfTest.observe(request);
    const isRead = request.method !== 'POST';
    if (isRead && request.path.startsWith(`${webhookPaths.media}/`)) return this.#media(request, form);
    if (request.method === 'HEAD' || !this.#isSignatureValid(request, form)) return this.#refuse(request, form);
    const handler = this.#handlers.get(request.path);
    if (handler === undefined) return reply({ status: 404, twiml: emptyTwiml() });
    const query = queryOf(request.target);
    if (isRead && !query.has('AccountSid')) {
      this.watch.recordMissingParameters();
      return reply(handler.onFailure(form));
    }
    this.watch.recordAccepted();
    // A webhook that is configured as GET has all its parameters in the URL.
    return reply(await this.#run(handler, isRead ? new WebhookForm(query) : form, query));
  };

  #mount(): ReadonlyMap<string, Handler> {
    const deduplicator = new WebhookDeduplicator();
    const { voicemail, messages, log, settings } = this.#deps;
    const voice = new VoiceWebhooks({ ...this.#deps, settings: () => settings.current });
    const recordings = new RecordingWebhooks(voicemail);
    const messageWebhooks = new MessageWebhooks({ messages, deduplicator, log });
    const orApologize = (run: (form: WebhookForm, query: URLSearchParams) => string): Handler => ({
      run,
      onFailure: (form) => ({ status: 200, twiml: voice.apology(form) }),
    });
    const orHangUp = (run: (form: WebhookForm) => string): Handler => ({
      run,
      onFailure: () => ({ status: 200, twiml: hangUpTwiml() }),
    });
    // 503 makes Twilio try the fallback URL of a message, and shows the failure in its debugger.
    const notification = (run: (form: WebhookForm, query: URLSearchParams) => void | Promise<void>): Handler => ({
      run: async (form, query) => {
        await run(form, query);
        return emptyTwiml();
      },
      onFailure: () => ({ status: 503, twiml: emptyTwiml() }),
    });
    return new Map<string, Handler>([
      [webhookPaths.voiceInbound, orApologize((form) => voice.inbound(form))],
      [webhookPaths.voiceFallback, orApologize((form) => voice.fallback(form))],
      [webhookPaths.voiceRecovery, orApologize((form) => voice.recovery(form))],
      [webhookPaths.dialDone, orApologize((form, query) => voice.dialDone(form, query))],
      [webhookPaths.challenge, orApologize((form) => voice.challenge(form))],
      [webhookPaths.screen, orHangUp(() => voice.screen())],
      [webhookPaths.screened, orHangUp((form) => voice.screened(form))],
      [webhookPaths.recordDone, orHangUp((form) => voice.recordDone(form))],
      [webhookPaths.voiceOutbound, orHangUp((form) => voice.outbound(form))],
      [webhookPaths.voiceStatus, notification((form) => void voice.status(form))],
      [
        webhookPaths.recording,
        notification((form, query) => recordings.recording(form, callId.optional().parse(query.get('call') ?? undefined))),
      ],
      [webhookPaths.transcription, notification((form) => recordings.transcription(form))],
      [webhookPaths.smsInbound, notification((form) => messageWebhooks.inbound(form))],
      [webhookPaths.smsFallback, notification((form) => messageWebhooks.inbound(form))],
      [webhookPaths.smsStatus, notification((form) => messageWebhooks.status(form))],
      [webhookPaths.selfTest, { run: () => selfTestTwiml(), onFailure: () => ({ status: 503, twiml: emptyTwiml() }) }],
    ]);
  }

  async #run({ run, onFailure }: Handler, form: WebhookForm, query: URLSearchParams): Promise<TwimlReply> {
    const { clock, log } = this.#deps;
    const late = Promise.withResolvers<never>();
    const timeout = clock.after(timeoutMs, () => late.reject(new Error('The webhook timed out')));
    try {
      return { status: 200, twiml: await Promise.race([begin(run, form, query), late.promise]) };
    } catch (error) {
      this.watch.recordFailed();
      log.error({ err: error, callSid: form.optional('CallSid'), messageSid: form.optional('MessageSid') }, 'Webhook failed');
      return onFailure(form);
    } finally {
      timeout.cancel();
    }
  }

  #isSignatureValid({ headers, target }: PublicRequest, form: WebhookForm): boolean {
    const { current, signingTokens } = this.#deps.settings;
    if (current.publicUrl === undefined) return false;
    const { publicUrl, webhookSharedKeys: sharedKeys } = current;
    const signature = headers.get('x-twilio-signature');
    return isSignatureValid(
      { signature, scheme: schemeOf(headers), target, form },
      { publicUrl, tokens: signingTokens, sharedKeys },
    );
  }

  #refuse({ path, source, headers, target }: PublicRequest, form: WebhookForm): PublicReply {
    const { accountSid, webhookSharedKeys } = this.#deps.settings.current;
    const scheme = schemeOf(headers);
    const isKnown = scheme.kind === 'shared-key' && webhookSharedKeys.some(({ id }) => id === scheme.id);
    const named = form.optional('AccountSid') ?? queryOf(target).get('AccountSid');
    const isOwnAccount = accountSid !== undefined && named === accountSid;
    // The token of a file grants access to it, so it is not logged.
    const isFile = path.startsWith(`${webhookPaths.media}/`);
    this.watch.recordRefused({
      path: isFile ? webhookPaths.media : path.slice(0, 64),
      source,
      isOwnAccount,
      hasSignature: headers.has('x-twilio-signature'),
      advice: adviceFor(scheme, isKnown),
    });
    return { status: 403, headers: {}, body: 'The signature is invalid\n', isTrusted: false };
  }

  /** The token protects the file; a signature, where the request has one, must be valid all the same. */
  async #media(request: PublicRequest, form: WebhookForm): Promise<PublicReply> {
    const isTrusted = this.#isSignatureValid(request, form);
    if (!isTrusted && request.headers.has('x-twilio-signature')) return this.#refuse(request, form);
    const token = request.path.slice(webhookPaths.media.length + 1);
    const media = /^[\w-]{16,128}(?:\.[a-z0-9]{1,5})?$/.test(token) ? await this.#fileOf(token) : undefined;
    if (media === undefined) return { status: 404, headers: {}, body: 'There is nothing here\n', isTrusted };
    const headers = { 'Content-Type': media.contentType, 'Content-Disposition': 'attachment' };
    return { status: 200, headers, body: media.bytes, isTrusted };
  }

  async #fileOf(token: string) {
    try {
      return await this.#deps.media.publicMedia(token);
    } catch (error) {
      this.watch.recordFailed();
      this.#deps.log.error({ err: error }, 'File for Twilio cannot be read');
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

function reply({ status, twiml: document }: TwimlReply): PublicReply {
  return { status, headers: { 'Content-Type': 'text/xml; charset=utf-8' }, body: document, isTrusted: true };
}

function queryOf(target: string): URLSearchParams {
  const start = target.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : target.slice(start + 1));
}
