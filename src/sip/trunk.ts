import { timingSafeEqual, createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { cidrMatcher } from '#base/cidr-matcher.ts';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { CallerId, Trunks } from '#calls/ports.ts';
import { normalizeDigits } from '#contract/normalize-digits.ts';
import type { SourceAddress } from '#devices/registration.ts';
import { readCallerIdentity } from './caller-identity.ts';
import { digestCredentials } from './digest-credentials.ts';
import type { ChallengeResponder } from './dialog.ts';
import { escapeUser, parseUri, splitList, userOf } from './headers.ts';
import { trunkEndpoint } from './media-path.ts';
import type { MediaRelayPort } from './media-port.ts';
import type { InviteDestination } from './invite-destination.ts';
import { sourceOf } from './source.ts';
import type { SrfConnection } from './srf-connection.ts';
import type { SrfRequest } from './srf-types.ts';
import { OutboundRegistration } from './outbound-registration.ts';

/** A SIP peer that connects us to the telephone network. */
export type TrunkSettings = {
  readonly name: string;
  readonly host: string;
  readonly port?: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly username?: string;
  readonly password?: string;
  /** Whether we register our account there, so that it finds us. */
  readonly register: boolean;
  /** Addresses and CIDR blocks its calls come from. */
  readonly allow: readonly string[];
  /** The transport by which its calls come, where it is not its own. */
  readonly inboundTransport?: TrunkSettings['transport'];
  readonly secretHeader?: { readonly name: string; readonly value: string };
  /** The domain of our account, where it is not the host. */
  readonly domain?: string;
  /** How calls leave by it; `number` at the host, unless told. */
  readonly outboundRoute?: OutboundRoute;
  /** Headers of its calls: the number that was called and the token of a call that was announced before, both to our registration
   * alone, and the network's own name of the call. */
  readonly callHeaders?: { readonly number: string; readonly join: string; readonly name?: string };
  /** It takes back a caller whom nobody here takes, for the voicemail; busy and declined would end the call there instead. */
  readonly failsOver?: boolean;
  /** Its sound is SRTP with the keys in the description, in both directions. */
  readonly isSecure?: boolean;
  /** How often a registered trunk is asked whether it still sees us; never, where undefined. */
  readonly keepAliveSeconds?: number;
};

/** `number`: From shows the caller's number. `account`: From names our account, and a header of its own (`from`) the number. */
export type OutboundRoute =
  | { readonly kind: 'none' }
  | { readonly kind: 'number'; readonly host: string }
  | { readonly kind: 'account'; readonly host: string; readonly fromHeader: string };

const maxDisplayLength = 64;

/** Some ask for a day and are well in a minute. */
const maxBackOffSeconds = 600;

/** Least first. A trunk over UDP sends what is too long for a datagram by TCP (RFC 3261 section 18.1.1); none calls by WebSocket. */
const bySpoofResistance: readonly string[] = ['udp', 'tcp', 'tls'];

export type TrunkState = { readonly name: string; readonly isReady: boolean };

type TrunkDeps = { readonly connection: SrfConnection; readonly clock: Clock; readonly log: Log; readonly media: MediaRelayPort };

/** A call that came from a trunk: who is called and who calls, as the trunk says. */
export type TrunkCall = {
  readonly trunk: string;
  readonly dialled: string;
  readonly number: string;
  readonly name: string;
  /** The token of a call that was announced before. */
  readonly joinToken: string | undefined;
  /** The network's own name of the call. */
  readonly networkCallId: string | undefined;
  readonly failsOver: boolean;
  readonly isSecure: boolean;
};

/** All trunks: which of them sent a request, and where calls through them go. */
export class TrunkPeers implements Trunks {
  readonly #deps: TrunkDeps;
  readonly #trunks = new Map<string, Trunk>();
  readonly #backingOff = new Map<string, Timer>();
  #isStopped = false;

  constructor(deps: TrunkDeps, settings: readonly TrunkSettings[]) {
    this.#deps = deps;
    for (const one of settings) this.#trunks.set(one.name, new Trunk(deps, one));
  }

  /**
   * Trunks at which we are registered, or need not be, come first. One that asked for a rest gets it (RFC 3261 section 21.5.4) as long as
   * there is another that is ready; a call for help asks it all the same.
   */
  names(isEmergency = false): readonly string[] {
    const usable = [...this.#trunks.values()].filter(({ acceptsOutbound }) => acceptsOutbound);
    const available = usable.filter(({ name }) => !this.#backingOff.has(name));
    const chosen = isEmergency || !available.some(({ isReady }) => isReady) ? usable : available;
    return chosen.toSorted((a, b) => Number(b.isReady) - Number(a.isReady)).map(({ name }) => name);
  }

  /** A trunk said 503 and for how long. The last word counts. */
  backOff(name: string, seconds: number): void {
    const rest = Math.min(seconds, maxBackOffSeconds);
    this.#endBackOff(name);
    this.#backingOff.set(
      name,
      this.#deps.clock.after(rest * 1000, () => this.#backingOff.delete(name)),
    );
    this.#deps.log.warn({ trunk: name, seconds: rest }, 'A trunk asked for a rest; calls leave by another where there is one');
  }

  #endBackOff(name: string): void {
    this.#backingOff.get(name)?.cancel();
    this.#backingOff.delete(name);
  }

  /** For health: whether each trunk takes calls, as far as we know. */
  states(): readonly TrunkState[] {
    return [...this.#trunks.values()].map(({ name, isReady }) => ({ name, isReady }));
  }

  /** Registers where that is wanted; again after every reconnection of the engine. */
  start(): void {
    for (const trunk of this.#trunks.values()) trunk.start();
  }

  /** Settles when the trunks have let us go, or do not answer. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const name of [...this.#backingOff.keys()]) this.#endBackOff(name);
    await Promise.all([...this.#trunks.values()].map((trunk) => trunk.stop()));
  }

  /** Puts a trunk in the place of the one with this name, or takes it away. Calls through it go on. */
  async set(name: string, settings: TrunkSettings | undefined): Promise<void> {
    const old = this.#trunks.get(name);
    if (this.#isStopped || (settings !== undefined && old?.hasSettings(settings) === true)) return;
    const next = settings === undefined ? undefined : new Trunk(this.#deps, settings);
    this.#endBackOff(name);
    if (next === undefined) this.#trunks.delete(name);
    else this.#trunks.set(name, next);
    // Both may have the same Contact: the old one must be gone before the new one comes.
    await old?.stop();
    if (!this.#isStopped && next !== undefined && this.#trunks.get(name) === next) next.start();
  }

  /** The call a trunk sends us; undefined for everybody else's INVITE. */
  identify(request: SrfRequest): TrunkCall | undefined {
    for (const trunk of this.#trunks.values()) {
      const call = trunk.identify(request);
      if (call !== undefined) return call;
    }
    return undefined;
  }

  /** Whether packets from there are a trunk's. */
  isTrunkSource(source: SourceAddress): boolean {
    return [...this.#trunks.values()].some((trunk) => trunk.isFrom(source));
  }

  destination(name: string, number: string, from: CallerId): InviteDestination | undefined {
    return this.#trunks.get(name)?.destination(number, from);
  }
}

class Trunk {
  readonly name: string;
  readonly #settings: TrunkSettings;
  readonly #isAllowed: (address: string) => boolean;
  readonly #credentials: ChallengeResponder | undefined;
  readonly #registration: OutboundRegistration | undefined;
  readonly #outboundRoute: OutboundRoute;

  constructor({ connection, clock, log, media }: TrunkDeps, settings: TrunkSettings) {
    const { name, host, username, password } = settings;
    this.name = name;
    this.#settings = settings;
    this.#outboundRoute = settings.outboundRoute ?? { kind: 'number', host };
    this.#isAllowed = cidrMatcher(settings.allow);
    if (username !== undefined && password !== undefined) this.#credentials = digestCredentials({ username, password });
    if (!settings.register) return;
    this.#registration = new OutboundRegistration(
      {
        connection,
        clock,
        log: log.child({ trunk: name }),
        learnPublicAddress: (address) => media.learnPublicAddress(name, address),
      },
      {
        username: username ?? '',
        password,
        domain: settings.domain ?? host,
        uri: `sip:${this.#at(host)}`,
        transportParam: this.#transportParam,
        keepAliveSeconds: settings.keepAliveSeconds,
      },
    );
  }

  get isReady(): boolean {
    return this.#registration?.isRegistered ?? true;
  }

  get acceptsOutbound(): boolean {
    return this.#outboundRoute.kind !== 'none';
  }

  hasSettings(settings: TrunkSettings): boolean {
    return JSON.stringify(settings) === JSON.stringify(this.#settings);
  }

  /** A datagram may bear anybody's address: what speaks TCP or TLS is not believed by less. */
  isFrom({ protocol, address }: SourceAddress): boolean {
    const { transport, inboundTransport = transport } = this.#settings;
    return bySpoofResistance.indexOf(protocol) >= bySpoofResistance.indexOf(inboundTransport) && this.#isAllowed(address);
  }

  identify(request: SrfRequest): TrunkCall | undefined {
    const { user = '', number: called = '' } = parseUri(request.uri) ?? {};
    const isRegistered = this.#registration !== undefined && timingSafeEqualText(user, this.#registration.contactUser);
    if (!isRegistered && !this.isFrom(sourceOf(request))) return undefined;
    const { secretHeader, callHeaders } = this.#settings;
    if (secretHeader !== undefined && !timingSafeEqualText(headerOf(request, secretHeader.name), secretHeader.value))
      return undefined;
    this.#registration?.onTrunkAlive();
    const { number, name } = readCallerIdentity((header) => headerOf(request, header));
    const join = isRegistered && callHeaders !== undefined ? headerOf(request, callHeaders.join) : '';
    const networkCallId = callHeaders?.name === undefined ? '' : sanitize(headerOf(request, callHeaders.name));
    return {
      trunk: this.name,
      dialled: this.#dialledIn(request, isRegistered ? '' : called),
      number: sanitize(number),
      name: sanitize(name),
      joinToken: join === '' ? undefined : join,
      networkCallId: networkCallId === '' ? undefined : networkCallId,
      failsOver: this.#settings.failsOver ?? false,
      isSecure: this.#settings.isSecure ?? false,
    };
  }

  destination(number: string, from: CallerId): InviteDestination | undefined {
    const route = this.#outboundRoute;
    if (route.kind === 'none') return undefined;
    const uri = `sip:${escapeUser(number)}@${this.#at(route.host)}`;
    const common = {
      uri,
      proxy: undefined,
      from,
      credentials: this.#credentials,
      trunk: this.name,
      endpoint: trunkEndpoint(this.name, this.#settings.isSecure),
    };
    if (route.kind === 'account') {
      // Its network shows one of our numbers whatever we ask.
      if (from.privacy === 'required') return undefined;
      const { username = '', domain = route.host } = this.#settings;
      return { ...common, account: `sip:${escapeUser(username)}@${domain}`, headers: { [route.fromHeader]: from.number } };
    }
    const identity = from.number === '' ? {} : { 'P-Asserted-Identity': `<sip:${escapeUser(from.number)}@localhost>` };
    if (from.privacy === undefined) return { ...common, account: undefined, headers: identity };
    return { ...common, from: { number: '', name: '' }, account: undefined, headers: { ...identity, Privacy: 'id' } };
  }

  start(): void {
    this.#registration?.start();
  }

  async stop(): Promise<void> {
    await this.#registration?.stop();
  }

  /** A trunk that calls a fixed user tells the number in Diversion (RFC 5806); one that calls our registration, in a header or in To. */
  #dialledIn(request: SrfRequest, user: string): string {
    const { callHeaders } = this.#settings;
    const named = callHeaders === undefined ? '' : headerOf(request, callHeaders.number);
    if (named !== '') return named;
    if (isNumber(user)) return user;
    const [diversion = ''] = splitList(headerOf(request, 'diversion'));
    const diverted = userOf(diversion === '' ? undefined : diversion);
    if (isNumber(diverted)) return diverted;
    return user === '' ? userOf(request.headers['to']) : user;
  }

  get #transportParam(): string {
    return this.#settings.transport === 'udp' ? '' : `;transport=${this.#settings.transport}`;
  }

  #at(host: string): string {
    const { port } = this.#settings;
    const shown = isIPv6(host) ? `[${host}]` : host;
    return `${shown}${port === undefined ? '' : `:${port}`}${this.#transportParam}`;
  }
}

/** drachtio-srf keeps the case of `X-…` names and lowers others. */
function headerOf(request: SrfRequest, name: string): string {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(request.headers)) if (key.toLowerCase() === wanted) return value;
  return '';
}

/** In a time that does not depend on how much is right. */
function timingSafeEqualText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** A stranger's words go into records, onto displays and into datagrams. */
function sanitize(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '')
    .slice(0, maxDisplayLength)
    .toWellFormed();
}

function isNumber(user: string): boolean {
  return /^\+?\d+$/.test(normalizeDigits(user.split(';', 1)[0] ?? ''));
}
