import type {
  AppConnection,
  AppMessage,
  AppRouter,
  CdrRecord,
  CommandReply,
  Delivery,
  MessageMeta,
  ProxyOptions,
} from '#sip-engine/control/app-link.ts';
import { defaultSettings } from '#sip-engine/user-agent/engine-settings.ts';
import type { EngineSettings } from '#sip-engine/user-agent/engine-settings.ts';
import { silentLog } from '#sip-engine/runtime/engine-log.ts';
import type { EngineLog } from '#sip-engine/runtime/engine-log.ts';
import type { ProxyHandler } from '#sip-engine/user-agent/core-context.ts';
import { Admission } from '#sip-engine/transaction/admission.ts';
import { SourceLimits } from '#sip-engine/transport/source-limits.ts';
import { FlowTable } from '#sip-engine/transport/flow-table.ts';
import { defaultLimits } from '#sip-engine/runtime/limits.ts';
import type { Limits } from '#sip-engine/runtime/limits.ts';
import type { SipMessage } from '#sip-engine/message/message.ts';
import { parseAppMessage } from '#sip-engine/message/parse-app-message.ts';
import type { RouteRequest } from '#sip-engine/user-agent/request-routing.ts';
import { TransactionLayer } from '#sip-engine/transaction/transaction-layer.ts';
import type { Flow, Protocol } from '#sip-engine/transport/transport.ts';
import { UserAgentCore } from '#sip-engine/user-agent/user-agent-core.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeResolver, FakeTransport, readText } from './fake-sip-transport.ts';

// The user agent core over real transactions, between a peer at 10.0.0.9 and applications that write down what they get.
// Called by the tests of the core.
// Must stay true: time stands still until a test moves it, and nothing is sent that the test does not see.

export const sdp = 'v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const ours = '10.0.0.1';

export class FakeApp implements AppConnection {
  readonly id: string;
  isOpen = true;
  readonly deliveries: Delivery[] = [];

  constructor(id: string) {
    this.id = id;
  }

  deliver(delivery: Delivery): void {
    this.deliveries.push(delivery);
  }

  /** The oldest delivery not yet taken. */
  take(startsWith?: string): Delivery {
    const delivery = this.deliveries.shift();
    if (delivery === undefined)
      throw new Error(`Nothing was delivered${startsWith === undefined ? '' : `, expected ${startsWith}`}`);
    const line = lineOf(delivery.message);
    if (startsWith !== undefined && !line.startsWith(startsWith)) throw new Error(`Expected ${startsWith}, got ${line}`);
    return delivery;
  }

  /** Start of every delivery not yet taken. */
  get lines(): string[] {
    return this.deliveries.map(({ message }) => lineOf(message));
  }
}

/** `INVITE` or `200`. */
export function lineOf(message: SipMessage): string {
  return message.isRequest ? message.method : String(message.status);
}

export type RecordedReply =
  | { readonly kind: 'request'; readonly meta: MessageMeta; readonly transactionId: string; readonly message: SipMessage }
  | {
      readonly kind: 'response';
      readonly meta: MessageMeta;
      readonly transactionId: string;
      readonly dialogId: string;
      readonly message: SipMessage;
    }
  | { readonly kind: 'nok'; readonly text: string }
  | { readonly kind: 'proxied' | 'done' };

export class ReplyRecorder implements CommandReply {
  readonly all: RecordedReply[] = [];

  request(meta: MessageMeta, transactionId: string, message: SipMessage): void {
    this.all.push({ kind: 'request', meta, transactionId, message });
  }

  // oxlint-disable-next-line max-params -- the interface of the engine
  response(meta: MessageMeta, transactionId: string, dialogId: string, message: SipMessage): void {
    this.all.push({ kind: 'response', meta, transactionId, dialogId, message });
  }

  proxied(): void {
    this.all.push({ kind: 'proxied' });
  }

  proxyDone(): void {
    this.all.push({ kind: 'done' });
  }

  nok(text: string): void {
    this.all.push({ kind: 'nok', text });
  }

  /** The one reply to a request. */
  get sent(): Extract<RecordedReply, { kind: 'request' }> {
    const [reply, ...more] = this.all;
    if (reply?.kind !== 'request' || more.length > 0) throw new Error(`Not one echo of a request: ${this.describe()}`);
    return reply;
  }

  /** The one reply to a response. */
  get answered(): Extract<RecordedReply, { kind: 'response' }> {
    const [reply, ...more] = this.all;
    if (reply?.kind !== 'response' || more.length > 0) throw new Error(`Not one echo of a response: ${this.describe()}`);
    return reply;
  }

  get refusal(): string | undefined {
    const [reply] = this.all;
    return reply?.kind === 'nok' ? reply.text : undefined;
  }

  describe(): string {
    return this.all.map((reply) => (reply.kind === 'nok' ? reply.text : reply.kind)).join(', ') || 'none';
  }
}

export type RequestFields = {
  readonly callId?: string;
  readonly branch?: string;
  readonly uri?: string;
  readonly fromTag?: string | null;
  readonly toTag?: string | undefined;
  readonly from?: string;
  readonly to?: string;
  readonly cseq?: number;
  readonly contact?: string | null;
  readonly headers?: readonly string[];
  readonly body?: string;
};

export type ResponseFields = {
  readonly toTag?: string | null;
  readonly contact?: string | null;
  readonly headers?: readonly string[];
  readonly body?: string;
};

type UserAgentHarnessOptions = {
  readonly settings?: Partial<EngineSettings>;
  readonly limits?: Partial<Limits>;
  readonly protocols?: readonly Protocol[];
  readonly routeRequest?: RouteRequest;
  readonly proxy?: ProxyHandler;
  /** Verbs the application asked for; all by default. */
  readonly subscribedVerbs?: readonly string[];
};

/** What the core could not handle fails the test. */
const throwingLog: EngineLog = {
  ...silentLog,
  error(facts) {
    throw new Error('The core logged an error', { cause: facts });
  },
};

/** A fake transport that knows its own address. */
class OwnTransport extends FakeTransport {
  override isOurs(host = '', port: number | undefined = 5060): boolean {
    return host === ours && port === 5060;
  }
}

export class UserAgentHarness {
  readonly clock = new FakeClock();
  readonly transport: FakeTransport;
  readonly resolver = new FakeResolver();
  readonly flows: FlowTable;
  readonly sources: SourceLimits;
  readonly layer: TransactionLayer;
  readonly core: UserAgentCore;
  readonly app = new FakeApp('app-1');
  readonly cdrs: CdrRecord[] = [];
  readonly #subscribedVerbs: Set<string> | undefined;
  #onVerb: ((verb: string) => void) | undefined;
  #branches = 0;

  constructor({ settings, limits, protocols, subscribedVerbs, routeRequest, proxy }: UserAgentHarnessOptions = {}) {
    const { clock } = this;
    this.#subscribedVerbs = subscribedVerbs && new Set(subscribedVerbs);
    const allLimits = { ...defaultLimits, ...limits };
    const allSettings = { ...defaultSettings, ...settings };
    this.transport = new OwnTransport(protocols);
    this.flows = new FlowTable({ clock, limit: 100 });
    this.sources = new SourceLimits({ clock, limits: allLimits });
    this.sources.known.trust('10.0.0.0/8');
    const { transport, resolver } = this;
    const { emergencyNumbers } = allSettings;
    const admission = new Admission({ clock, log: silentLog, sources: this.sources, emergencyNumbers });
    this.layer = new TransactionLayer({
      clock,
      log: silentLog,
      transport,
      resolver,
      timers: allSettings.timers,
      limits: allLimits,
      admission,
    });
    const router: AppRouter = {
      pick: (verb, tag = 'a') =>
        tag === 'a' && this.app.isOpen && this.#subscribedVerbs?.has(verb) !== false ? this.app : undefined,
      cdr: (record) => void this.cdrs.push(record),
      watch: (onVerb) => void (this.#onVerb = onVerb),
    };
    this.core = new UserAgentCore({
      clock,
      log: throwingLog,
      transport,
      transactions: this.layer,
      flowCache: this.flows,
      admission,
      router,
      settings: allSettings,
      limits: allLimits,
      routeRequest,
      proxy,
    });
  }

  /** The application asks for one more verb. */
  route(verb: string): void {
    this.#subscribedVerbs?.add(verb);
    this.#onVerb?.(verb);
  }

  /** A request of the application: start line, header lines, body. */
  command(
    startLine: string,
    options: {
      headers?: readonly string[];
      body?: string;
      dialogId?: string;
      transactionId?: string;
      proxy?: string;
      app?: AppConnection;
    } = {},
  ): ReplyRecorder {
    const replies = new ReplyRecorder();
    const { dialogId = '', transactionId = '', proxy = '', app = this.app } = options;
    this.core.request(app, { dialogId, transactionId, proxy }, readCommand(startLine, options), replies);
    return replies;
  }

  /** A response of the application. */
  respond(
    transactionId: string,
    status: number,
    options: { headers?: readonly string[]; body?: string; app?: AppConnection } = {},
  ): ReplyRecorder {
    const replies = new ReplyRecorder();
    this.core.respond(options.app ?? this.app, transactionId, readCommand(`SIP/2.0 ${status} Whatever`, options), replies);
    return replies;
  }

  proxy(transactionId: string, options: ProxyOptions): ReplyRecorder {
    const replies = new ReplyRecorder();
    this.core.proxy(this.app, transactionId, options, readCommand('INVITE sip:x SIP/2.0', {}), replies);
    return replies;
  }

  /** A request of the peer arrives. */
  receiveRequest(method: string, fields: RequestFields = {}, flow: Flow = this.transport.peer('udp')): string {
    const branch = fields.branch ?? `z9hG4bK${++this.#branches}`;
    this.layer.receive(readText(requestText(method, { ...fields, branch }, flow)), flow);
    return branch;
  }

  /** The peer answers a request of ours, by default the last thing sent. */
  receiveResponse(status: number, fields: ResponseFields & { request?: SipMessage | undefined; flow?: Flow } = {}): void {
    const { request = this.transport.last.message, flow = this.transport.last.flow } = fields;
    this.layer.receive(readText(responseText(status, request, fields)), flow);
  }

  /** What was sent since the last call: `INVITE`, `200`, … */
  sent(): string[] {
    return this.transport.sent.splice(0).map(({ message }) => lineOf(message));
  }

  /** The last message sent. */
  get last(): SipMessage {
    return this.transport.last.message;
  }

  /** All tables that hold something. */
  get leftovers(): string[] {
    return Object.entries({ ...this.core.sizes(), ...this.layer.sizes() })
      .filter(([, size]) => size > 0)
      .map(([name, size]) => `${name}: ${size}`);
  }

  /** An INVITE of the peer, answered by the application, acknowledged. Returns the ids. */
  incomingCall(fields: RequestFields & { readonly flow?: Flow } = {}): {
    dialogId: string;
    localTag: string;
    transactionId: string;
  } {
    this.receiveRequest('INVITE', { body: sdp, ...fields }, fields.flow);
    const { transactionId } = this.app.take('INVITE');
    const { dialogId, message } = this.respond(transactionId, 200, { body: sdp }).answered;
    const localTag = message.toTag ?? '';
    this.receiveRequest('ACK', { ...fields, toTag: localTag, contact: null, headers: [] }, fields.flow);
    this.app.take('ACK');
    this.transport.sent.length = 0;
    return { dialogId, localTag, transactionId };
  }

  /** An INVITE of the application, answered by the peer, acknowledged. Returns the ids. */
  outgoingCall(fields: ResponseFields & { readonly headers?: readonly string[] } = {}): {
    dialogId: string;
    localTag: string;
    callId: string;
  } {
    const { message, transactionId } = this.command('INVITE sip:bob@10.0.0.9 SIP/2.0', { body: sdp }).sent;
    this.receiveResponse(200, { body: sdp, ...fields });
    const { dialogId } = this.app.take('200');
    this.command('ACK sip:bob@10.0.0.9 SIP/2.0', { dialogId });
    this.transport.sent.length = 0;
    void transactionId;
    return { dialogId, localTag: message.fromTag ?? '', callId: message.callId };
  }
}

function readCommand(startLine: string, { headers = [], body = '' }: { headers?: readonly string[]; body?: string }): AppMessage {
  const text = [startLine, ...headers, '', body].join('\r\n');
  const parsed = parseAppMessage(text, defaultLimits);
  if (parsed.kind !== 'message') throw new Error(`The control side refuses this: ${parsed.reason}`);
  return { startLine: parsed.startLine, message: parsed.message };
}

// oxlint-disable-next-line max-params -- method, parts and where from
function requestText(method: string, fields: RequestFields & { branch: string }, flow: Flow): string {
  const { fromTag = 'peer-tag', toTag, contact, headers = [], body = '', cseq = 1 } = fields;
  const from = fields.from ?? `<sip:alice@10.0.0.9>${fromTag === null ? '' : `;tag=${fromTag}`}`;
  const via = `SIP/2.0/${flow.protocol.toUpperCase()} ${flow.remoteAddress}:${flow.remotePort}`;
  const lines = [
    `${method} ${fields.uri ?? `sip:bob@${ours}`} SIP/2.0`,
    `Via: ${via};branch=${fields.branch};received=${flow.remoteAddress};rport=${flow.remotePort}`,
    `From: ${from}`,
    `To: ${fields.to ?? `<sip:bob@${ours}>`}${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${fields.callId ?? 'call-1'}`,
    `CSeq: ${cseq} ${method}`,
    'Max-Forwards: 70',
    ...(contact === null ? [] : [`Contact: ${contact ?? '<sip:alice@10.0.0.9:5060>'}`]),
    ...headers,
  ];
  return withBody(lines, body);
}

// oxlint-disable-next-line max-params -- status, what it answers, and what it says
function responseText(status: number, request: SipMessage, fields: ResponseFields): string {
  const { toTag = 'their-tag', contact, headers = [], body = '' } = fields;
  const to = request.get('to') ?? '';
  const lines = [
    `SIP/2.0 ${status} Whatever`,
    ...request.getAll('via').map((via) => `Via: ${via}`),
    `From: ${request.get('from')}`,
    `To: ${to.includes('tag=') || status === 100 || toTag === null ? to : `${to};tag=${toTag}`}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.get('cseq')}`,
    ...(contact === null || status === 100 ? [] : [`Contact: ${contact ?? '<sip:bob@10.0.0.9:5060>'}`]),
    ...headers,
  ];
  return withBody(lines, body);
}

function withBody(lines: readonly string[], body: string): string {
  const type = body === '' ? [] : [`Content-Type: ${body.startsWith('v=0') ? 'application/sdp' : 'text/plain'}`];
  return [...lines, ...type, `Content-Length: ${body.length}`, '', body].join('\r\n');
}
