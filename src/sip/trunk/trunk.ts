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
import { sourceOf } from '#sip/message/source.ts';
import type { SrfConnection } from '#sip/dialog/srf-connection.ts';
import type { SrfRequest } from '#sip/message/srf-types.ts';
import { headerOf, readTrunkCall } from './inbound-call.ts';
import type { TrunkCall } from './inbound-call.ts';
import { transportParamOf, trunkDestination, trunkHostPort } from './outbound-route.ts';
import type { TrunkSettings } from './settings.ts';

export type TrunkTarget = Pick<Extract<RingTarget, { kind: 'trunk' }>, 'number' | 'from'>;

export type TrunkDeps = {
  readonly connection: SrfConnection;
  readonly clock: Clock;
  readonly log: Log;
  readonly media: MediaRelayPort;
};

/** Least first. A trunk over UDP sends what is too long for a datagram by TCP (RFC 3261 section 18.1.1); none calls by WebSocket. */
const bySpoofResistance: readonly string[] = ['udp', 'tcp', 'tls'];

/** One trunk: its registration, which requests are its calls, and where calls through it go. */
export class Trunk {
  readonly name: string;
  readonly #settings: TrunkSettings;
  readonly #isAllowed: (address: string) => boolean;
  readonly #credentials: ChallengeResponder | undefined;
  readonly #registration: OutboundRegistration | undefined;

  constructor(deps: TrunkDeps, settings: TrunkSettings) {
    const { name, username, password } = settings;
    this.name = name;
    this.#settings = settings;
    this.#isAllowed = cidrMatcher(settings.allow);
    if (username !== undefined && password !== undefined) this.#credentials = digestCredentials({ username, password });
    if (settings.register) this.#registration = registrationOf(deps, settings);
  }

  get isReady(): boolean {
    return this.#registration?.isRegistered ?? true;
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

  start(): void {
    this.#registration?.start();
  }

  async stop(): Promise<void> {
    await this.#registration?.stop();
  }
}

function registrationOf({ connection, clock, log, media }: TrunkDeps, settings: TrunkSettings): OutboundRegistration {
  const { name, host, username = '', password, domain = host, keepAliveSeconds } = settings;
  return new OutboundRegistration(
    {
      connection,
      clock,
      log: log.child({ trunk: name }),
      learnPublicAddress: (address) => media.learnPublicAddress(name, address),
    },
    {
      username,
      password,
      domain,
      uri: `sip:${trunkHostPort(settings, host)}`,
      transportParam: transportParamOf(settings),
      keepAliveSeconds,
    },
  );
}

/** In a time that does not depend on how much of it is right. */
function timingSafeEqualText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
