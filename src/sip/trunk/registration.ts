import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { digestCredentials } from '#sip/message/digest-credentials.ts';
import type { ChallengeResponder } from '#sip/message/digest-credentials.ts';
import { escapeUser, parseHeaderInteger, parseNameAddr, parseUri, splitList } from '#sip/message/headers.ts';
import { receivedFrom } from '#sip/relay/media-path.ts';
import type { HeaderMap, SrfResponse } from '#sip/message/srf-types.ts';
import type { SrfConnection } from '#sip/dialog/srf-connection.ts';
import { initialRegistration, nextRegistration } from './registration-schedule.ts';
import type { RegistrationOutcome } from './registration-schedule.ts';
import { statusAfter } from './status.ts';
import type { FailedResponse, TrunkStatus } from './status.ts';

export type OutboundRegistrationSettings = {
  readonly username: string;
  readonly password: string | undefined;
  /** The name in answers to challenges, where it is not the username. */
  readonly authUsername?: string | undefined;
  /** The URI of the next hop, where it is not the Request-URI. */
  readonly proxy?: string | undefined;
  /** The domain of our address of record. */
  readonly domain: string;
  /** The Request-URI of REGISTER. */
  readonly uri: string;
  /** `;transport=tls`, or empty. */
  readonly transportParam: string;
  /** Interval of the OPTIONS that check whether the trunk still sees us at the same address; undefined: none. */
  readonly keepAliveSeconds: number | undefined;
};

type OutboundRegistrationDeps = {
  readonly connection: Pick<SrfConnection, 'send'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Gets our public address as the trunk sees it. */
  readonly learnPublicAddress: (address: string) => void;
  /** The status has changed. */
  readonly onStatus?: (status: TrunkStatus) => void;
};

type Request = { readonly method: 'REGISTER' | 'OPTIONS'; readonly headers: Record<string, string> };
type RegisterDone = (outcome: RegistrationOutcome, failure: FailedResponse | undefined) => void;
type Done = (response: SrfResponse | undefined) => void;

const maxTries = 3;
/** Interval of OPTIONS to an unreachable trunk without a keep-alive of its own. */
const unreachableProbeSeconds = 25;
/** The longest a stop waits for the trunk to remove our registration. */
const unregisterTimeoutMs = 2_000;

/** Keeps our account registered with one trunk (RFC 3261 section 10.2). */
export class OutboundRegistration {
  /**
   * The user of our Contact. Only the trunk knows it, so a call to it comes from the trunk. It is the same after a restart, so that no
   * stale contact is left behind.
   */
  readonly contactUser: string;
  readonly #deps: OutboundRegistrationDeps;
  readonly #settings: OutboundRegistrationSettings;
  readonly #credentials: ChallengeResponder | undefined;
  readonly #callId = randomUUID();
  #registration = initialRegistration;
  #timer: Timer | undefined;
  #keepAlive: Timer | undefined;
  #sequence = 0;
  #isStopped = false;
  #isUnreachable = false;
  /** The source address and port of our last REGISTER as the trunk saw it. */
  #seenFrom: string | undefined;
  #status: TrunkStatus;

  constructor(deps: OutboundRegistrationDeps, settings: OutboundRegistrationSettings) {
    const { username, password, domain, authUsername = username } = settings;
    this.#deps = deps;
    this.#settings = settings;
    this.contactUser = `gosip-${contactSecret(password, `${username}@${domain}`)}`;
    this.#credentials = password === undefined ? undefined : digestCredentials({ username: authUsername, password });
    this.#status = { kind: 'registering', since: deps.clock.now() };
  }

  get isRegistered(): boolean {
    return this.#registration.isRegistered;
  }

  get status(): TrunkStatus {
    return this.#status;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#isUnreachable = false;
    this.#timer?.cancel();
    this.#register(this.#registration.expiresSeconds, (outcome, failure) => this.#settled(outcome, failure));
  }

  /** The trunk has sent something: if it was unreachable, we register at once. */
  onTrunkAlive(): void {
    if (!this.#isUnreachable || this.#isStopped) return;
    this.#deps.log.info('Trunk reachable again; registering');
    this.start();
  }

  /** Removes our registration. Settles when the trunk has responded, or after a time-out. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#keepAlive?.cancel();
    if (!this.#registration.isRegistered) return;
    this.#registration = { ...this.#registration, isRegistered: false };
    const unregistered = Promise.withResolvers<void>();
    const timeout = this.#deps.clock.after(unregisterTimeoutMs, unregistered.resolve);
    this.#register(0, () => unregistered.resolve());
    await unregistered.promise;
    timeout.cancel();
  }

  #settled(outcome: RegistrationOutcome, failure: FailedResponse | undefined): void {
    if (this.#isStopped) return;
    const was = this.#registration;
    const { state, afterSeconds, isUnreachable } = nextRegistration(was, outcome);
    this.#registration = state;
    this.#isUnreachable = isUnreachable;
    const { clock, log } = this.#deps;
    if (state.isRegistered && !was.isRegistered) log.info('Registered with the trunk');
    if (outcome.kind === 'failed') log.warn({ status: outcome.status, retrySeconds: afterSeconds }, 'Trunk registration failed');
    this.#timer?.cancel();
    this.#timer = clock.after(afterSeconds * 1000, () => this.start());
    this.#become(statusAfter({ before: this.#status, state, outcome, failure, now: clock.now(), afterSeconds }));
    this.#watch(isUnreachable, afterSeconds);
  }

  #become(status: TrunkStatus): void {
    const before = this.#status;
    this.#status = status;
    if (status.kind !== before.kind || status.sipStatus !== before.sipStatus) this.#deps.onStatus?.(status);
  }

  #watch(isUnreachable: boolean, afterSeconds: number): void {
    const { clock } = this.#deps;
    const { isRegistered } = this.#registration;
    this.#keepAlive?.cancel();
    const probeSeconds = isUnreachable
      ? (this.#settings.keepAliveSeconds ?? unreachableProbeSeconds)
      : this.#settings.keepAliveSeconds;
    // The next REGISTER comes sooner than a probe would.
    if (isUnreachable && afterSeconds <= (probeSeconds ?? 0)) return;
    if (probeSeconds !== undefined && (isRegistered || isUnreachable))
      this.#keepAlive = clock.every(probeSeconds * 1000, () => this.#probe());
  }

  /** Keeps the NAT binding open and notices a new one: the trunk would go on sending calls to the old one. */
  #probe(): void {
    const { uri } = this.#settings;
    this.#send({ method: 'OPTIONS', headers: { ...this.#identity(), 'Call-ID': randomUUID() } }, (response) => {
      const isUnreachable = response === undefined || [408, 503].includes(response.status);
      if (!isUnreachable) this.onTrunkAlive();
      if (this.#isStopped || !this.#registration.isRegistered) return;
      const seenFrom = response === undefined ? undefined : flowOf(response.headers);
      const isNewFlow = seenFrom !== undefined && this.#seenFrom !== undefined && seenFrom !== this.#seenFrom;
      if (!isUnreachable && !isNewFlow) return;
      this.#deps.log.warn({ uri, seenFrom }, 'Trunk connection lost or changed; registering again');
      this.start();
    });
  }

  #register(expires: number, done: RegisterDone): void {
    const headers = {
      ...this.#identity(),
      'Call-ID': this.#callId,
      Contact: `<sip:${this.contactUser}@localhost${this.#settings.transportParam}>`,
      Expires: String(expires),
    };
    this.#send({ method: 'REGISTER', headers }, (response) => {
      if (response === undefined) {
        done({ kind: 'failed', status: 503, retryAfterSeconds: undefined }, undefined);
        return;
      }
      this.#seenFrom = flowOf(response.headers) ?? this.#seenFrom;
      done(this.#outcomeOf(response), failureOf(response));
    });
  }

  #identity(): Record<string, string> {
    const { username, domain } = this.#settings;
    const account = `<sip:${escapeUser(username)}@${domain}>`;
    return { From: `${account};tag=${randomBytes(8).toString('hex')}`, To: account, 'User-Agent': 'GoSIP' };
  }

  /** `done` gets the final response, after challenges; undefined where the request was not sent. */
  #send({ method, headers }: Request, done: Done, tries = 1): void {
    const { uri, proxy } = this.#settings;
    this.#sequence += 1;
    this.#deps.connection.send(
      { method, uri, ...(proxy === undefined ? {} : { proxy }), headers: { ...headers, CSeq: `${this.#sequence} ${method}` } },
      {
        failed: () => done(undefined),
        response: (response) => {
          const { status } = response;
          if (status < 200) return;
          const seen = receivedFrom(response.headers);
          if (seen !== undefined) this.#deps.learnPublicAddress(seen);
          const isChallenge = status === 401 || status === 407;
          const answered =
            isChallenge && method === 'REGISTER' && tries < maxTries
              ? this.#credentials?.(response.headers, { method, uri })
              : undefined;
          if (answered === undefined) done(response);
          else this.#send({ method, headers: { ...headers, [answered.name]: answered.value } }, done, tries + 1);
        },
      },
    );
  }

  #outcomeOf({ status, headers }: SrfResponse): RegistrationOutcome {
    if (status === 423) return { kind: 'too-brief', minExpires: parseHeaderInteger(headers['min-expires']) };
    if (status >= 300) return { kind: 'failed', status, retryAfterSeconds: parseHeaderInteger(headers['retry-after']) };
    const contacts = splitList(headers['contact'] ?? '').map(parseNameAddr);
    const ours = contacts.find((contact) => parseUri(contact?.uri ?? '')?.user === this.contactUser);
    const expiresSeconds = parseHeaderInteger(ours?.params.get('expires') ?? undefined) ?? parseHeaderInteger(headers['expires']);
    return { kind: 'registered', expiresSeconds: expiresSeconds ?? this.#registration.expiresSeconds };
  }
}

/** A response that came from nowhere is the engine's own. */
export function failureOf({ status, reason, source_address: source }: SrfResponse): FailedResponse | undefined {
  return status < 300 ? undefined : { status, reason, isOurs: source === undefined || source === '' };
}

function contactSecret(password: string | undefined, account: string): string {
  if (password === undefined) return randomBytes(12).toString('hex');
  return createHmac('sha256', password).update(`contact of ${account}`).digest('hex').slice(0, 24);
}

/** The source of our request as the far side saw it: `received` and `rport` of the topmost Via in its response (RFC 3581). */
function flowOf(headers: HeaderMap): string | undefined {
  const [top = ''] = splitList(headers['via'] ?? '');
  const port = /;\s*rport=(\d{1,5})/i.exec(top)?.[1];
  return port === undefined ? undefined : `${receivedFrom(headers) ?? ''}:${port}`;
}
