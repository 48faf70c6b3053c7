import { systemClock } from '#base/clock.ts';
import type { SipMessage } from '#sip-engine/message/message.ts';
import { parseUri } from '#sip-engine/message/uri.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import type { TestCertificate } from '#testing/base/tls-certificate.ts';
import type { RtpEndpoint, RtpMeasure } from '#testing/twilio/rtp/rtp-endpoint.ts';
import { openPstnLeg, audioOf } from '#testing/twilio/rtp/rtp-pstn-leg.ts';
import { AudioMixer } from '#testing/twilio/rtp/rtp-audio-mixer.ts';
import { admit } from './sip-admission.ts';
import { responseTo, twilioAllow } from './sip-build.ts';
import { Challenger } from './sip-digest.ts';
import { dialogKey } from './sip-edge.ts';
import type { Edge } from './sip-edge.ts';
import { SipLeg } from './sip-leg.ts';
import { IncomingSipCall } from './sip-incoming.ts';
import { edges } from './sip-names.ts';
import { OutgoingSipCall } from './sip-outgoing.ts';
import type { RingPlan } from './sip-outgoing.ts';
import { SipRegistrar } from './sip-registrar.ts';
import type { Binding } from './sip-registrar.ts';
import { defaultSipSwitches } from './sip-switches.ts';
import type { SipSwitches } from './sip-switches.ts';
import { planCall, planTrunkCall } from './sip-targets.ts';
import { SipTrace } from './sip-trace.ts';
import { SipTransactions } from './sip-transactions.ts';
import type { EdgeServerTransaction } from './sip-transactions.ts';
import { SipWire } from './sip-wire.ts';
import type { SipProtocol } from './sip-wire.ts';
import type {
  InboundInvite,
  OutboundCall,
  PstnLeg,
  ReferHandler,
  AudioClip,
  TrunkFacts,
  VoiceLeg,
  VoiceSide,
  VoiceSideDeps,
} from '#testing/twilio/base/voice-side.ts';

// The emulated Twilio's SIP and RTP side, on one loopback address: registrar, edge, media gateway.
// Called by the emulator through VoiceSide, by tests for its addresses, its trace and its switches.
// Must stay true: what Twilio would not accept is a breach, and a test that leaves one unread fails when the side is closed.

export type SipSideOptions = {
  readonly address?: string;
  /** UDP and TCP; free ones by default. */
  readonly port?: number;
  readonly tlsPort?: number;
  readonly switches?: Partial<SipSwitches>;
  /** How long the house may take to answer or acknowledge; 32 s as Twilio. */
  readonly transactionTimeoutMs?: number;
  /** Breaches do not fail the closing: for what only plays. */
  readonly toleratesBreaches?: boolean;
};

type SipSideDeps = {
  readonly wire: SipWire;
  readonly trace: SipTrace;
  readonly certificate: TestCertificate;
  readonly deps: VoiceSideDeps;
};

export class SipSide implements VoiceSide {
  readonly trace: SipTrace;
  readonly address: string;
  /** For UDP and TCP. */
  readonly port: number;
  readonly tlsPort: number;
  /** The certificate that signed itself: what the house has to trust. */
  readonly caFile: string;
  readonly #edge: Edge;
  readonly #registrar: SipRegistrar;
  readonly #challenger = new Challenger();
  readonly #certificate: TestCertificate;
  readonly #toleratesBreaches: boolean;
  onInvite: ((call: InboundInvite) => void) | undefined;
  #onReferRequest: ReferHandler | undefined;
  #isClosed = false;

  private constructor({ wire, trace, certificate, deps }: SipSideDeps, options: SipSideOptions) {
    const transactions = new SipTransactions(
      { clock: systemClock, trace, lifeMs: options.transactionTimeoutMs ?? 32_000 },
      { onRequest: (transaction) => this.#receive(transaction), onAck: (ack) => this.#receiveAck(ack) },
    );
    this.trace = trace;
    this.#edge = {
      wire,
      transactions,
      trace,
      switches: { ...defaultSipSwitches, ...options.switches },
      mixer: new AudioMixer(systemClock),
      deps: deps,
      wireClock: systemClock,
      dialogs: new Map(),
      endpoints: [],
    };
    this.#registrar = new SipRegistrar(this.#edge, this.#challenger);
    this.#certificate = certificate;
    this.#toleratesBreaches = options.toleratesBreaches === true;
    this.address = wire.address;
    this.port = wire.port;
    this.tlsPort = wire.tlsPort;
    this.caFile = certificate.certFile;
    wire.onMessage = (message, flow) => transactions.receive(message, flow);
  }

  static async start(deps: VoiceSideDeps, options: SipSideOptions = {}): Promise<SipSide> {
    const { address = '127.0.0.1', port, tlsPort } = options;
    const trace = new SipTrace();
    const certificate = makeCertificate(certificateNames(address));
    const ports = { ...(port === undefined ? {} : { port }), ...(tlsPort === undefined ? {} : { tlsPort }) };
    const wire = await SipWire.open({ address, certificate, clock: systemClock, trace, ...ports });
    return new SipSide({ wire, trace, certificate, deps }, options);
  }

  readonly placeCall = (call: OutboundCall): VoiceLeg => this.#call(call, () => planCall(call, this.#places()));

  readonly originate = (trunk: TrunkFacts, call: OutboundCall): VoiceLeg => {
    const asked = trunk.secure ? { ...call, secure: true } : call;
    return this.#call(asked, () => planTrunkCall(trunk, asked, this.#places()));
  };

  readonly pstnLeg = (options: { readonly speak?: AudioClip }): PstnLeg => openPstnLeg(this.#edge.mixer, options);

  readonly onIncoming = (handler: (call: InboundInvite) => void): void => {
    this.onInvite = handler;
  };

  readonly onRefer = (handler: ReferHandler): void => {
    this.#onReferRequest = handler;
  };

  readonly bridge = (one: VoiceLeg, other: VoiceLeg): { readonly undo: () => void } => {
    const sounds = [audioOf.get(one), audioOf.get(other)] as const;
    if (sounds[0] === undefined || sounds[1] === undefined) throw new Error('A leg of another SIP side cannot be bridged');
    return { undo: sounds[0].bridge(sounds[1]) };
  };

  /** `address:port` to which the names of Twilio's SIP hosts have to lead. */
  at(protocol: SipProtocol): string {
    return `${this.address}:${this.#edge.wire.portOf(protocol)}`;
  }

  /** Where `user@name.sip.twilio.com` can be reached now. */
  bindings(user: string, domain: string): readonly Binding[] {
    return this.#registrar.of(user, domain);
  }

  /** As when Twilio loses its memory of a region: no device is registered any more. */
  forgetBindings(): void {
    this.#registrar.clear();
  }

  /** Breaks all TCP and TLS connections, as a router does that was restarted. */
  dropConnections(): void {
    this.#edge.wire.dropConnections();
  }

  /** Sends a session refresh (a re-INVITE) on a leg of SIP; the final status. */
  refresh(leg: VoiceLeg): Promise<number> {
    return leg instanceof SipLeg ? leg.refresh() : Promise.resolve(481);
  }

  /** What the RTP sessions sent, heard and missed, the oldest first. */
  get media(): readonly RtpMeasure[] {
    return this.#edge.endpoints.map((endpoint: RtpEndpoint) => endpoint.measure);
  }

  /** Resolves when this many messages of a kind came in (or went out); fails with all that was said. */
  async saw(direction: 'in' | 'out', what: string | number, { count = 1, limitSeconds = 15 } = {}): Promise<SipMessage> {
    return this.trace.waitFor(direction, what, { count, limitSeconds });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#edge.mixer.stop();
    for (const endpoint of this.#edge.endpoints) endpoint.close();
    this.#edge.transactions.stop();
    await this.#edge.wire[Symbol.asyncDispose]();
    this.#certificate.remove();
    if (!this.#toleratesBreaches) this.trace.check();
  }

  #places(): { wire: SipWire; registrar: SipRegistrar; deps: VoiceSideDeps } {
    return { wire: this.#edge.wire, registrar: this.#registrar, deps: this.#edge.deps };
  }

  #call(call: OutboundCall, plan: () => RingPlan): VoiceLeg {
    const outgoing = new OutgoingSipCall(this.#edge, call, this.#refer);
    outgoing.start(plan);
    return outgoing.leg;
  }

  readonly #refer: ReferHandler = (leg, target) => this.#onReferRequest?.(leg, target);

  #receive(transaction: EdgeServerTransaction): void {
    const { request } = transaction;
    if (request.toTag !== undefined) this.#receiveInDialog(transaction);
    else if (request.method === 'REGISTER') this.#registrar.receive(transaction);
    else if (request.method === 'INVITE') this.#receiveInvite(transaction);
    else if (request.method === 'OPTIONS') this.#answer(transaction, 200);
    else if (request.method === 'BYE' || request.method === 'NOTIFY') this.#answer(transaction, 481);
    else this.#answer(transaction, this.#edge.switches.methodRefusal);
  }

  #answer(transaction: EdgeServerTransaction, status: number): void {
    transaction.respond(responseTo(transaction.request, status, { headers: { Allow: twilioAllow } }));
  }

  #receiveInDialog(transaction: EdgeServerTransaction): void {
    const { request } = transaction;
    const inDialog = this.#edge.dialogs.get(dialogKey(request.callId, request.toTag ?? '', request.fromTag ?? ''));
    if (inDialog === undefined) {
      this.#answer(transaction, 481);
      return;
    }
    const problem = inDialog.dialog.problemOf(request);
    // It would have gone to a private address, or to an edge that cannot route it: no answer.
    if (problem !== undefined) this.trace.breach(`${request.method} is lost: ${problem}`);
    else
      inDialog.receive(request, (status, parts) => {
        transaction.respond(responseTo(request, status, parts));
      });
  }

  #receiveAck(ack: SipMessage): void {
    const inDialog = this.#edge.dialogs.get(dialogKey(ack.callId, ack.toTag ?? '', ack.fromTag ?? ''));
    if (inDialog === undefined) return;
    const problem = inDialog.dialog.problemOf(ack);
    if (problem === undefined) inDialog.acknowledged(ack);
    else this.trace.breach(`ACK is lost: ${problem}`);
  }

  #receiveInvite(transaction: EdgeServerTransaction): void {
    const { request, flow, respond } = transaction;
    const { directory, takesFault, alert } = this.#edge.deps;
    const required = request.get('require');
    if (required !== undefined) {
      this.trace.breach(`INVITE requires ${required}, which Twilio does not know`);
      respond(responseTo(request, 420, { headers: { Unsupported: required } }));
      return;
    }
    const result = admit(request, flow, { directory, challenger: this.#challenger, switches: this.#edge.switches });
    if (result.kind === 'dropped') this.trace.breach(`INVITE is dropped: ${result.why}`);
    else if (result.kind === 'challenge') {
      const challenge = this.#challenger.challenge({ isStale: result.isStale && this.#edge.switches.saysStale });
      respond(responseTo(request, 407, { headers: { 'Proxy-Authenticate': challenge } }));
    } else if (result.kind === 'refused') {
      const { status, reason, code } = result;
      if (code !== undefined) alert(code, `INVITE for ${request.requestUri}`);
      const headers = code === undefined ? {} : { 'X-Twilio-Error': `${code} ${errorMessages[code] ?? ''}`.trim() };
      respond(responseTo(request, status, { reason, headers }));
    } else {
      const { username, kind } = result.admission;
      const isOther = username !== undefined && kind === 'domain' && parseUri(request.from?.uri ?? '')?.user !== username;
      if (isOther) alert(32_106, `From of the INVITE is not ${username}`);
      const fault = [486, 480, 503, 603].find((status) => takesFault(`sip.${status}`, 'invite.in'));
      const call = new IncomingSipCall(this.#edge, transaction, { secure: result.admission.secure, onRefer: this.#refer });
      if (fault !== undefined) call.reject(fault);
      else if (this.onInvite === undefined) call.reject(480);
      else this.onInvite(call.facts(result.admission));
    }
  }
}

const errorMessages: Record<number, string> = {
  32_002: 'Domain not found',
  32_201: 'Authentication failure - source IP Address not in ACL',
  32_202: 'Authentication failure - Bad user credentials',
  32_204: 'From number not verified',
  32_207: 'SRTP not accepted',
  32_208: 'SRTP required',
  32_209: 'TLS required',
};

function certificateNames(address: string): string[] {
  const products = ['sip', 'pstn'];
  const names = products.flatMap((product) => [
    `*.${product}.twilio.com`,
    ...edges.map((edge) => `*.${product}.${edge}.twilio.com`),
  ]);
  return [...names.map((name) => `DNS:${name}`), `IP:${address}`, 'DNS:localhost'];
}
