import { contactOf, copyAppHeaders, fillInLocalHost, takeBody } from '../control/app-headers.ts';
import type { SipMessage } from '../message/message.ts';
import { buildResponse } from '../message/response-builder.ts';
import { tokenOf } from '../message/scan.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import { newTag } from '../runtime/ids.ts';
import { tagOf } from '../message/fields.ts';

/** The response for the wire, made from the application's: only status, To tag, its own headers and the body are taken. */
export function composeResponse(
  transaction: ServerTransaction,
  wanted: SipMessage,
  fixed: { readonly localTag: string | undefined; readonly contact: string | undefined },
): SipMessage {
  const { request, flow } = transaction;
  const response = buildResponse(request, wanted.status, wanted.reason, { toTag: fixed.localTag });
  copyAppHeaders(wanted, response);
  if (!response.has('contact') && needsContact(request, wanted))
    response.append('contact', fixed.contact ?? contactOf(flow.listener, request.requestUri));
  fillInLocalHost(response, flow.listener, false);
  // A body of unknown type is sent as it is: the application chose it.
  takeBody(wanted, response);
  return response;
}

/** Our tag: the one already fixed, else the one of the application's first response above 100, else a new one. */
export function chooseTag(request: SipMessage, wanted: SipMessage, fixed: string | undefined): string {
  const chosen = request.toTag ?? fixed;
  if (chosen !== undefined) return chosen;
  const asked = tagOf(wanted.get('to') ?? '');
  return asked === undefined || asked === '' ? newTag() : tokenOf(asked);
}

function needsContact(request: SipMessage, response: SipMessage): boolean {
  const { method } = request;
  const isInDialog = request.toTag !== undefined;
  const isSuccess = response.status >= 200 && response.status < 300;
  if (response.status === 100) return false;
  if (method === 'UPDATE') return isSuccess;
  if (method !== 'INVITE' && method !== 'SUBSCRIBE') return false;
  // A provisional response creates an early dialog, whose UPDATE needs a target (RFC 3261 section 12.1.1).
  return isInDialog || isSuccess || (method === 'INVITE' && response.status < 200);
}
