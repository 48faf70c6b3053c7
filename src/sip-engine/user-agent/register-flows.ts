import { parseNameAddr, splitList } from '../message/fields.ts';
import type { NameAddr } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import { readNumber } from '../message/scan.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import type { FlowCache } from '../transport/transport.ts';
import { parseUri } from '../message/uri.ts';

const contactsPerRequest = 10;

/** The part of a Contact that the response always repeats; undefined where there is no user. */
function userAtHost(uriText: string): string | undefined {
  const uri = parseUri(uriText);
  return uri === undefined || uri.host === '' || uri.user === '' ? undefined : `${uri.user}@${uri.host}`;
}

/**
 * Remembers the connection of a client whose REGISTER or SUBSCRIBE was accepted, until its expiry, so that requests to its Contact go back over
 * it (RFC 5626 section 5.3). Only the Contacts of this request: the response also lists those of other clients.
 */
export function rememberFlows(transaction: ServerTransaction, response: SipMessage, cache: FlowCache): void {
  const { request, flow } = transaction;
  if (flow.protocol === 'udp') return;
  const granted = addressesOf(response);
  for (const contact of addressesOf(request).slice(0, contactsPerRequest)) {
    const key = userAtHost(contact.uri);
    if (key === undefined) continue;
    const match = granted.find((other) => userAtHost(other.uri) === key);
    const seconds = expiresOf(match?.params.get('expires')) ?? expiresOf(response.get('expires')) ?? removalOf(contact, request);
    if (seconds !== undefined) cache.remember({ contact: contact.uri, flow, owner: ownerOf(request) }, seconds);
  }
}

/** The address of record, which the registrar has authenticated; of a subscription the subscriber. */
function ownerOf(request: SipMessage): string {
  const uri = parseUri((request.method === 'REGISTER' ? request.to : request.from)?.uri ?? '');
  return `${request.method} ${uri?.user ?? ''}@${uri?.host.toLowerCase() ?? ''}`;
}

/** A binding that the client removes is in no response; nothing else of the request counts. */
function removalOf(contact: NameAddr, request: SipMessage): number | undefined {
  const asked = expiresOf(contact.params.get('expires')) ?? expiresOf(request.get('expires'));
  return asked === 0 ? 0 : undefined;
}

function addressesOf(message: SipMessage): NameAddr[] {
  return message
    .getAll('contact')
    .flatMap(splitList)
    .map(parseNameAddr)
    .filter((address) => address !== undefined);
}

function expiresOf(text: string | null | undefined): number | undefined {
  return text === undefined || text === null ? undefined : readNumber(text.trim(), 0xffff_ffff);
}
