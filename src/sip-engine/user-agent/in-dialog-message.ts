import { copyAppHeaders, correctContact, fillInLocalHost, takeBody } from '../control/app-headers.ts';
import type { Dialog } from './dialog.ts';
import { parseNameAddr, withTag } from '../message/fields.ts';
import { SipMessage } from '../message/message.ts';
import { readNumber } from '../message/scan.ts';
import type { Listener } from '../transport/transport.ts';
import { parseUri } from '../message/uri.ts';

/** These set or change the remote target, or need one (RFC 3261 section 12.2.1, RFC 3311, RFC 6665). */
const withContact = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'UPDATE', 'NOTIFY']);

/** A request in a dialog (RFC 3261 section 12.2.1.1): Request-URI, Route, From, To, Call-ID and CSeq are the dialog's. */
export function composeInDialog(dialog: Dialog, method: string, cseq: number): SipMessage {
  const request = new SipMessage({ method, requestUri: dialog.target });
  addRoutes(request, dialog);
  request.append('max-forwards', '70');
  request.append('from', dialog.local);
  request.append('to', dialog.remote);
  request.append('call-id', dialog.callId);
  request.append('cseq', `${cseq} ${method}`);
  addContact(request, dialog);
  return request;
}

/** The same with the headers and body of an application. Undefined: the body has no Content-Type and is of unknown kind. */
export function composeForApp(dialog: Dialog, wanted: SipMessage, cseq: number): SipMessage | undefined {
  const request = composeInDialog(dialog, wanted.method, cseq);
  const hops = wanted.get('max-forwards');
  if (hops !== undefined && readNumber(hops.trim(), 255) !== undefined) request.set('max-forwards', hops.trim());
  request.set('from', ownOr(dialog.local, wanted.get('from'), dialog.localTag));
  request.set('to', ownOr(dialog.remote, wanted.get('to'), dialog.remoteTag));
  if (wanted.has('contact')) request.remove('contact');
  copyAppHeaders(wanted, request);
  return takeBody(wanted, request) ? request : undefined;
}

function addContact(request: SipMessage, dialog: Dialog): void {
  if (withContact.has(request.method) && dialog.contact !== '') request.append('contact', dialog.contact);
}

/** Fills in what depends on the listener, for every request in a dialog. */
export function prepareInDialog(message: SipMessage, listener: Listener): void {
  fillInLocalHost(message, listener, false);
  correctContact(message, listener);
}

function addRoutes(request: SipMessage, dialog: Dialog): void {
  const [first] = dialog.routes;
  const firstUri = first === undefined ? undefined : parseNameAddr(first)?.uri;
  if (firstUri === undefined || parseUri(firstUri)?.params.has('lr') === true) {
    for (const route of dialog.routes) request.append('route', route);
    return;
  }
  // A strict router expects itself in the Request-URI and the target as the last Route (RFC 3261 section 12.2.1.1).
  request.requestUri = firstUri;
  for (const route of dialog.routes.slice(1)) request.append('route', route);
  request.append('route', `<${dialog.target}>`);
}

/** The application's address with the dialog's tag, or the dialog's own. */
function ownOr(own: string, wanted: string | undefined, tag: string): string {
  if (wanted === undefined || parseNameAddr(wanted) === undefined) return own;
  return tag === '' ? wanted : withTag(wanted, tag);
}
