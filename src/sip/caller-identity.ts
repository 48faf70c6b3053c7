import { normalizeDigits } from '#contract/normalize-digits.ts';
import { isWithheldWord } from '#contract/withheld-number.ts';
import { parseNameAddr, parseUri, splitList } from './headers.ts';
import type { NameAddr } from './headers.ts';

/** The values of a header by its name in lower case, joined by commas; empty where it is missing. */
export type HeaderReader = (name: string) => string;

/** Who calls, as far as we are to know. `number` is empty where the caller does not want to be known. */
export type CallerIdentity = { readonly number: string; readonly name: string };

/** How much a phone wants its number hidden; `required`: rather no call than a shown number (`critical`, RFC 3323 section 4.2). */
export type RequestedPrivacy = 'none' | 'requested' | 'required';

export const anonymousName = 'Anonymous';
export const anonymousUri = 'sip:anonymous@anonymous.invalid';

/**
 * The caller of a trunk's INVITE. What the trunk asserts (RFC 3325) says more than From. Displays, records and all that is made of
 * them are outside the trust domain (RFC 3325 section 7): of a caller who asked for privacy, neither number nor name comes further.
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

/** What a phone of ours asks of us for its calls outside: by Privacy, or by hiding itself (RFC 3323 section 4.1). */
export function readRequestedPrivacy(header: HeaderReader): RequestedPrivacy {
  const text = header('privacy');
  const requested = readPrivacy(text);
  if (requested === 'shown' || (requested === 'unspecified' && !isAnonymous(parseNameAddr(header('from'))))) return 'none';
  return wordsOf(text).includes('critical') ? 'required' : 'requested';
}

/** Words that ask for something else than to hide who calls: the media, the history of the call, or that it must be done. */
const unrelatedPrivacyValues: ReadonlySet<string> = new Set(['session', 'history', 'critical']);
const noPrivacyValues: ReadonlySet<string> = new Set(['none', 'off']);

/** `shown` only where nothing but that is said; a word we do not know is a wish to be hidden. */
function readPrivacy(text: string): 'hidden' | 'shown' | 'unspecified' {
  const words = wordsOf(text).filter((word) => !unrelatedPrivacyValues.has(word));
  if (words.length === 0) return 'unspecified';
  return words.every((word) => noPrivacyValues.has(word)) ? 'shown' : 'hidden';
}

/** Values are separated by semicolons; some write commas, quotes or several headers. */
function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[\s;,"]+/)
    .filter((word) => word !== '');
}

/** `Remote-Party-ID: <sip:…>;party=calling;privacy=full`, older than RFC 3325 and still sent. */
function remotePartyPrivacy(text: string): ReadonlySet<string> {
  const values = new Set<string>();
  for (const item of splitList(text)) {
    const params = parseNameAddr(item)?.params;
    if ((params?.get('party') ?? 'calling').toLowerCase() !== 'calling') continue;
    for (const word of wordsOf(params?.get('privacy') ?? '')) values.add(word.replace(/-.*$/, ''));
  }
  return values;
}

/** There may be a SIP and a tel URI (RFC 3325 section 9.1): the one with a number says who calls. */
function assertedIn(text: string): NameAddr | undefined {
  const all = splitList(text).flatMap((item) => parseNameAddr(item) ?? []);
  const chosen = all.find((one) => /^\+?\d+$/.test(normalizeDigits(userIn(one)))) ?? all[0];
  if (chosen === undefined) return undefined;
  return { ...chosen, name: chosen.name || (all.find(({ name }) => name !== '')?.name ?? '') };
}

function userIn({ uri }: NameAddr): string {
  return parseUri(uri)?.user ?? '';
}

/** By its user, its domain (RFC 3323 section 4.1.1.3) or the name it shows. */
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
