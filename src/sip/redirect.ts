import type { Diversion, Redirection } from '#calls/ports.ts';
import { escapeUser, formatNameAddr, parseNameAddr, parseUri, splitList } from './headers.ts';
import type { HeaderMap } from './srf-types.ts';

/** Alternative services (380) are no other places to ring. */
const redirectStatuses: ReadonlySet<number> = new Set([300, 301, 302, 305]);

const maxContacts = 5;

/**
 * Where a phone of the house wants its call, in its order of preference (RFC 3261 section 8.1.3.4). As in an INVITE or REFER of the
 * phone, what counts of each URI is its user: the house is the only one we call by SIP.
 */
export function parseRedirection(status: number, headers: HeaderMap, hasRung: boolean): Redirection | undefined {
  if (!redirectStatuses.has(status)) return undefined;
  const contacts = splitList(headers['contact'] ?? '').flatMap((item) => {
    const contact = parseNameAddr(item);
    const number = parseUri(contact?.uri ?? '')?.number ?? '';
    return number === '' ? [] : { number, q: qOf(contact?.params.get('q')) };
  });
  const to = contacts.toSorted((a, b) => b.q - a.q).map(({ number }) => number);
  return {
    to: [...new Set(to)].slice(0, maxContacts),
    reason: diversionReason(headers) ?? (hasRung ? 'no-answer' : 'unconditional'),
  };
}

/** The header of RFC 5806 on the way to the new place; undefined where nobody is to be named. */
export function formatDiversion({ number, name, reason }: Diversion, uri: string): string | undefined {
  const host = parseUri(uri)?.host ?? '';
  if (number === '' || host === '') return undefined;
  return `${formatNameAddr(name, `sip:${escapeUser(number)}@${host}`)};reason=${reason}`;
}

/** What is not there, or no number, is the best there is. */
function qOf(text: string | null | undefined): number {
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text ?? '') ? Number(text) : 1;
}

/** As the phone says it itself. drachtio-srf keeps the case of this name. */
function diversionReason(headers: HeaderMap): string | undefined {
  const [diversion = ''] = splitList(headers['Diversion'] ?? headers['diversion'] ?? '');
  const reason = parseNameAddr(diversion)?.params.get('reason')?.toLowerCase();
  return reason !== undefined && /^[a-z-]{1,32}$/.test(reason) ? reason : undefined;
}
