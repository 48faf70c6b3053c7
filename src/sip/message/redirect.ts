import type { Diversion, Redirection } from '#calls/ports.ts';
import { escapeUser, formatNameAddr, parseNameAddr, parseUri, splitList } from './headers.ts';
import type { HeaderMap } from './srf-types.ts';

/** Without 380: alternative services are no redirection. */
const redirectStatuses: ReadonlySet<number> = new Set([300, 301, 302, 305]);

const maxContacts = 5;

/**
 * The targets of a phone's redirection (call forwarding), in its order of preference (RFC 3261 section 8.1.3.4). As in an INVITE or
 * REFER, only the user of each URI counts: it is dialled here.
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

/** The Diversion header (RFC 5806) for the new target; undefined where no number may be shown. */
export function formatDiversion({ number, name, reason }: Diversion, uri: string): string | undefined {
  const host = parseUri(uri)?.host ?? '';
  if (number === '' || host === '') return undefined;
  return `${formatNameAddr(name, `sip:${escapeUser(number)}@${host}`)};reason=${reason}`;
}

/** A missing or malformed q counts as 1. */
function qOf(text: string | null | undefined): number {
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text ?? '') ? Number(text) : 1;
}

/** The reason in the phone's own Diversion. drachtio-srf keeps the case of this name. */
function diversionReason(headers: HeaderMap): string | undefined {
  const [diversion = ''] = splitList(headers['Diversion'] ?? headers['diversion'] ?? '');
  const reason = parseNameAddr(diversion)?.params.get('reason')?.toLowerCase();
  return reason !== undefined && /^[a-z-]{1,32}$/.test(reason) ? reason : undefined;
}
