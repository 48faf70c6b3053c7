import { createHash, randomBytes } from 'node:crypto';
import { splitList } from './headers.ts';
import type { HeaderMap } from './srf-types.ts';

/** The credentials for a 401 or 407 to a request of ours; undefined where none apply. */
export type ChallengeResponder = (
  challenge: HeaderMap,
  request: { readonly method: string; readonly uri: string },
) => { readonly name: string; readonly value: string } | undefined;

type ParsedChallenge = {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: 'MD5' | 'SHA-256';
  readonly hasQop: boolean;
};

const hashes = { MD5: 'md5', 'SHA-256': 'sha256' } as const;

/** Answers digest challenges of a trunk for one account (RFC 7616 section 3.4, RFC 8760). `newCnonce` is for tests. */
export function digestCredentials(
  { username, password }: { readonly username: string; readonly password: string },
  newCnonce: () => string = () => randomBytes(8).toString('hex'),
): ChallengeResponder {
  let lastNonce = '';
  let count = 0;
  return (headers, { method, uri }) => {
    const isProxy = headers['proxy-authenticate'] !== undefined;
    const challenge = readChallenge(headers['proxy-authenticate'] ?? headers['www-authenticate'] ?? '');
    if (challenge === undefined) return undefined;
    count = challenge.nonce === lastNonce ? count + 1 : 1;
    lastNonce = challenge.nonce;
    const value = authorizationOf(challenge, { username, password, method, uri, count, cnonce: newCnonce() });
    return { name: isProxy ? 'Proxy-Authorization' : 'Authorization', value };
  };
}

type DigestInput = {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly count: number;
  readonly cnonce: string;
};

function authorizationOf(challenge: ParsedChallenge, { username, password, method, uri, count, cnonce }: DigestInput): string {
  const { realm, nonce, algorithm } = challenge;
  const hash = (text: string) => createHash(hashes[algorithm]).update(text).digest('hex');
  const nc = count.toString(16).padStart(8, '0');
  const ha1 = hash(`${username}:${realm}:${password}`);
  const ha2 = hash(`${method}:${uri}`);
  const response = challenge.hasQop ? hash(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`) : hash(`${ha1}:${nonce}:${ha2}`);
  const parts = [
    `username="${escapeQuoted(username)}"`,
    `realm="${escapeQuoted(realm)}"`,
    `nonce="${escapeQuoted(nonce)}"`,
    `uri="${uri}"`,
  ];
  parts.push(`response="${response}"`, `algorithm=${algorithm}`);
  if (challenge.hasQop) parts.push('qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`);
  if (challenge.opaque !== undefined) parts.push(`opaque="${escapeQuoted(challenge.opaque)}"`);
  return `Digest ${parts.join(', ')}`;
}

/** The strongest challenge we support, of one or several header lines joined by commas. */
function readChallenge(text: string): ParsedChallenge | undefined {
  const found = challengesOf(text);
  return found.find(({ algorithm }) => algorithm === 'SHA-256') ?? found[0];
}

function challengesOf(text: string): readonly ParsedChallenge[] {
  const groups: Map<string, string>[] = [];
  for (const item of splitList(text)) {
    // A scheme before the first parameter begins a new challenge.
    const start = /^([A-Za-z]+)\s+(?==|[A-Za-z])/.exec(item);
    if (start !== null) groups.push(new Map([['scheme', (start[1] ?? '').toLowerCase()]]));
    const [, name = '', value = ''] = /^([A-Za-z-]+)\s*=\s*(.*)$/.exec(start === null ? item : item.slice(start[0].length)) ?? [];
    groups.at(-1)?.set(name.toLowerCase(), value.replace(/^"(.*)"$/, '$1').replaceAll(/\\(.)/g, '$1'));
  }
  return groups.flatMap((group) => toChallenge(group) ?? []);
}

function toChallenge(group: ReadonlyMap<string, string>): ParsedChallenge | undefined {
  const algorithm = (group.get('algorithm') ?? 'MD5').toUpperCase();
  const nonce = group.get('nonce');
  if (group.get('scheme') !== 'digest' || nonce === undefined) return undefined;
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return undefined;
  const qop = group.get('qop');
  const offered = qop?.split(',').map((one) => one.trim().toLowerCase());
  if (offered !== undefined && !offered.includes('auth')) return undefined;
  return { realm: group.get('realm') ?? '', nonce, opaque: group.get('opaque'), algorithm, hasQop: qop !== undefined };
}

function escapeQuoted(text: string): string {
  return text.replaceAll(/["\\]/g, '\\$&');
}
