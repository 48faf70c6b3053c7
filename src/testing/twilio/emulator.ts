// A Twilio of our own on loopback: REST, signed webhooks, TwiML, recordings, messages, and faults on demand.
// Tests and the demo start it; it shares no code with src/twilio.
// Must stay true: what it does not refuse, Twilio does not refuse, and nothing it sends is easier to cope with than Twilio's.
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import type { Account } from '#testing/twilio/base/account.ts';
import { quickDelays } from '#testing/twilio/base/delays.ts';
import type { Delays } from '#testing/twilio/base/delays.ts';
import type { FarPhone } from '#testing/twilio/base/far-phones.ts';
import type { Faults } from '#testing/twilio/base/faults.ts';
import { HttpListener } from '#testing/twilio/base/http-listener.ts';
import { MediaHost } from '#testing/twilio/base/media-host.ts';
import { Messaging } from '#testing/twilio/messaging/messaging.ts';
import { InboundMessages } from '#testing/twilio/messaging/inbound-messages.ts';
import type { InboundMessage, InboundResult } from '#testing/twilio/messaging/inbound-messages.ts';
import type { MessageRecord } from '#testing/twilio/base/records.ts';
import { accountRoutes } from '#testing/twilio/rest/rest-accounts.ts';
import { messageRoutes } from '#testing/twilio/rest/rest-messages.ts';
import { messagingServiceRoutes } from '#testing/twilio/rest/rest-messaging-services.ts';
import { makeNumber, numberRoutes } from '#testing/twilio/rest/rest-numbers.ts';
import type { NumberSettings } from '#testing/twilio/rest/rest-numbers.ts';
import { otherRoutes } from '#testing/twilio/rest/rest-others.ts';
import type { RestRoute } from '#testing/twilio/rest/rest-route.ts';
import { RestServer } from '#testing/twilio/rest/rest-server.ts';
import { sipDomainRoutes } from '#testing/twilio/rest/rest-sip-domains.ts';
import { trunkingRoutes } from '#testing/twilio/rest/rest-trunking.ts';
import { EmulatorState } from '#testing/twilio/base/state.ts';
import type { LoggedRequest } from '#testing/twilio/base/state.ts';
import { defaultSwitches } from '#testing/twilio/base/switches.ts';
import type { Switches } from '#testing/twilio/base/switches.ts';
import { Switchboard } from '#testing/twilio/twiml/switchboard.ts';
import type { PstnCaller, CallerOptions } from '#testing/twilio/twiml/switchboard.ts';
import type { CallRecord, RecordingRecord } from '#testing/twilio/base/records.ts';
import { makeDirectory } from '#testing/twilio/rest/directory.ts';
import { FakeVoice } from '#testing/twilio/base/fake-voice.ts';
import { EmulatedRecordings } from '#testing/twilio/base/recordings.ts';
import { callRoutes } from '#testing/twilio/rest/rest-calls.ts';
import { recordingRoutes } from '#testing/twilio/rest/rest-recordings.ts';
import type { PstnLeg, SipDirectory, VoiceSide, VoiceSideFactory } from '#testing/twilio/base/voice-side.ts';
import { WebhookSender } from '#testing/twilio/base/webhooks.ts';
import type { SentWebhook } from '#testing/twilio/base/webhooks.ts';

export type EmulatorOptions = {
  readonly clock?: Clock;
  /** Of everything drawn by chance: sids, faults, surprises, the order of callbacks. */
  readonly seed?: number;
  /** Milliseconds where Twilio takes seconds, unless said otherwise. */
  readonly delays?: Partial<Delays>;
  readonly switches?: Partial<Switches>;
  readonly accountSid?: string;
  readonly authToken?: string;
  readonly address?: string;
  readonly port?: number;
  /** Another host than the REST side's. */
  readonly mediaAddress?: string;
  /** Serves REST over TLS as well, for the SDK's own client. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  readonly numbers?: readonly NumberSettings[];
  /** The SIP and RTP side, `(deps) => SipSide.start(deps)`; one without SIP when left out. */
  readonly voice?: VoiceSideFactory;
};

export class TwilioEmulator implements AsyncDisposable {
  /** `http://127.0.0.1:port`: requests go to `{apiBase}/{host}/{path}`, such as `…/api.twilio.com/2010-04-01/…`. */
  readonly apiBase: string;
  /** The same over TLS, when asked for. */
  readonly secureApiBase: string | undefined;
  readonly state: EmulatorState;
  /** Every endpoint of the REST side. */
  readonly routes: readonly RestRoute[];
  readonly #webhooks: WebhookSender;
  readonly #inbound: InboundMessages;
  readonly #farPhones: Map<string, FarPhone>;
  readonly #recordings: EmulatedRecordings;
  readonly #switchboard: Switchboard;
  readonly voice: VoiceSide;
  readonly #stack: AsyncDisposableStack;

  private constructor(deps: EmulatorDeps) {
    this.apiBase = deps.apiBase;
    this.secureApiBase = deps.secureApiBase;
    this.state = deps.state;
    this.routes = deps.routes;
    this.#webhooks = deps.webhooks;
    this.#inbound = deps.inbound;
    this.#farPhones = deps.farPhones;
    this.#recordings = deps.recordings;
    this.#switchboard = deps.switchboard;
    this.voice = deps.voice;
    this.#stack = deps.stack;
  }

  static async start(options: EmulatorOptions = {}): Promise<TwilioEmulator> {
    const { address = '127.0.0.1', mediaAddress = '127.0.0.2' } = options;
    await using stack = new AsyncDisposableStack();
    const state = makeState(options);
    const webhooks = stack.use(new WebhookSender(state));
    const farPhones = new Map<string, FarPhone>();
    const messaging = new Messaging(state, webhooks, farPhones);
    const mediaHost = stack.use(new MediaHost(state));
    await mediaHost.start(mediaAddress);
    const directory = makeDirectory(state);
    const voice = stack.use(await makeVoice(options.voice, state, directory));
    const recordings = new EmulatedRecordings(state, webhooks);
    const switchboard = new Switchboard({ state, webhooks, recordings, voice, directory, farPhones });
    const routes = [
      ...accountRoutes(state),
      ...numberRoutes(state),
      ...messageRoutes({ state, messaging, mediaHost, farPhones }),
      ...callRoutes(state, switchboard),
      ...recordingRoutes(state, mediaHost),
      ...sipDomainRoutes(state),
      ...trunkingRoutes(state),
      ...messagingServiceRoutes(state),
      ...otherRoutes(state),
    ];
    const rest = new RestServer(state, routes);
    const port = options.port === undefined ? {} : { port: options.port };
    const listener = stack.use(await HttpListener.start((request) => rest.answer(request), { address, ...port }));
    const secure =
      options.tls === undefined
        ? undefined
        : stack.use(await HttpListener.start((request) => rest.answer(request), { address, tls: options.tls }));
    for (const settings of options.numbers ?? [{ phoneNumber: '+15555550199' }]) addNumber(state, settings);
    return new TwilioEmulator({
      apiBase: `http://${address}:${listener.port}`,
      secureApiBase: secure === undefined ? undefined : `https://${address}:${secure.port}`,
      state,
      routes,
      webhooks,
      inbound: new InboundMessages(state, webhooks, messaging),
      farPhones,
      recordings,
      switchboard,
      voice,
      stack: stack.move(),
    });
  }

  get account(): Account {
    return this.state.account;
  }

  get accountSid(): string {
    return this.state.account.sid;
  }

  get authToken(): string {
    return this.state.account.authToken;
  }

  get faults(): Faults {
    return this.state.faults;
  }

  /** REST requests so far, oldest first. */
  get requests(): readonly LoggedRequest[] {
    return this.state.requests;
  }

  /** Requests made to the house so far, oldest first. */
  get webhooks(): readonly SentWebhook[] {
    return this.#webhooks.sent;
  }

  /** Messages Twilio holds, oldest first. */
  get messages(): readonly MessageRecord[] {
    return [...this.state.messages.values()];
  }

  /** Codes of the debugger, oldest first. */
  get alerts(): readonly number[] {
    return [...this.state.alerts.values()].map((alert) => Number(alert['error_code']));
  }

  /** Says where a public origin of the house (`https://house.example`) really is; without it Twilio cannot reach the house. */
  mapOrigin(publicOrigin: string, localOrigin: string): void {
    this.#webhooks.mapOrigin(publicOrigin, localOrigin);
  }

  /** Buys a number; returns its sid. */
  addNumber(settings: NumberSettings): string {
    return addNumber(this.state, settings);
  }

  setSwitches(switches: Partial<Switches>): void {
    this.state.switches = { ...this.state.switches, ...switches };
  }

  /** Says how a far number behaves; everyone else answers and receives. */
  setFarPhone(number: string, behaviour: FarPhone): void {
    this.#farPhones.set(number, behaviour);
  }

  /** A message from the telephone network to one of our numbers; settles when the house answered, or could not be reached. */
  sendSmsFrom(from: string, to: string, message: InboundMessage): Promise<InboundResult> {
    return this.#inbound.receive(from, to, message);
  }

  /** Calls so far, oldest first, children included. */
  get calls(): readonly CallRecord[] {
    return [...this.#switchboard.calls.values()].map(({ record }) => record);
  }

  get recordings(): readonly RecordingRecord[] {
    return [...this.state.recordings.values()];
  }

  /** A call from the telephone network to one of our numbers. */
  callFrom(from: string, to: string, options: CallerOptions = {}): PstnCaller {
    return this.#switchboard.callFrom(from, to, options);
  }

  /** Whom the house reached through a trunk by this call: to listen, speak and hang up. */
  remotePartyOf(callSid: string): PstnLeg['remoteParty'] | undefined {
    return this.#switchboard.remoteParties.get(callSid)?.remoteParty;
  }

  /** What the transcriber hears in recordings from now on; empty: nothing it understands. */
  setTranscript(text: string): void {
    this.#recordings.transcript = text;
  }

  /** Changes the webhook addresses of a number without the house. */
  driftNumber(phoneNumber: string, fields: Readonly<Record<string, string>>): void {
    const number = this.state.numberOf(phoneNumber);
    if (number !== undefined) Object.assign(number, fields);
  }

  /** Requests to the house that it has not answered yet; tests with a clock of their own stop time for them. */
  get inFlight(): number {
    return this.#webhooks.inFlight;
  }

  /** Settles when no callback is under way any more; what still waits for its time does not count. */
  settled(): Promise<void> {
    return this.#webhooks.settled();
  }

  /** Throws where an answer was otherwise than Twilio's documents say: what is tested against it would be tested against nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    const { replyDeviationsSeen } = this.state;
    if (replyDeviationsSeen.size > 0)
      throw new Error(`The emulated Twilio answered as Twilio does not:\n${[...replyDeviationsSeen].join('\n')}`);
  }
}

type EmulatorDeps = {
  readonly apiBase: string;
  readonly secureApiBase: string | undefined;
  readonly state: EmulatorState;
  readonly routes: readonly RestRoute[];
  readonly webhooks: WebhookSender;
  readonly inbound: InboundMessages;
  readonly farPhones: Map<string, FarPhone>;
  readonly recordings: EmulatedRecordings;
  readonly switchboard: Switchboard;
  readonly voice: VoiceSide;
  readonly stack: AsyncDisposableStack;
};

function makeState(options: EmulatorOptions): EmulatorState {
  return new EmulatorState({
    clock: options.clock ?? systemClock,
    random: seededRandom(options.seed ?? 1),
    delays: { ...quickDelays, ...options.delays },
    switches: { ...defaultSwitches, ...options.switches },
    ...(options.accountSid === undefined ? {} : { accountSid: options.accountSid }),
    ...(options.authToken === undefined ? {} : { authToken: options.authToken }),
  });
}

async function makeVoice(make: VoiceSideFactory | undefined, state: EmulatorState, directory: SipDirectory): Promise<VoiceSide> {
  if (make === undefined) return new FakeVoice(state.clock);
  return await make({
    clock: state.clock,
    directory,
    random: state.random,
    takesFault: (name, endpoint) => isVoiceFault(name) && state.faults.take(name, endpoint) !== undefined,
    alert: (code, about) => state.alert(code, about),
  });
}

function isVoiceFault(name: string): name is `sip.${string}` | `rtp.${string}` {
  return name.startsWith('sip.') || name.startsWith('rtp.');
}

function addNumber(state: EmulatorState, settings: NumberSettings): string {
  const number = makeNumber(state, settings);
  state.numbers.set(number.sid, number);
  if (settings.isUnregistered === true) state.unregisteredSenders.add(settings.phoneNumber);
  return number.sid;
}
