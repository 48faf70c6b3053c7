import { randomBytes, randomUUID, timingSafeEqual, createHash } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Presented, Trunks } from '#calls/ports.ts';
import { digestCredentials } from './digest-answer.ts';
import type { Credentials } from './dialog.ts';
import { escapeUser, numberOf, parseNameAddr, parseUri, splitList, userOf } from './headers.ts';
import { receivedFrom } from './media-path.ts';
import type { Media } from './media-port.ts';
import type { Destination } from './ring.ts';
import type { SrfConnection } from './srf-connection.ts';
import type { IncomingRequest, IncomingResponse } from './srf-types.ts';
import { firstRegistration, nextRegistration } from './trunk-registration.ts';
import type { RegistrationOutcome } from './trunk-registration.ts';

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
  readonly secretHeader?: { readonly name: string; readonly value: string };
};

export type TrunkState = { readonly name: string; readonly isReady: boolean };

type Parts = { readonly connection: SrfConnection; readonly clock: Clock; readonly log: Log; readonly media: Media };

/** A call that came from a trunk: who is called and who calls, as the trunk says. */
export type TrunkCall = { readonly trunk: string; readonly dialled: string; readonly number: string; readonly name: string };

/** All trunks: which of them sent a request, and where calls through them go. */
export class TrunkPeers implements Trunks {
  readonly #trunks: readonly Trunk[];

  constructor(parts: Parts, settings: readonly TrunkSettings[]) {
    this.#trunks = settings.map((one) => new Trunk(parts, one));
  }

  /** Trunks at which we are registered, or need not be, come first. */
  names(): readonly string[] {
    return this.#trunks.toSorted((a, b) => Number(b.isReady) - Number(a.isReady)).map(({ name }) => name);
  }

  /** For health: whether each trunk takes calls, as far as we know. */
  states(): readonly TrunkState[] {
    return this.#trunks.map(({ name, isReady }) => ({ name, isReady }));
  }

  /** Registers where that is wanted; again after every reconnection of the engine. */
  start(): void {
    for (const trunk of this.#trunks) trunk.start();
  }

  stop(): void {
    for (const trunk of this.#trunks) trunk.stop();
  }

  /** The call a trunk sends us; undefined for everybody else's INVITE. */
  identify(request: IncomingRequest): TrunkCall | undefined {
    for (const trunk of this.#trunks) {
      const call = trunk.identify(request);
      if (call !== undefined) return call;
    }
    return undefined;
  }

  /** Whether an address is one of a trunk's. */
  isKnownAddress(address: string): boolean {
    return this.#trunks.some((trunk) => trunk.isFrom(address));
  }

  destination(name: string, number: string, from: Presented): Destination | undefined {
    return this.#trunks.find((trunk) => trunk.name === name)?.destination(number, from);
  }
}

class Trunk {
  readonly name: string;
  readonly #parts: Parts;
  readonly #settings: TrunkSettings;
  readonly #allowed = new BlockList();
  readonly #credentials: Credentials | undefined;
  /** The user of our Contact there. Only the trunk learns it, so a call to it comes from the trunk. */
  readonly #contactUser = `gosip-${randomBytes(12).toString('hex')}`;
  readonly #callId = randomUUID();
  #registration = firstRegistration;
  #timer: Timer | undefined;
  #sequence = 0;
  #isStopped = false;

  constructor(parts: Parts, settings: TrunkSettings) {
    this.name = settings.name;
    this.#parts = parts;
    this.#settings = settings;
    for (const block of settings.allow) allow(this.#allowed, block);
    const { username, password } = settings;
    if (username !== undefined && password !== undefined) this.#credentials = digestCredentials({ username, password });
  }

  get isReady(): boolean {
    return !this.#settings.register || this.#registration.isRegistered;
  }

  isFrom(address: string): boolean {
    return this.#settings.allow.length > 0 && this.#allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  identify(request: IncomingRequest): TrunkCall | undefined {
    const user = parseUri(request.uri)?.user ?? '';
    const isAllowed = this.isFrom(request.source_address);
    const isRegistered = this.#settings.register && sameText(user, this.#contactUser);
    if (!isRegistered && !isAllowed) return undefined;
    const { secretHeader } = this.#settings;
    if (secretHeader !== undefined && !sameText(headerOf(request, secretHeader.name), secretHeader.value)) return undefined;
    const from = parseNameAddr(request.headers['p-asserted-identity'] ?? request.headers['from'] ?? '');
    const number = parseUri(from?.uri ?? '')?.user ?? '';
    const dialled = isRegistered || user === '' ? userOf(request.headers['to']) : user;
    return { trunk: this.name, dialled, number: isHidden(number) ? '' : number, name: from?.name ?? '' };
  }

  destination(number: string, from: Presented): Destination {
    const uri = `sip:${escapeUser(number)}@${this.#hostPort}`;
    return {
      ...{ uri, proxy: undefined, from, credentials: this.#credentials, trunk: this.name },
      headers: from.number === '' ? {} : { 'P-Asserted-Identity': `<sip:${escapeUser(from.number)}@localhost>` },
    };
  }

  start(): void {
    if (!this.#settings.register || this.#isStopped) return;
    this.#timer?.cancel();
    this.#register(this.#registration.expiresSeconds, (outcome) => this.#settled(outcome));
  }

  /** Takes our Contact away; its answer is not awaited. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    if (this.#settings.register && this.#registration.isRegistered) this.#register(0, () => {});
  }

  #settled(outcome: RegistrationOutcome): void {
    if (this.#isStopped) return;
    const was = this.#registration;
    const { state, afterSeconds } = nextRegistration(was, outcome);
    this.#registration = state;
    if (state.isRegistered && !was.isRegistered) this.#parts.log.info({ trunk: this.name }, 'Registered at the trunk');
    if (outcome.kind === 'failed') {
      this.#parts.log.warn(
        { trunk: this.name, status: outcome.status, retrySeconds: afterSeconds },
        'The trunk did not register us',
      );
    }
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after(afterSeconds * 1000, () => this.start());
  }

  #register(expires: number, done: (outcome: RegistrationOutcome) => void): void {
    const { username = '' } = this.#settings;
    const account = `<sip:${escapeUser(username)}@${this.#settings.host}>`;
    const headers = {
      From: `${account};tag=${randomBytes(8).toString('hex')}`,
      To: account,
      'Call-ID': this.#callId,
      Contact: `<sip:${this.#contactUser}@localhost${this.#transportParam}>`,
      Expires: String(expires),
      'User-Agent': 'GoSIP',
    };
    this.#sendRegister(headers, { triesLeft: 2, done });
  }

  #sendRegister(
    headers: Record<string, string>,
    { triesLeft, done }: { triesLeft: number; done: (outcome: RegistrationOutcome) => void },
  ): void {
    const uri = `sip:${this.#hostPort}`;
    this.#sequence += 1;
    this.#parts.connection.send(
      { method: 'REGISTER', uri, headers: { ...headers, CSeq: `${this.#sequence} REGISTER` } },
      {
        failed: () => done({ kind: 'failed', status: 503, retryAfterSeconds: undefined }),
        response: (response) => {
          const { status } = response;
          if (status < 200) return;
          const seen = receivedFrom(response.headers);
          if (seen !== undefined) this.#parts.media.seenAs(this.name, seen);
          const isChallenge = status === 401 || status === 407;
          const answered =
            isChallenge && triesLeft > 0 ? this.#credentials?.(response.headers, { method: 'REGISTER', uri }) : undefined;
          if (answered === undefined) done(this.#outcomeOf(response));
          else this.#sendRegister({ ...headers, [answered.name]: answered.value }, { triesLeft: triesLeft - 1, done });
        },
      },
    );
  }

  #outcomeOf({ status, headers }: IncomingResponse): RegistrationOutcome {
    if (status === 423) return { kind: 'too-brief', minExpires: numberOf(headers['min-expires']) };
    if (status >= 300) return { kind: 'failed', status, retryAfterSeconds: numberOf(headers['retry-after']) };
    const contacts = splitList(headers['contact'] ?? '').map(parseNameAddr);
    const ours = contacts.find((contact) => parseUri(contact?.uri ?? '')?.user === this.#contactUser);
    const expiresSeconds = numberOf(ours?.params.get('expires') ?? undefined) ?? numberOf(headers['expires']);
    return { kind: 'registered', expiresSeconds: expiresSeconds ?? this.#registration.expiresSeconds };
  }

  get #transportParam(): string {
    return this.#settings.transport === 'udp' ? '' : `;transport=${this.#settings.transport}`;
  }

  get #hostPort(): string {
    const { host, port } = this.#settings;
    const shown = isIPv6(host) ? `[${host}]` : host;
    return `${shown}${port === undefined ? '' : `:${port}`}${this.#transportParam}`;
  }
}

function allow(list: BlockList, block: string): void {
  const [address = '', bits] = block.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
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

function isHidden(number: string): boolean {
  return /^(anonymous|unavailable|restricted|private|unknown)$/i.test(number);
}
