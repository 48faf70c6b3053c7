import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { splitList, unquote } from '#sip-engine/message/fields.ts';
import type { SipMessage } from '#sip-engine/message/message.ts';
import type { CredentialLookup } from '#testing/twilio/base/voice-side.ts';

// Digest as Twilio does it: MD5 without an algorithm, qop=auth, opaque, every nonce good for one request.
// Called by the registrar and for INVITEs.
// Must stay true: a nonce that was used once is never taken again.

const realm = 'sip.twilio.com';
const maxNonces = 10_000;

export type DigestResult =
  | { readonly kind: 'accepted'; readonly username: string }
  /** Nothing was sent, or the nonce was unknown or used. */
  | { readonly kind: 'challenge'; readonly isStale: boolean }
  | { readonly kind: 'wrong' };

export class Challenger {
  readonly #opaque = randomBytes(16).toString('hex');
  readonly #nonces = new Set<string>();

  challenge({ isStale }: { isStale: boolean }): string {
    const nonce = randomBytes(18).toString('base64url');
    this.#nonces.add(nonce);
    const [oldest] = this.#nonces;
    if (this.#nonces.size > maxNonces && oldest !== undefined) this.#nonces.delete(oldest);
    const stale = isStale ? ',stale=true' : '';
    return `Digest realm="${realm}",qop="auth",nonce="${nonce}",opaque="${this.#opaque}"${stale}`;
  }

  check(request: SipMessage, password: CredentialLookup): DigestResult {
    const header = request.getAll('proxy-authorization').find((value) => readDigest(value).get('realm') === realm);
    if (header === undefined) return { kind: 'challenge', isStale: false };
    const given = readDigest(header);
    if (!this.#nonces.delete(given.get('nonce') ?? '')) return { kind: 'challenge', isStale: true };
    const username = given.get('username') ?? '';
    const secret = password(username);
    const fits =
      given.get('opaque') === this.#opaque &&
      given.get('qop') === 'auth' &&
      (given.get('algorithm') ?? 'MD5').toUpperCase() === 'MD5' &&
      given.get('uri') === request.requestUri;
    if (secret === undefined || !fits) return { kind: 'wrong' };
    const expected = Buffer.from(responseOf(given, { username, password: secret, method: request.method }));
    const got = Buffer.from(given.get('response') ?? '');
    const isRight = got.length === expected.length && timingSafeEqual(got, expected);
    return isRight ? { kind: 'accepted', username } : { kind: 'wrong' };
  }
}

type Login = { readonly username: string; readonly password: string };

/** The answer to a 401 or 407, as a header, or undefined when it asks for something that Twilio does not do. */
export function answerChallenge(response: SipMessage, request: SipMessage, login: Login): [string, string] | undefined {
  const isProxy = response.status === 407;
  const challenges = response.getAll(isProxy ? 'proxy-authenticate' : 'www-authenticate').map(readDigest);
  const challenge = challenges.find((each) => (each.get('algorithm') ?? 'MD5').toUpperCase() === 'MD5');
  if (challenge === undefined) return undefined;
  const given = new Map([
    ['username', login.username],
    ['realm', challenge.get('realm') ?? ''],
    ['nonce', challenge.get('nonce') ?? ''],
    ['uri', request.requestUri],
  ]);
  const hasQop = splitList(challenge.get('qop') ?? '').includes('auth');
  if (hasQop) given.set('qop', 'auth').set('nc', '00000001').set('cnonce', randomBytes(8).toString('hex'));
  const digest = responseOf(given, { ...login, method: request.method });
  const opaque = challenge.get('opaque');
  if (opaque !== undefined) given.set('opaque', opaque);
  const bare = new Set(['qop', 'nc']);
  const text = [...given.set('response', digest)].map(([key, value]) =>
    bare.has(key) ? `${key}=${value}` : `${key}="${value}"`,
  );
  return [isProxy ? 'Proxy-Authorization' : 'Authorization', `Digest ${text.join(', ')}`];
}

function responseOf(given: ReadonlyMap<string, string>, login: Login & { readonly method: string }): string {
  const field = (name: string): string => given.get(name) ?? '';
  const secret = md5(`${login.username}:${field('realm')}:${login.password}`);
  const what = md5(`${login.method}:${field('uri')}`);
  if (!given.has('qop')) return md5(`${secret}:${field('nonce')}:${what}`);
  return md5(`${secret}:${field('nonce')}:${field('nc')}:${field('cnonce')}:${field('qop')}:${what}`);
}

function readDigest(value: string): Map<string, string> {
  const text = value.trim();
  if (!text.toLowerCase().startsWith('digest ')) return new Map();
  return new Map(
    splitList(text.slice(7)).map((part) => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals).trim().toLowerCase(), unquote(part.slice(equals + 1).trim())];
    }),
  );
}

function md5(text: string): string {
  return createHash('md5').update(text, 'latin1').digest('hex');
}
