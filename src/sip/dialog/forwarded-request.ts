import type { SipDialog } from './dialog.ts';
import { parseNameAddr } from '#sip/message/headers.ts';
import type { MediaRole } from '#sip/relay/media-port.ts';
import type { HeaderMap, SrfRequest, Responder, SendOptions } from '#sip/message/srf-types.ts';

/** The dialogs of a request inside a call: `from` sent it (as caller or callee), `to` receives it. */
export type DialogPair = { readonly from: SipDialog; readonly to: SipDialog; readonly role: MediaRole };

export type RequestExchange = { readonly request: SrfRequest; readonly response: Responder };

/** Headers that describe a body or its package, in requests and responses; all others belong to each dialog. */
const forwardedHeaderNames = [
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-language',
  'info-package',
  'recv-info',
  'event',
  'subscription-state',
  'subject',
  'priority',
  'accept',
  'warning',
  'retry-after',
];

export function refreshTarget(dialog: SipDialog, headers: HeaderMap): void {
  const contact = headers['contact'];
  if (contact !== undefined) dialog.remoteTarget = parseNameAddr(contact)?.uri ?? dialog.remoteTarget;
}

/** A request that refreshes a session must carry Session-Expires, or it turns the session timer off (RFC 4028 section 7.4). */
export function timerRequestHeaders({ sessionExpires }: SipDialog): Record<string, string> {
  return sessionExpires === undefined ? {} : { Supported: 'timer, replaces', 'Session-Expires': sessionExpires };
}

/** In a response the roles of the refresher are reversed. */
export function timerResponseHeaders({ sessionExpires }: SipDialog): Record<string, string> {
  if (sessionExpires === undefined) return {};
  const isOurs = sessionExpires.endsWith('refresher=uac');
  return { 'Session-Expires': sessionExpires.replace(/refresher=.*$/, isOurs ? 'refresher=uas' : 'refresher=uac') };
}

export function forwardedHeaders(headers: HeaderMap): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of forwardedHeaderNames) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

export function bodyOf(body: string | undefined): SendOptions {
  return body === undefined || body === '' ? {} : { body };
}
