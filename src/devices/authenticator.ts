import { randomBytes } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import { LoginThrottle } from '#base/throttle.ts';
import { uriUser } from './contact-uri.ts';
import type { Device } from './device.ts';
import { parseCredentials } from './digest-credentials.ts';
import type { DigestCredentials } from './digest-credentials.ts';
import { challengeHeaders, equalsInConstantTime, expectedResponse, makeHa1 } from './digest.ts';
import type { Ha1 } from './digest.ts';
import type { Nonces } from './nonces.ts';

/** A request whose sender must authenticate as a device. */
export type AuthRequest = {
  readonly method: string;
  readonly requestUri: string;
  /** The Authorization or Proxy-Authorization header; several header lines joined by a comma or line break. */
  readonly authorization: string | undefined;
  /** The packet's source address. */
  readonly source: string;
  readonly callId: string;
  readonly kind: 'www' | 'proxy';
  /** User part of the address of record claimed (To of REGISTER, From of others): picks the algorithms offered first. */
  readonly user?: string | undefined;
};

/**
 * `nonceSerial` is the serial number of the nonce it authenticated with, `lastNonceSerial` that of the last one issued. `challenges` are
 * the values of as many WWW-Authenticate (or Proxy-Authenticate) headers, in this order.
 */
export type AuthDecision =
  | { readonly kind: 'accepted'; readonly device: Device; readonly nonceSerial: number; readonly lastNonceSerial: number }
  | {
      readonly kind: 'challenge';
      readonly challenges: readonly string[];
      readonly reason: ChallengeReason;
      /** By which it answered; known where it answered at all. */
      readonly username?: string;
    }
  | { readonly kind: 'slow-down'; readonly retryAfterSeconds: number; readonly username?: string };

/**
 * For the people of the house only, never for whoever sent it: an unknown user is `wrong-credentials` like a wrong password.
 * `weak-algorithm`: a device set to SHA-256 answered with MD5, right or wrong. `foreign-realm`: it answered to another server.
 */
export type ChallengeReason = 'no-credentials' | 'foreign-realm' | 'malformed' | 'stale' | 'wrong-credentials' | 'weak-algorithm';

export type DeviceCredentials = { readonly device: Device; readonly ha1: Ha1 };

export type AuthenticatorDeps = {
  readonly realm: string;
  readonly clock: Clock;
  readonly nonces: Nonces;
  /** The device of a user name, enabled or not. */
  readonly credentialsOf: (username: string) => DeviceCredentials | undefined;
  /** Whether the device of this user name or extension must use SHA-256; unknown names get an answer too. */
  readonly needsSha256: (name: string) => boolean;
  /** Whether a device is registered from this address: such a source is never slowed down. */
  readonly isRegisteredSource: (address: string) => boolean;
  /** A failed login for a device of the house, from any source. */
  readonly onWrongPassword?: (username: string, source: string) => void;
};

/** A family that mistyped waits a minute; at five tries a minute a password of 130 bits lasts. */
const lockMs = 60_000;

/** Decides by digest authentication which device sent a request. An unknown user looks and costs the same as a wrong password. */
export class Authenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #throttle: LoginThrottle;
  /** In place of the hashes of a user that does not exist. */
  readonly #decoy: Ha1;

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
    this.#throttle = new LoginThrottle({ clock: deps.clock, lockMs });
    this.#decoy = makeHa1('nobody', deps.realm, randomBytes(32).toString('hex'));
  }

  authenticate(request: AuthRequest): AuthDecision {
    const { realm, isRegisteredSource } = this.#deps;
    const { authorization = '', source, user = '' } = request;
    if (authorization === '') return this.#challenge(user, 'no-credentials');
    const answers = parseCredentials(authorization);
    const ours = answers.find((answer) => answer.realm === realm && answer.algorithm !== undefined);
    if (ours === undefined) {
      const [foreign] = answers.filter((answer) => answer.realm !== realm);
      if (foreign !== undefined) return { ...this.#challenge(user, 'foreign-realm'), username: foreign.username };
      return this.#challenge(user, answers.length === 0 ? 'malformed' : 'no-credentials');
    }
    const retryAfterSeconds = this.#throttle.lockedSeconds({ source, account: ours.username });
    if (retryAfterSeconds > 0 && !isRegisteredSource(source))
      return { kind: 'slow-down', retryAfterSeconds, username: ours.username };
    return this.#check(request, ours);
  }

  #check({ method, requestUri, source, callId }: AuthRequest, answer: DigestCredentials): AuthDecision {
    const { credentialsOf, nonces } = this.#deps;
    const known = credentialsOf(answer.username);
    const expected = expectedResponse(answer, known?.ha1 ?? this.#decoy, method);
    const isRight = equalsInConstantTime(expected, answer.response) && isSameTarget(answer.uri, requestUri);
    const isFresh = nonces.state(answer.nonce) === 'fresh';
    const isWeak = known?.device.sha256 === true && answer.algorithm?.startsWith('MD5') === true;
    // Whether a weak answer was right is not disclosed.
    if (!isRight || isWeak || known === undefined || !known.device.enabled) {
      const isNew = this.#throttle.failed({ source, account: answer.username, attemptId: callId });
      if (isNew && known !== undefined) this.#deps.onWrongPassword?.(answer.username, source);
      const { username } = answer;
      return { ...this.#challenge(username, isWeak ? 'weak-algorithm' : 'wrong-credentials'), username };
    }
    // The right password with an expired nonce, or a nonce count that was used before (RFC 7616 section 3.4).
    if (!isFresh || !nonces.accept(answer.nonce, answer.nonceCount)) return this.#challenge(answer.username, 'stale');
    this.#throttle.succeeded({ source, account: answer.username });
    return {
      kind: 'accepted',
      device: known.device,
      nonceSerial: nonces.serialOf(answer.nonce),
      lastNonceSerial: nonces.lastSerial,
    };
  }

  #challenge(username: string, reason: ChallengeReason): Extract<AuthDecision, { kind: 'challenge' }> {
    const { realm, nonces, needsSha256 } = this.#deps;
    // What would be refused is not offered: some phones pick the last one they support.
    const algorithms = needsSha256(username) ? (['SHA-256'] as const) : (['MD5'] as const);
    const challenges = challengeHeaders({ realm, nonce: nonces.issue(), algorithms, isStale: reason === 'stale' });
    return { kind: 'challenge', challenges, reason };
  }
}

/**
 * Whether the digest was made for this request. Phones differ in ports and parameters, and some sign the bare registrar URI for every
 * request (RFC 3261 section 22.4 leaves it open); the user part must not differ.
 */
function isSameTarget(signed: string, requested: string): boolean {
  if (signed === requested) return true;
  const user = uriUser(signed);
  return user === '' || user === uriUser(requested);
}
