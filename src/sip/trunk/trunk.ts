import { timingSafeEqual, createHash } from 'node:crypto';
import { cidrMatcher } from '#base/cidr-matcher.ts';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { RingTarget } from '#calls/ports.ts';
import type { SourceAddress } from '#devices/registration.ts';
import { digestCredentials } from '#sip/message/digest-credentials.ts';
import type { ChallengeResponder } from '#sip/message/digest-credentials.ts';
import { parseUri } from '#sip/message/headers.ts';
import type { InviteDestination } from '#sip/call/invite-destination.ts';
import type { MediaRelayPort } from '#sip/relay/media-port.ts';
import { OutboundRegistration } from './registration.ts';
import type { OutboundRegistrationSettings } from './registration.ts';
import { sourceOf } from '#sip/message/source.ts';
import type { SrfConnection } from '#sip/dialog/srf-connection.ts';
import type { SrfRequest } from '#sip/message/srf-types.ts';
import { headerOf, readTrunkCall } from './inbound-call.ts';
import type { TrunkCall } from './inbound-call.ts';
import { proxyUriOf, transportParamOf, trunkDestination, trunkHostPort } from './outbound-route.ts';
import { TrunkProbe } from './probe.ts';
import type { TrunkSettings } from './settings.ts';
import type { TrunkStatus } from './status.ts';

export type TrunkTarget = Pick<Extract<RingTarget, { kind: 'trunk' }>, 'number' | 'from'>;

export type TrunkDeps = {
  readonly connection: SrfConnection;
  readonly clock: Clock;
  readonly log: Log;
  readonly media: MediaRelayPort;
  /** The status of a trunk has changed. */
  readonly onStatus?: (name: string, status: TrunkStatus) => void;
  /** Why a trunk by TLS is not reached, as far as its certificate goes; it takes a while. */
  readonly hasBadCertificate?: (settings: TrunkSettings) => Promise<boolean>;
};

/** Least first. A trunk over UDP sends what is too long for a datagram by TCP (RFC 3261 section 18.1.1); none calls by WebSocket. */
const bySpoofResistance: readonly string[] = ['udp', 'tcp', 'tls'];

/** One trunk: its registration, which requests are its calls, and where calls through it go. */
export class Trunk {
  readonly name: string;
  readonly #settings: TrunkSettings;
  readonly #isAllowed: (address: string) => boolean;
  readonly #credentials: ChallengeResponder | undefined;
  readonly #deps: TrunkDeps;
  readonly #registration: OutboundRegistration | undefined;
  readonly #probe: TrunkProbe | undefined;
  /** Since when it is in use. */
  readonly #since: number;
  #hasBadCertificate = false;

  /** `before`: the trunk of this name as it was; its registration goes on where nothing of that has changed. */
  constructor(deps: TrunkDeps, settings: TrunkSettings, before?: Trunk) {
    const { name, username, password, authUsername = username } = settings;
    this.name = name;
    this.#deps = deps;
    this.#settings = settings;
    this.#since = deps.clock.now();
    this.#isAllowed = cidrMatcher(settings.allow);
    if (authUsername !== undefined && password !== undefined)
      this.#credentials = digestCredentials({ username: authUsername, password });
    const onStatus = (status: TrunkStatus) => this.#statusChanged(status);
    if (settings.register) this.#registration = before?.registrationFor(settings) ?? registrationOf(deps, settings, onStatus);
    else if (settings.probeSeconds !== undefined) this.#probe = new TrunkProbe({ ...deps, onStatus }, probeOf(settings));
  }

  get isReady(): boolean {
    return this.#registration?.isRegistered ?? this.#probe?.isReachable ?? true;
  }

  get status(): TrunkStatus {
    const status = this.#registration?.status ?? this.#probe?.status ?? { kind: 'ready', since: this.#since };
    return status.kind === 'unreachable' && this.#hasBadCertificate ? { ...status, kind: 'certificate' } : status;
  }

  /** Ours, for a trunk that takes our place and registers in the same way; undefined for another one. */
  registrationFor(settings: TrunkSettings): OutboundRegistration | undefined {
    const isSame = JSON.stringify(registrationSettings(settings)) === JSON.stringify(registrationSettings(this.#settings));
    return isSame && settings.name === this.name ? this.#registration : undefined;
  }

  get acceptsOutbound(): boolean {
    return this.#settings.outboundRoute?.kind !== 'none';
  }

  hasSettings(settings: TrunkSettings): boolean {
    return JSON.stringify(settings) === JSON.stringify(this.#settings);
  }

  /** The source address of a datagram can be forged: a trunk on TCP or TLS is not accepted on a weaker transport. */
  isFrom({ protocol, address }: SourceAddress): boolean {
    const { transport, inboundTransport = transport } = this.#settings;
    return bySpoofResistance.indexOf(protocol) >= bySpoofResistance.indexOf(inboundTransport) && this.#isAllowed(address);
  }

  /** The call in this INVITE; undefined where it is not from this trunk. */
  identify(request: SrfRequest): TrunkCall | undefined {
    if (this.#settings.takesCalls === false) return undefined;
    const { user = '', number = '' } = parseUri(request.uri) ?? {};
    const isToRegistration = this.#registration !== undefined && timingSafeEqualText(user, this.#registration.contactUser);
    if (!isToRegistration && !this.isFrom(sourceOf(request))) return undefined;
    const { secretHeader } = this.#settings;
    if (secretHeader !== undefined && !timingSafeEqualText(headerOf(request, secretHeader.name), secretHeader.value))
      return undefined;
    this.#registration?.onTrunkAlive();
    return readTrunkCall(this.#settings, request, isToRegistration ? { kind: 'registration' } : { kind: 'user', number });
  }

  destination({ number, from }: TrunkTarget): InviteDestination | undefined {
    return trunkDestination(this.#settings, { number, from, credentials: this.#credentials });
  }

  /** `next`: what takes its place, and may go on with its registration. */
  async stop(next?: Trunk): Promise<void> {
    this.#probe?.stop();
    if (this.#registration !== next?.registration) await this.#registration?.stop();
  }

  get registration(): OutboundRegistration | undefined {
    return this.#registration;
  }

  /** `before`: what it took the place of. */
  start(before?: Trunk): void {
    this.#probe?.start();
    if (this.#registration !== undefined && this.#registration !== before?.registration) this.#registration.start();
  }

  #statusChanged(status: TrunkStatus): void {
    const { onStatus, hasBadCertificate } = this.#deps;
    if (status.kind !== 'unreachable') this.#hasBadCertificate = false;
    else if (this.#settings.transport === 'tls')
      void hasBadCertificate?.(this.#settings)
        .catch(() => false)
        .then((isBad) => {
          this.#hasBadCertificate = isBad;
          if (isBad) onStatus?.(this.name, this.status);
        });
    onStatus?.(this.name, status);
  }
}

function registrationOf(
  { connection, clock, log, media }: TrunkDeps,
  settings: TrunkSettings,
  onStatus: (status: TrunkStatus) => void,
): OutboundRegistration {
  const { name } = settings;
  const learnPublicAddress = (address: string) => media.learnPublicAddress(name, address);
  return new OutboundRegistration(
    { connection, clock, log: log.child({ trunk: name }), learnPublicAddress, onStatus },
    registrationSettings(settings),
  );
}

function registrationSettings(settings: TrunkSettings): OutboundRegistrationSettings {
  const { host, username = '', authUsername, password, domain = host, keepAliveSeconds } = settings;
  return {
    username,
    authUsername,
    password,
    domain,
    uri: uriOf(settings),
    proxy: proxyUriOf(settings),
    transportParam: transportParamOf(settings),
    keepAliveSeconds,
  };
}

function probeOf(settings: TrunkSettings) {
  return { uri: uriOf(settings), proxy: proxyUriOf(settings), everySeconds: settings.probeSeconds ?? 0 };
}

function uriOf(settings: TrunkSettings): string {
  return `sip:${trunkHostPort(settings, settings.host)}`;
}

/** In a time that does not depend on how much of it is right. */
function timingSafeEqualText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
