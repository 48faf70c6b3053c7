import type { AppConnection, AppMessage, CommandReply } from '../control/app-link.ts';
import { cancelHeaders } from '../control/app-headers.ts';
import { cdrStop } from './cdr.ts';
import type { CoreContext } from './core-context.ts';
import { newUuid } from '../runtime/ids.ts';
import { answerWithoutApp, notifyApp } from './incoming-requests.ts';
import { requestMeta } from '../control/message-meta.ts';
import type { SipMessage } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import { rejectWithoutApp } from './uas-invite.ts';

/** A CANCEL of the peer for an INVITE without a final response (RFC 3261 section 9.2); the CANCEL already has its 200. */
export function receiveCancel(context: CoreContext, cancel: SipMessage, invite: ServerTransaction): void {
  const terminated = { status: 487, reason: 'Request Terminated' };
  const incoming = context.incoming.get(invite.id);
  if (incoming === undefined) {
    answerWithoutApp(invite, terminated, invite.toTag);
    return;
  }
  const isKnown = incoming.invite?.state !== 'unanswered' || incoming.dialog !== undefined;
  // The 200 to the CANCEL fixed the tag (RFC 3261 section 9.2).
  incoming.localTag ??= invite.toTag;
  rejectWithoutApp(context, incoming, terminated);
  if (incoming.invite?.isInitial === true) cdrStop(context, cancel, { source: 'network', reason: 'call-canceled' });
  const ids = { transactionId: invite.id, dialogId: isKnown ? incoming.dialogId : '' };
  notifyApp(incoming.app, ids, { message: cancel, from: invite.flow });
}

/** A CANCEL of an application for its INVITE; it is sent once a provisional response has come (RFC 3261 section 9.1). */
export function sendCancel(
  context: CoreContext,
  { message }: AppMessage,
  by: { readonly app: AppConnection; readonly transactionId: string; readonly reply: CommandReply },
): void {
  const outgoing = context.outgoing.get(by.transactionId);
  if (outgoing?.invite === undefined) {
    by.reply.nok(`unable to cancel unknown transaction id: ${by.transactionId}`);
    return;
  }
  outgoing.invite.isCancelled = true;
  const cancel = outgoing.client.cancel(cancelHeaders(message));
  by.reply.request(requestMeta(cancel, outgoing.client.flow), newUuid(), cancel);
}
