import { parseNameAddr, splitList } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import type { ForkTarget } from './fork.ts';

type RedirectOptions = { readonly tried: readonly ForkTarget[]; readonly max: number };

/** The Contacts of a 3xx that were not tried yet, highest q first, at most `max` (RFC 3261 section 16.5). */
export function redirectTargets(redirect: SipMessage, { tried, max }: RedirectOptions): ForkTarget[] {
  const known = new Set(tried.map(({ uri }) => uri));
  return contactsOf(redirect)
    .filter((uri) => !known.has(uri))
    .slice(0, Math.max(max, 0))
    .map((uri) => ({ uri, isRedirect: true }));
}

function contactsOf(redirect: SipMessage): string[] {
  return redirect
    .getAll('contact')
    .flatMap(splitList)
    .map(parseNameAddr)
    .filter((address) => address !== undefined && parseUri(address.uri) !== undefined)
    .map((address) => ({ uri: address?.uri ?? '', q: Number(address?.params.get('q') ?? 1) || 0 }))
    .toSorted((one, other) => other.q - one.q)
    .map(({ uri }) => uri);
}
