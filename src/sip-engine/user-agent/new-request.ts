import { randomInt } from 'node:crypto';
import type { AppMessage } from '../control/app-link.ts';
import { contactOf, copyAppHeaders, correctContact, fillInLocalHost, takeBody } from '../control/app-headers.ts';
import type { CoreContext } from './core-context.ts';
import { formatNameAddr, parseNameAddr, tagOf, withTag } from '../message/fields.ts';
import { newTag, newUuid } from '../runtime/ids.ts';
import { SipMessage } from '../message/message.ts';
import { isCallId } from '../message/request-faults.ts';
import { readNumber } from '../message/scan.ts';
import type { Listener } from '../transport/transport.ts';
import { formatUri, parseUri } from '../message/uri.ts';
import type { SipUri } from '../message/uri.ts';

const methods = new Set([
  'INVITE',
  'OPTIONS',
  'REGISTER',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'INFO',
  'REFER',
  'MESSAGE',
  'UPDATE',
  'PRACK',
  'BYE',
]);
const maxUriLength = 1_024;

export type NewRequest =
  | { readonly kind: 'request'; readonly message: SipMessage; readonly proxy: string }
  | { readonly kind: 'refused'; readonly text: string };

export function isKnownMethod(method: string): boolean {
  return methods.has(method);
}

/**
 * A request outside any dialog, made from the application's. From, To, Call-ID, CSeq and Max-Forwards are kept where it set them (a
 * digest retry repeats all of them), else filled in; Via and Contact come with the listener.
 */
export function composeNewRequest(context: CoreContext, { startLine, message: wanted }: AppMessage, proxy: string): NewRequest {
  const uri = parseUri(wanted.requestUri);
  const requestUri = uri === undefined ? '' : formatUri(uri);
  if (uri === undefined || requestUri.length >= maxUriLength || !methods.has(wanted.method))
    return refused(`invalid request-uri: ${startLine}`);
  const nextHop = proxyUri(proxy);
  if (nextHop === undefined) return refused(`invalid request-uri: ${proxy}`);
  if (isOurs(context, uri) || isOurs(context, parseUri(nextHop))) return refused('can not send request to myself');
  const message = new SipMessage({ method: wanted.method, requestUri });
  const from = fromOf(wanted);
  if (from === undefined) return refused(`invalid from value provided by client: ${wanted.get('from') ?? ''}`);
  const to = toOf(wanted, requestUri);
  if (to === undefined) return refused('Error creating sip transaction for uac request');
  message.append('max-forwards', String(readNumber(wanted.get('max-forwards')?.trim() ?? '', 255) ?? 70));
  message.append('from', from);
  message.append('to', to);
  message.append('call-id', callIdOf(wanted));
  message.append('cseq', `${cseqOf(wanted)} ${wanted.method}`);
  copyAppHeaders(wanted, message);
  return takeBody(wanted, message) ? { kind: 'request', message, proxy: nextHop } : refused('missing content-type');
}

/** Fills in what depends on the listener, for every request outside a dialog. */
export function prepareNewRequest(message: SipMessage, listener: Listener): void {
  fillInLocalHost(message, listener, true);
  const { method } = message;
  if ((method === 'INVITE' || method === 'SUBSCRIBE') && !message.has('contact'))
    message.append('contact', contactOf(listener, message.requestUri));
  // A REGISTER may name the Contact of a third party.
  if (method !== 'REGISTER') correctContact(message, listener);
}

function refused(text: string): NewRequest {
  return { kind: 'refused', text };
}

/** Applications also write `address[:port]`. */
function proxyUri(proxy: string): string | undefined {
  if (proxy === '') return '';
  const uri = parseUri(proxy) ?? parseUri(`sip:${proxy}`);
  return uri && formatUri(uri);
}

function isOurs(context: CoreContext, uri: SipUri | undefined): boolean {
  if (uri === undefined || uri.host === '') return false;
  return context.transport.isOurs(uri.host, uri.port) || context.settings.localDomains.includes(uri.host.toLowerCase());
}

function fromOf(wanted: SipMessage): string | undefined {
  const value = wanted.get('from');
  // `localhost` becomes the listener's address once it is chosen.
  if (value === undefined) return `<sip:localhost>;tag=${newTag()}`;
  const address = parseNameAddr(value);
  if (address === undefined) return undefined;
  return withTag(formatNameAddr(address), address.params.get('tag') ?? newTag());
}

function toOf(wanted: SipMessage, requestUri: string): string | undefined {
  const value = wanted.get('to');
  if (value === undefined) return `<${requestUri}>`;
  if (parseNameAddr(value) === undefined) return undefined;
  const tag = tagOf(value);
  return tag === undefined ? value : withTag(value, tag);
}

/** Without `@`: applications use it as a tag too. */
function callIdOf(wanted: SipMessage): string {
  const value = wanted.get('call-id')?.trim() ?? '';
  return isCallId(value) ? value : newUuid();
}

function cseqOf(wanted: SipMessage): number {
  const value = wanted.get('cseq')?.trim().split(' ')[0] ?? '';
  // RFC 3261 section 8.1.1.5: less than 2^31.
  return readNumber(value, 0x7fff_ffff) ?? randomInt(1, 0x0fff_ffff);
}
