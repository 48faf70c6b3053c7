// Owns the way from SIP to the subjects and back: requests become registrations and calls, decisions become SIP messages.
// Called by app.ts, which hands it the subjects and the address of the engine; the only importer of drachtio-srf.
// Nobody unproven reaches a phone, every answered leg is acknowledged and ended, and no listener is attached later than its event.
import { addressBlocks } from '#base/address-blocks.ts';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Calls } from '#calls/calls.ts';
import type { RingTarget, Trunks } from '#calls/ports.ts';
import { answer } from './answer.ts';
import { authenticated } from './authenticate.ts';
import type { Authenticate } from './authenticate.ts';
import type { Bridge } from './bridge.ts';
import { answerOptions } from './capabilities.ts';
import { handleInvite } from './phone-call.ts';
import type { InviteParts } from './phone-call.ts';
import { handleRegister } from './register.ts';
import type { Registrar } from './register.ts';
import { diversionOf } from './redirect.ts';
import type { Destination } from './ring.ts';
import { directMedia, registeredEnd } from './media-path.ts';
import type { Media } from './media-port.ts';
import { MovedSound } from './moved-sound.ts';
import { nextHopTo, requestUriOf, sourceOf } from './source.ts';
import type { IsEdgeProxy } from './source.ts';
import { SrfConnection } from './srf-connection.ts';
import type { Control } from './srf-connection.ts';
import type { IncomingRequest, Responder } from './srf-types.ts';
import { Transfers } from './transfer.ts';
import { TrunkPeers } from './trunk.ts';
import type { TrunkSettings, TrunkState } from './trunk.ts';

export type SipParts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly authenticate: Authenticate;
  readonly registrar: Registrar;
  /** Whether a phone is registered from this address. */
  readonly isRegisteredFrom: (address: string) => boolean;
  /** Addresses and blocks of proxies of the house, through which phones register; none unless told. */
  readonly edgeProxies?: readonly string[];
  /** Whether a device that has proved itself once may still call. */
  readonly isWelcome: (deviceId: string) => boolean;
  readonly trunks: readonly TrunkSettings[];
  /** Session timer asked for (RFC 4028), so that a call whose phone vanished ends; 0: none. */
  readonly sessionSeconds?: number;
  /** Relays the sound of calls through trunks; without it everybody sends to everybody. */
  readonly media?: Media;
};

const sessionSecondsByDefault = 1800;
/** What is left to be sent when we stop gets this long. */
const farewellMs = 300;

export class Sip {
  readonly #parts: SipParts;
  readonly #connection: SrfConnection;
  readonly #trunks: TrunkPeers;
  #calls: Calls | undefined;
  #strangers = 0;
  #inviteParts: InviteParts | undefined;
  readonly #isEdgeProxy: IsEdgeProxy;

  constructor(parts: SipParts) {
    this.#parts = parts;
    const { clock, log, edgeProxies = [] } = parts;
    this.#isEdgeProxy = addressBlocks(edgeProxies);
    this.#connection = new SrfConnection(log, {
      request: (request, response) => this.#receiveSafely(request, response),
      connected: (hostports) => {
        log.info({ hostports }, 'The SIP engine is connected');
        this.#trunks.start();
      },
      lost: () => this.#calls?.stopAll('engine'),
    });
    this.#trunks = new TrunkPeers({ connection: this.#connection, clock, log, media: parts.media ?? directMedia }, parts.trunks);
  }

  /** For `Calls`: which trunks can take a call. */
  get trunks(): Trunks {
    return this.#trunks;
  }

  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  /** Puts a trunk in the place of the one with this name, or takes it away; settles when the old one has let us go. */
  setTrunk(name: string, settings: TrunkSettings | undefined): Promise<void> {
    return this.#trunks.set(name, settings);
  }

  trunkStates(): readonly TrunkState[] {
    return this.#trunks.states();
  }

  /** Dialogs in memory, and INVITEs of strangers since the start. */
  sizes(): { readonly dialogs: number; readonly strangers: number } {
    return { dialogs: this.#connection.dialogs.size, strangers: this.#strangers };
  }

  /** Resolves when the engine is connected; rejects where it refuses the secret. */
  async start(control: Control, calls: Calls): Promise<void> {
    this.#calls = calls;
    this.#inviteParts = this.#compose(calls);
    await this.#connection.connect(control);
  }

  /** Ends every call, leaves the trunks, closes the control connection. */
  async stop(): Promise<void> {
    const hadCalls = (this.#calls?.list().length ?? 0) > 0;
    this.#calls?.stopAll('house');
    if (this.#connection.isConnected) await this.#trunks.stop();
    if (hadCalls && this.#connection.isConnected) await this.#pause(farewellMs);
    this.#connection.disconnect();
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.#parts.clock.after(milliseconds, resolve));
  }

  /** A request that we fail at is answered too: who sent it waits, and would send it again. */
  #receiveSafely(request: IncomingRequest, response: Responder): void {
    try {
      this.#receive(request, response);
    } catch (error) {
      this.#parts.log.error({ err: error, method: request.method }, 'A request could not be handled');
      if (request.method !== 'ACK' && !response.finalResponseSent) answer(response, 500);
    }
  }

  #receive(request: IncomingRequest, response: Responder): void {
    switch (request.method) {
      case 'REGISTER':
        handleRegister({ ...this.#parts, isEdgeProxy: this.#isEdgeProxy }, request, response);
        return;
      case 'INVITE':
        if (this.#inviteParts === undefined) answer(response, 503);
        else if (handleInvite(this.#inviteParts, request, response) === 'stranger') this.#strangers += 1;
        return;
      case 'ACK':
        return;
      default:
        this.#receiveOther(request, response);
    }
  }

  /** A phone we know by its address may ask whether we live; for all else one must prove who one is, even to hear that we cannot do it. */
  #receiveOther(request: IncomingRequest, response: Responder): void {
    const source = sourceOf(request);
    const isKnown = this.#parts.isRegisteredFrom(source.address) || this.#trunks.isKnownSource(source);
    if (request.method === 'OPTIONS' && isKnown) {
      answerOptions(response);
      return;
    }
    if (authenticated(this.#parts.authenticate, request, response) === undefined) return;
    if (request.method === 'OPTIONS') answerOptions(response);
    else if (request.method === 'SUBSCRIBE' || request.method === 'PUBLISH') answer(response, 489);
    else answer(response, 405, { headers: { Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER' } });
  }

  #compose(calls: Calls): InviteParts {
    const { authenticate, log, clock, media = directMedia, sessionSeconds = sessionSecondsByDefault } = this.#parts;
    const callParts = {
      ...{ connection: this.#connection, clock, log, sessionSeconds, media },
      destinationOf: (target: RingTarget) => this.#destinationOf(target),
      trunkRests: (trunk: string, seconds: number) => this.#trunks.rests(trunk, seconds),
      relayGone: (bridge: Bridge) => new MovedSound({ clock, log, media }, bridge).start(),
      refer: (...refer: Parameters<Transfers['refer']>) => transfers.refer(...refer),
    };
    const transfers = new Transfers({ ...callParts, calls, isWelcome: this.#parts.isWelcome });
    return {
      ...callParts,
      ...{ authenticate, trunks: this.#trunks },
      place: (attempt) => calls.place(attempt),
      takeOver: (...replace) => transfers.takeOver(...replace),
    };
  }

  #destinationOf(target: RingTarget): Destination | undefined {
    const destination = this.#placeOf(target);
    if (destination === undefined || target.diverted === undefined) return destination;
    const diversion = diversionOf(target.diverted, destination.uri);
    if (diversion === undefined) return destination;
    return { ...destination, headers: { ...destination.headers, Diversion: diversion } };
  }

  #placeOf(target: RingTarget): Destination | undefined {
    if (target.kind === 'trunk') return this.#trunks.destination(target.trunk, target.number, target.from);
    const { registration } = target;
    return {
      uri: requestUriOf(registration.contactUri),
      proxy: nextHopTo(registration, this.#isEdgeProxy),
      from: target.from,
      account: undefined,
      headers: {},
      credentials: undefined,
      trunk: undefined,
      end: registeredEnd(registration),
    };
  }
}
