import { timingSafeEqual, createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { addressBlocks } from '#base/address-blocks.ts';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Presented, Trunks } from '#calls/ports.ts';
import { plainDigits } from '#contract/plain-digits.ts';
import type { Source } from '#devices/registration.ts';
import { callerIn } from './caller-identity.ts';
import { digestCredentials } from './digest-answer.ts';
import type { Credentials } from './dialog.ts';
import { escapeUser, parseUri, splitList, userOf } from './headers.ts';
import { trunkEnd } from './media-path.ts';
import type { Media } from './media-port.ts';
import type { Destination } from './ring.ts';
import { sourceOf } from './source.ts';
import type { SrfConnection } from './srf-connection.ts';
import type { IncomingRequest } from './srf-types.ts';
import { TrunkAccount } from './trunk-account.ts';

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
  readonly callsBy?: TrunkSettings['transport'];
  readonly secretHeader?: { readonly name: string; readonly value: string };
  /** The domain of our account, where it is not the host. */
  readonly domain?: string;
  /** How calls leave by it; `number` at the host, unless told. */
  readonly outward?: Outward;
  /** Headers of its calls: the number that was called and the token of a call that was announced before, both to our registration
   * alone, and the network's own name of the call. */
  readonly callHeaders?: { readonly number: string; readonly join: string; readonly name?: string };
  /** It takes back a caller whom nobody here takes, for the voicemail; busy and declined would end the call there instead. */
  readonly takesBack?: boolean;
  /** Its sound is SRTP with the keys in the description, in both directions. */
  readonly isSecure?: boolean;
  /** How often a registered trunk is asked whether it still sees us; never, where undefined. */
  readonly keepAliveSeconds?: number;
};

/** `number`: From shows the caller's number. `account`: From names our account, and a header of its own (`from`) the number. */
export type Outward =
  | { readonly kind: 'none' }
  | { readonly kind: 'number'; readonly host: string }
  | { readonly kind: 'account'; readonly host: string; readonly fromHeader: string };

const mostShown = 64;

/** Some ask for a day and are well in a minute. */
const longestRestSeconds = 600;

/** Least first. A trunk over UDP sends what is too long for a datagram by TCP (RFC 3261 section 18.1.1); none calls by WebSocket. */
const hardToForge: readonly string[] = ['udp', 'tcp', 'tls'];

export type TrunkState = { readonly name: string; readonly isReady: boolean };

type Parts = { readonly connection: SrfConnection; readonly clock: Clock; readonly log: Log; readonly media: Media };

/** A call that came from a trunk: who is called and who calls, as the trunk says. */
export type TrunkCall = {
  readonly trunk: string;
  readonly dialled: string;
  readonly number: string;
  readonly name: string;
  /** The token of a call that was announced before. */
  readonly joins: string | undefined;
  /** The network's own name of the call. */
  readonly networkName: string | undefined;
  readonly takesBack: boolean;
  readonly isSecure: boolean;
};

/** All trunks: which of them sent a request, and where calls through them go. */
export class TrunkPeers implements Trunks {
  readonly #parts: Parts;
  readonly #trunks = new Map<string, Trunk>();
  readonly #resting = new Map<string, Timer>();
  #isStopped = false;

  constructor(parts: Parts, settings: readonly TrunkSettings[]) {
    this.#parts = parts;
    for (const one of settings) this.#trunks.set(one.name, new Trunk(parts, one));
  }

  /**
   * Trunks at which we are registered, or need not be, come first. One that asked for a rest gets it (RFC 3261 section 21.5.4) as long as
   * there is another that is ready; a call for help asks it all the same.
   */
  names(isEmergency = false): readonly string[] {
    const outward = [...this.#trunks.values()].filter(({ takesCalls }) => takesCalls);
    const awake = outward.filter(({ name }) => !this.#resting.has(name));
    const chosen = isEmergency || !awake.some(({ isReady }) => isReady) ? outward : awake;
    return chosen.toSorted((a, b) => Number(b.isReady) - Number(a.isReady)).map(({ name }) => name);
  }

  /** A trunk said 503 and for how long. The last word counts. */
  rests(name: string, seconds: number): void {
    const rest = Math.min(seconds, longestRestSeconds);
    this.#wake(name);
    this.#resting.set(
      name,
      this.#parts.clock.after(rest * 1000, () => this.#resting.delete(name)),
    );
    this.#parts.log.warn({ trunk: name, seconds: rest }, 'A trunk asked for a rest; calls leave by another where there is one');
  }

  #wake(name: string): void {
    this.#resting.get(name)?.cancel();
    this.#resting.delete(name);
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
    for (const name of [...this.#resting.keys()]) this.#wake(name);
    await Promise.all([...this.#trunks.values()].map((trunk) => trunk.stop()));
  }

  /** Puts a trunk in the place of the one with this name, or takes it away. Calls through it go on. */
  async set(name: string, settings: TrunkSettings | undefined): Promise<void> {
    const old = this.#trunks.get(name);
    if (this.#isStopped || (settings !== undefined && old?.isSame(settings) === true)) return;
    const next = settings === undefined ? undefined : new Trunk(this.#parts, settings);
    this.#wake(name);
    if (next === undefined) this.#trunks.delete(name);
    else this.#trunks.set(name, next);
    // Both may have the same Contact: the old one must be gone before the new one comes.
    await old?.stop();
    if (!this.#isStopped && next !== undefined && this.#trunks.get(name) === next) next.start();
  }

  /** The call a trunk sends us; undefined for everybody else's INVITE. */
  identify(request: IncomingRequest): TrunkCall | undefined {
    for (const trunk of this.#trunks.values()) {
      const call = trunk.identify(request);
      if (call !== undefined) return call;
    }
    return undefined;
  }

  /** Whether packets from there are a trunk's. */
  isKnownSource(source: Source): boolean {
    return [...this.#trunks.values()].some((trunk) => trunk.isFrom(source));
  }

  destination(name: string, number: string, from: Presented): Destination | undefined {
    return this.#trunks.get(name)?.destination(number, from);
  }
}

class Trunk {
  readonly name: string;
  readonly #settings: TrunkSettings;
  readonly #isAllowed: (address: string) => boolean;
  readonly #credentials: Credentials | undefined;
  readonly #account: TrunkAccount | undefined;
  readonly #outward: Outward;

  constructor({ connection, clock, log, media }: Parts, settings: TrunkSettings) {
    const { name, host, username, password } = settings;
    this.name = name;
    this.#settings = settings;
    this.#outward = settings.outward ?? { kind: 'number', host };
    this.#isAllowed = addressBlocks(settings.allow);
    if (username !== undefined && password !== undefined) this.#credentials = digestCredentials({ username, password });
    if (!settings.register) return;
    this.#account = new TrunkAccount(
      { connection, clock, log: log.child({ trunk: name }), seenAs: (address) => media.seenAs(name, address) },
      {
        ...{ username: username ?? '', password, domain: settings.domain ?? host, uri: `sip:${this.#at(host)}` },
        ...{ transportParam: this.#transportParam, keepAliveSeconds: settings.keepAliveSeconds },
      },
    );
  }

  get isReady(): boolean {
    return this.#account?.isRegistered ?? true;
  }

  get takesCalls(): boolean {
    return this.#outward.kind !== 'none';
  }

  isSame(settings: TrunkSettings): boolean {
    return JSON.stringify(settings) === JSON.stringify(this.#settings);
  }

  /** A datagram may bear anybody's address: what speaks TCP or TLS is not believed by less. */
  isFrom({ protocol, address }: Source): boolean {
    const { transport, callsBy = transport } = this.#settings;
    return hardToForge.indexOf(protocol) >= hardToForge.indexOf(callsBy) && this.#isAllowed(address);
  }

  identify(request: IncomingRequest): TrunkCall | undefined {
    const { user = '', number: called = '' } = parseUri(request.uri) ?? {};
    const isRegistered = this.#account !== undefined && sameText(user, this.#account.contactUser);
    if (!isRegistered && !this.isFrom(sourceOf(request))) return undefined;
    const { secretHeader, callHeaders } = this.#settings;
    if (secretHeader !== undefined && !sameText(headerOf(request, secretHeader.name), secretHeader.value)) return undefined;
    this.#account?.wake();
    const { number, name } = callerIn((header) => headerOf(request, header));
    const join = isRegistered && callHeaders !== undefined ? headerOf(request, callHeaders.join) : '';
    const networkName = callHeaders?.name === undefined ? '' : cut(headerOf(request, callHeaders.name));
    return {
      trunk: this.name,
      dialled: this.#dialledIn(request, isRegistered ? '' : called),
      number: cut(number),
      name: cut(name),
      joins: join === '' ? undefined : join,
      networkName: networkName === '' ? undefined : networkName,
      takesBack: this.#settings.takesBack ?? false,
      isSecure: this.#settings.isSecure ?? false,
    };
  }

  destination(number: string, from: Presented): Destination | undefined {
    const outward = this.#outward;
    if (outward.kind === 'none') return undefined;
    const uri = `sip:${escapeUser(number)}@${this.#at(outward.host)}`;
    const common = {
      uri,
      proxy: undefined,
      from,
      credentials: this.#credentials,
      trunk: this.name,
      end: trunkEnd(this.name, this.#settings.isSecure),
    };
    if (outward.kind === 'account') {
      // Its network shows one of our numbers whatever we ask.
      if (from.privacy === 'required') return undefined;
      const { username = '', domain = outward.host } = this.#settings;
      return { ...common, account: `sip:${escapeUser(username)}@${domain}`, headers: { [outward.fromHeader]: from.number } };
    }
    const identity = from.number === '' ? {} : { 'P-Asserted-Identity': `<sip:${escapeUser(from.number)}@localhost>` };
    if (from.privacy === undefined) return { ...common, account: undefined, headers: identity };
    return { ...common, from: { number: '', name: '' }, account: undefined, headers: { ...identity, Privacy: 'id' } };
  }

  start(): void {
    this.#account?.start();
  }

  async stop(): Promise<void> {
    await this.#account?.stop();
  }

  /** A trunk that calls a fixed user tells the number in Diversion (RFC 5806); one that calls our registration, in a header or in To. */
  #dialledIn(request: IncomingRequest, user: string): string {
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
function headerOf(request: IncomingRequest, name: string): string {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(request.headers)) if (key.toLowerCase() === wanted) return value;
  return '';
}

/** In a time that does not depend on how much is right. */
function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** A stranger's words go into records, onto displays and into datagrams. */
function cut(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '')
    .slice(0, mostShown)
    .toWellFormed();
}

function isNumber(user: string): boolean {
  return /^\+?\d+$/.test(plainDigits(user.split(';', 1)[0] ?? ''));
}
