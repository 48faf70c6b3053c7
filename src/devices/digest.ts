import { hash } from 'node:crypto';
import type { DigestAlgorithm, DigestCredentials } from './digest-credentials.ts';

/** H(username:realm:password) in lower-case hexadecimal digits: as good as the password in its realm. */
export type Ha1 = { readonly md5: string; readonly sha256: string };

/** The hashes that the store keeps in place of the password. */
export function makeHa1(username: string, realm: string, password: string): Ha1 {
  const text = `${username}:${realm}:${password}`;
  return { md5: hash('md5', text), sha256: hash('sha256', text) };
}

/** What the phone should have answered (RFC 7616 section 3.4.1; without qop RFC 2069 section 2.1.2). */
export function expectedResponse(credentials: DigestCredentials, ha1: Ha1, method: string): string {
  const { nonce, cnonce = '', nc = '', qop, uri } = credentials;
  const algorithm = credentials.algorithm ?? 'MD5';
  const name = hashName(algorithm);
  const stored = name === 'md5' ? ha1.md5 : ha1.sha256;
  const a1 = algorithm.endsWith('-sess') ? hash(name, `${stored}:${nonce}:${cnonce}`) : stored;
  // auth-int is never offered and bodies are not at hand here: a phone that uses it anyway is taken to have sent none.
  const a2 = qop === 'auth-int' ? hash(name, `${method}:${uri}:${hash(name, '')}`) : hash(name, `${method}:${uri}`);
  return qop === undefined ? hash(name, `${a1}:${nonce}:${a2}`) : hash(name, `${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}`);
}

/** Equal, in a time that does not depend on how far two texts of the same length agree. */
export function equalsInConstantTime(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index += 1) difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  return difference === 0;
}

export type DigestChallenge = {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithms: readonly ('MD5' | 'SHA-256')[];
  readonly isStale: boolean;
};

/** One header value per algorithm, best first (RFC 8760 section 2.4). */
export function challengeHeaders({ realm, nonce, algorithms, isStale }: DigestChallenge): readonly string[] {
  const stale = isStale ? ', stale=true' : '';
  return algorithms.map(
    (algorithm) => `Digest realm="${escapeQuotes(realm)}", nonce="${nonce}"${stale}, algorithm=${algorithm}, qop="auth"`,
  );
}

function hashName(algorithm: DigestAlgorithm): 'md5' | 'sha256' {
  return algorithm.startsWith('MD5') ? 'md5' : 'sha256';
}

function escapeQuotes(text: string): string {
  return text.replaceAll(/["\\]/g, String.raw`\$&`);
}
