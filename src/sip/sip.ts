// Turns SIP requests into registrations and calls, and decisions of the other rooms into SIP messages.
// Called by app/calls.ts, which hands it the rooms and the address of the engine; the only room that imports drachtio-srf.
// Must stay true: no unauthenticated source reaches a phone, every answered leg is acknowledged and ended, and no listener is attached
// later than its event.
import { cidrMatcher } from '#base/cidr-matcher.ts';
import type { Clock } from '#base/clock.ts';
import type { DeviceId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Calls } from '#calls/calls.ts';
import type { HouseCaller, InviteTarget, Trunks } from '#calls/ports.ts';
import type { Registration } from '#devices/registration.ts';
import { respond } from '#sip/message/respond.ts';
import { authenticateRequest } from './authenticate.ts';
import type { Authenticate } from './authenticate.ts';
import type { Bridge, Side } from '#sip/call/bridge.ts';
import { respondToOptions } from '#sip/message/capabilities.ts';
import { handleInvite } from './invite-handler.ts';
import type { InviteDeps } from './invite-handler.ts';
import { PhonePings } from './phone-pings.ts';
import { handleRegister } from './register.ts';
import type { RegisterHandler } from './register.ts';
import { formatDiversion } from '#sip/message/redirect.ts';
import type { InviteDestination } from '#sip/call/invite-destination.ts';
import { directMedia, registeredEndpoint } from '#sip/relay/media-path.ts';
import type { MediaRelayPort } from '#sip/relay/media-port.ts';
import { noVoice } from '#sip/relay/voice-port.ts';
import type { VoicePort } from '#sip/relay/voice-port.ts';
import { HouseCallLeg } from '#sip/call/house-leg.ts';
import { MediaFailover } from '#sip/call/media-failover.ts';
import { nextHopTo, requestUriOf, sourceOf } from '#sip/message/source.ts';
import type { IsEdgeProxy } from '#sip/message/source.ts';
import { SrfConnection } from '#sip/dialog/srf-connection.ts';
import type { Control } from '#sip/dialog/srf-connection.ts';
import type { SrfRequest, Responder } from '#sip/message/srf-types.ts';
import { Transfers } from '#sip/transfer/transfer.ts';
import { askTrunk } from '#sip/trunk/ask-trunk.ts';
import type { TrunkAnswer } from '#sip/trunk/ask-trunk.ts';
import { TrunkPeers } from '#sip/trunk/peers.ts';
import type { TrunkState } from '#sip/trunk/peers.ts';
import type { TrunkSettings } from '#sip/trunk/settings.ts';
import type { TrunkDeps } from '#sip/trunk/trunk.ts';

export type SipDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly authenticate: Authenticate;
  readonly registrar: RegisterHandler;
  /** Whether a phone is registered from this address. */
  readonly isRegisteredFrom: (address: string) => boolean;
  /** Addresses and CIDR blocks of edge proxies through which phones register; default: none. */
  readonly edgeProxies?: readonly string[];
  /** Whether a device that was authenticated once may still call. */
  readonly mayStillCall: (deviceId: DeviceId) => boolean;
  readonly trunks: readonly TrunkSettings[];
  readonly onTrunkStatus?: TrunkDeps['onStatus'];
  readonly hasBadCertificate?: TrunkDeps['hasBadCertificate'];
  /** The session timer that we offer (RFC 4028), so that a call whose phone vanished ends; 0: none. */
  readonly sessionSeconds?: number;
  /** The media relay of external calls; default: `directMedia`. */
  readonly media?: MediaRelayPort;
  /** Where the house itself speaks into calls; default: nowhere. */
  readonly voice?: VoicePort;
};

/** There is no standard; each of these is known to many phones. */
const autoAnswerHeaders = {
  'Call-Info': '<sip:localhost>;answer-after=0',
  'Alert-Info': '<http://localhost>;info=alert-autoanswer;delay=0',
};
const defaultSessionSeconds = 1800;
/** Time on shutdown for the BYEs to be sent. */
const drainMs = 300;

export class Sip {
  readonly #deps: SipDeps;
  readonly #connection: SrfConnection;
  readonly #trunks: TrunkPeers;
  #calls: Calls | undefined;
  #unauthenticatedInvites = 0;
  #inviteDeps: InviteDeps | undefined;
  readonly #isEdgeProxy: IsEdgeProxy;
  readonly #pings: PhonePings;

  constructor(deps: SipDeps) {
    this.#deps = deps;
    const { clock, log, edgeProxies = [] } = deps;
    this.#isEdgeProxy = cidrMatcher(edgeProxies);
    this.#connection = new SrfConnection(log, {
      onRequest: (request, response) => this.#receiveSafely(request, response),
      onConnected: (hostports) => {
        log.info({ hostports }, 'SIP engine connected');
        this.#trunks.start();
      },
      onDisconnected: () => this.#calls?.stopAll('engine-lost'),
    });
    this.#pings = new PhonePings({ clock, connection: this.#connection, isEdgeProxy: this.#isEdgeProxy });
    const { media = directMedia, trunks, onTrunkStatus: onStatus, hasBadCertificate } = deps;
    this.#trunks = new TrunkPeers(
      {
        connection: this.#connection,
        clock,
        log,
        media,
        ...(onStatus === undefined ? {} : { onStatus }),
        ...(hasBadCertificate === undefined ? {} : { hasBadCertificate }),
      },
      trunks,
    );
  }

  /** For `Calls`: which trunks can take a call. */
  get trunks(): Trunks {
    return this.#trunks;
  }

  /** The house as a caller; nobody before the start. */
  get houseCaller(): HouseCaller {
    return { open: () => (this.#inviteDeps === undefined ? Promise.resolve(undefined) : HouseCallLeg.open(this.#inviteDeps)) };
  }

  /** Milliseconds until the phone answered an OPTIONS; undefined where it did not. Never rejects. */
  ping(registration: Registration): Promise<number | undefined> {
    return this.#pings.ping(registration);
  }

  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  /** Where the engine listens, as it said when it was connected: `proto/host:port,…`. */
  get listening(): string {
    return this.#connection.listening;
  }

  /** Replaces the trunk of this name (`renamed`: until now), or removes it (`undefined`); settles when the old one is unregistered. */
  setTrunk(name: string, settings: TrunkSettings | undefined, renamed?: string): Promise<void> {
    return this.#trunks.set(name, settings, renamed);
  }

  /** The order in which trunks are called, by their names. */
  setTrunkOrder(names: readonly string[]): void {
    this.#trunks.setOrder(names);
  }

  /** Tries an account without touching its registrations, or whether anything responds there. */
  askTrunk(settings: TrunkSettings): Promise<TrunkAnswer> {
    return askTrunk({ connection: this.#connection, clock: this.#deps.clock }, settings);
  }

  /** Registers anew with every trunk that needs it. Nothing while the engine is away: its return does the same. */
  registerAgain(): void {
    if (this.#connection.isConnected) this.#trunks.start();
  }

  trunkStates(): readonly TrunkState[] {
    return this.#trunks.states();
  }

  /** Dialogs in memory, and INVITEs from unauthenticated sources since the start. */
  sizes(): { readonly dialogs: number; readonly unauthenticatedInvites: number } {
    return { dialogs: this.#connection.dialogs.size, unauthenticatedInvites: this.#unauthenticatedInvites };
  }

  /** Resolves when the engine is connected; rejects where it rejects the secret. */
  async start(control: Control, calls: Calls): Promise<void> {
    this.#calls = calls;
    this.#inviteDeps = this.#compose(calls);
    await this.#connection.connect(control);
  }

  /** Ends every call, unregisters from the trunks, closes the control connection. */
  async stop(): Promise<void> {
    const hadCalls = (this.#calls?.list().length ?? 0) > 0;
    this.#calls?.stopAll('requested');
    if (this.#connection.isConnected) await this.#trunks.stop();
    if (hadCalls && this.#connection.isConnected) await this.#pause(drainMs);
    this.#connection.disconnect();
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.#deps.clock.after(milliseconds, resolve));
  }

  /** A request whose handling fails is answered too: its sender would otherwise wait, and retransmit. */
  #receiveSafely(request: SrfRequest, response: Responder): void {
    try {
      this.#receive(request, response);
    } catch (error) {
      this.#deps.log.error({ err: error, method: request.method }, 'SIP request handling failed');
      if (request.method !== 'ACK' && !response.finalResponseSent) respond(response, 500);
    }
  }

  #receive(request: SrfRequest, response: Responder): void {
    switch (request.method) {
      case 'REGISTER':
        handleRegister({ ...this.#deps, isEdgeProxy: this.#isEdgeProxy }, request, response);
        return;
      case 'INVITE':
        if (this.#inviteDeps === undefined) respond(response, 503);
        else if (handleInvite(this.#inviteDeps, request, response) === 'unauthenticated') this.#unauthenticatedInvites += 1;
        return;
      case 'ACK':
        return;
      default:
        this.#receiveOther(request, response);
    }
  }

  /** OPTIONS from a known address is answered at once; all else is authenticated first, even to be refused. */
  #receiveOther(request: SrfRequest, response: Responder): void {
    const source = sourceOf(request);
    const isKnown = this.#deps.isRegisteredFrom(source.address) || this.#trunks.isTrunkSource(source);
    if (request.method === 'OPTIONS' && isKnown) {
      respondToOptions(response);
      return;
    }
    if (authenticateRequest(this.#deps.authenticate, request, response) === undefined) return;
    if (request.method === 'OPTIONS') respondToOptions(response);
    else if (request.method === 'SUBSCRIBE' || request.method === 'PUBLISH') respond(response, 489);
    else respond(response, 405, { headers: { Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER' } });
  }

  #compose(calls: Calls): InviteDeps {
    const { authenticate, log, clock, media = directMedia, voice = noVoice, sessionSeconds = defaultSessionSeconds } = this.#deps;
    const callDeps = {
      connection: this.#connection,
      clock,
      log,
      sessionSeconds,
      media,
      voice,
      destinationOf: (target: InviteTarget) => this.#destinationOf(target),
      onTrunkBackOff: (trunk: string, seconds: number) => this.#trunks.backOff(trunk, seconds),
      onRelayGone: (bridge: Bridge) => new MediaFailover({ clock, log, media }, bridge).start(),
      onRefer: (...refer: Parameters<Transfers['refer']>) => transfers.refer(...refer),
      onTransfer: (bridge: Bridge, from: Side) => transfers.transfereeOf(bridge, from),
    };
    const transfers = new Transfers({ ...callDeps, calls, mayStillCall: this.#deps.mayStillCall });
    return {
      ...callDeps,
      authenticate,
      trunks: this.#trunks,
      place: (attempt) => calls.place(attempt),
      handleReplaces: (...replace) => transfers.handleReplaces(...replace),
    };
  }

  #destinationOf(target: InviteTarget): InviteDestination | undefined {
    const destination = this.#baseDestinationOf(target);
    if (destination === undefined || target.diverted === undefined) return destination;
    const diversion = formatDiversion(target.diverted, destination.uri);
    if (diversion === undefined) return destination;
    return { ...destination, headers: { ...destination.headers, Diversion: diversion } };
  }

  #baseDestinationOf(target: InviteTarget): InviteDestination | undefined {
    if (target.kind === 'trunk') return this.#trunks.destination(target.trunk, target);
    const { registration } = target;
    return {
      uri: requestUriOf(registration.contactUri),
      proxy: nextHopTo(registration, this.#isEdgeProxy),
      from: target.from,
      account: undefined,
      headers: target.autoAnswer === true ? autoAnswerHeaders : {},
      credentials: undefined,
      trunk: undefined,
      endpoint: registeredEndpoint(registration),
    };
  }
}
