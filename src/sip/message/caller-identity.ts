import { normalizeDigits } from '#contract/normalize-digits.ts';
import { isWithheldWord } from '#contract/withheld-number.ts';
import { parseNameAddr, parseUri, splitList } from './headers.ts';
import type { NameAddr } from './headers.ts';

/** The values of a header by its name in lower case, joined by commas; empty where it is missing. */
export type HeaderReader = (name: string) => string;

/** The caller ID (CLIP) for displays and records. `number` is empty where the caller withholds it. */
export type CallerIdentity = { readonly number: string; readonly name: string };

/** The privacy (CLIR) a phone requests; `required`: better no call than a shown number (`critical`, RFC 3323 section 4.2). */
export type RequestedPrivacy = 'none' | 'requested' | 'required';

export const anonymousName = 'Anonymous';
export const anonymousUri = 'sip:anonymous@anonymous.invalid';

/**
 * The caller ID of a trunk's INVITE: P-Asserted-Identity (RFC 3325) comes before From. Displays, records and all that is made of them
 * are outside the trust domain (RFC 3325 section 7): number and name of a caller who asked for privacy end here.
 */
export function readCallerIdentity(header: HeaderReader): CallerIdentity {
  const from = parseNameAddr(header('from'));
  const asserted = assertedIn(header('p-asserted-identity'));
  const requested = readPrivacy(header('privacy'));
  const remote = remotePartyPrivacy(header('remote-party-id'));
  const isHidden =
    requested === 'hidden' || remote.has('full') || remote.has('uri') || (requested !== 'shown' && isAnonymous(from));
  const shown = isHidden ? undefined : (asserted ?? from);
  if (shown === undefined || isAnonymous(shown)) return { number: '', name: anonymousName };
  const name = remote.has('name') ? '' : shown.name || from?.name || '';
  return { number: parseUri(shown.uri)?.number ?? '', name: isAnonymousWord(name) ? '' : name };
}

/** The privacy one of our phones requests for an outbound call: by Privacy, or by an anonymous From (RFC 3323 section 4.1). */
export function readRequestedPrivacy(header: HeaderReader): RequestedPrivacy {
  const text = header('privacy');
  const requested = readPrivacy(text);
  if (requested === 'shown' || (requested === 'unspecified' && !isAnonymous(parseNameAddr(header('from'))))) return 'none';
  return wordsOf(text).includes('critical') ? 'required' : 'requested';
}

/** Values that do not concern the caller ID: the session's media, the call's history, and `critical`. */
const unrelatedPrivacyValues: ReadonlySet<string> = new Set(['session', 'history', 'critical']);
const noPrivacyValues: ReadonlySet<string> = new Set(['none', 'off']);

/** `shown` only where all values say so; an unknown value counts as a request for privacy. */
function readPrivacy(text: string): 'hidden' | 'shown' | 'unspecified' {
  const words = wordsOf(text).filter((word) => !unrelatedPrivacyValues.has(word));
  if (words.length === 0) return 'unspecified';
  return words.every((word) => noPrivacyValues.has(word)) ? 'shown' : 'hidden';
}

/** Values are separated by semicolons; some phones send commas, quotes or several headers. */
function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[\s;,"]+/)
    .filter((word) => word !== '');
}

/** `Remote-Party-ID: <sip:…>;party=calling;privacy=full`: a draft before RFC 3325, still in use. */
function remotePartyPrivacy(text: string): ReadonlySet<string> {
  const values = new Set<string>();
  for (const item of splitList(text)) {
    const params = parseNameAddr(item)?.params;
    if ((params?.get('party') ?? 'calling').toLowerCase() !== 'calling') continue;
    for (const word of wordsOf(params?.get('privacy') ?? '')) values.add(word.replace(/-.*$/, ''));
  }
  return values;
}

/** P-Asserted-Identity may hold a SIP and a tel URI (RFC 3325 section 9.1): the one with a number counts. */
function assertedIn(text: string): NameAddr | undefined {
  const all = splitList(text).flatMap((item) => parseNameAddr(item) ?? []);
  const chosen = all.find((one) => /^\+?\d+$/.test(normalizeDigits(userIn(one)))) ?? all[0];
  if (chosen === undefined) return undefined;
  return { ...chosen, name: chosen.name || (all.find(({ name }) => name !== '')?.name ?? '') };
}

function userIn({ uri }: NameAddr): string {
  return parseUri(uri)?.user ?? '';
}

/** By its user, its domain (RFC 3323 section 4.1.1.3) or its display name. */
function isAnonymous(party: NameAddr | undefined): boolean {
  if (party === undefined) return false;
  const uri = parseUri(party.uri);
  const isNowhere = /(^|\.)(anonymous|unknown|restricted)\.invalid\.?$/.test(uri?.host ?? '');
  return isNowhere || isWithheldUser(uri?.user ?? '') || isAnonymousWord(party.name);
}

function isWithheldUser(user: string): boolean {
  return (
    isWithheldWord(normalizeDigits(user).replace(/^\+?(?=\d)/, '+')) ||
    /^(anonymous|unavailable|restricted|private|unknown|withheld|hidden|blocked)$/i.test(user)
  );
}

function isAnonymousWord(name: string): boolean {
  return /^anonymous$/i.test(name.trim());
}
