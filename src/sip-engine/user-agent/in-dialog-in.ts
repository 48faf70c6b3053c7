import { cdrStop } from './cdr.ts';
import type { CoreContext, UasRequest } from './core-context.ts';
import { endDialog } from './dialog-teardown.ts';
import type { Dialog } from './dialog.ts';
import { keyOf } from './dialog-table.ts';
import { parseRAck } from '../message/fields.ts';
import { answerWithoutApp, notifyApp } from './incoming-requests.ts';
import { newUuid } from '../runtime/ids.ts';
import type { SipMessage } from '../message/message.ts';
import { minSessionIfTooShort } from './session-timer.ts';
import { endsSubscription } from './subscription.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import type { Flow } from '../transport/transport.ts';
import { makeUasDialog } from './uas-dialog.ts';
import { rackKey, receiveInvite, rejectWithoutApp } from './uas-invite.ts';
import { receiveRequest } from './uas-request.ts';

// Owns the requests of peers that belong to a call: in a dialog, or to an INVITE without a final response.
// Called by the user agent core.
// Must stay true: they go to the application that owns the call and to no other.

const noDialog = { status: 481, reason: 'Call/Transaction Does Not Exist' };

/** The dialog a request names by its Call-ID and tags. */
export function dialogOf(context: CoreContext, request: SipMessage): Dialog | undefined {
  const { toTag, fromTag } = request;
  if (toTag === undefined) return undefined;
  return context.dialogs.match({ callId: request.callId, localTag: toTag, remoteTag: fromTag ?? '' });
}

/**
 * The call that a BYE without the peer's tag ends: Home Assistant's VoIP hangs up so a call that it has answered with a tag. Only the peer itself
 * may leave it out, and only where our tag means one dialog.
 */
export function callOfTaglessBye(context: CoreContext, { request, flow }: ServerTransaction): Dialog | undefined {
  if (request.method !== 'BYE' || request.fromTag !== undefined || request.toTag === undefined) return undefined;
  const [dialog, ...others] = context.dialogs.withId(`${request.callId};from-tag=${request.toTag}`);
  const isPeer = dialog?.flow?.remoteAddress === flow.remoteAddress;
  return isPeer && others.length === 0 && dialog.role === 'uac' && dialog.localTag === request.toTag ? dialog : undefined;
}

/** RFC 3261 section 12.2.2: to the application of the dialog, or answered here. */
export function receiveInDialog(context: CoreContext, transaction: ServerTransaction, dialog: Dialog): void {
  const { request } = transaction;
  transaction.accept();
  const refusal = rejectionOf(context, request, dialog);
  if (refusal !== undefined) {
    answerWithoutApp(transaction, refusal);
    return;
  }
  dialog.remoteCSeq = request.cseq?.number ?? dialog.remoteCSeq;
  // RFC 5407 section 3.2: both sides hung up; the application knows already.
  if (request.method === 'BYE' && dialog.hasAppSentBye) {
    answerWithoutApp(transaction, { status: 200, reason: 'OK' });
    return;
  }
  if (!dialog.app.isOpen) {
    if (request.method === 'BYE') endDialog(context, dialog);
    answerWithoutApp(transaction, noDialog);
    return;
  }
  switch (request.method) {
    case 'INVITE':
      receiveInvite(context, transaction, { app: dialog.app, dialog });
      break;
    case 'BYE':
      cdrStop(context, request, { source: 'network', reason: 'normal-release' });
      endPending(context, dialog);
      endDialog(context, dialog);
      receiveRequest(context, transaction, { app: dialog.app, dialog });
      break;
    case 'NOTIFY':
      if (dialog.kind === 'SUBSCRIBE' && endsSubscription(request)) endDialog(context, dialog);
      receiveRequest(context, transaction, { app: dialog.app, dialog });
      break;
    default:
      receiveRequest(context, transaction, { app: dialog.app, dialog });
  }
}

type InDialogRejection = {
  readonly status: number;
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
};

function rejectionOf(context: CoreContext, request: SipMessage, dialog: Dialog): InDialogRejection | undefined {
  const { method } = request;
  // RFC 3261 section 12.2.2: a lower CSeq is out of order.
  if ((request.cseq?.number ?? 0) < (dialog.remoteCSeq ?? 0)) return { status: 500, reason: 'Server Internal Error' };
  if (method === 'BYE' && !dialog.isConfirmed) return noDialog;
  if (method !== 'INVITE' && method !== 'UPDATE') return undefined;
  if (method === 'INVITE' && !request.has('contact')) return { status: 400, reason: 'Missing Contact Header' };
  const minSeconds = minSessionIfTooShort(context, request);
  if (minSeconds !== undefined)
    return { status: 422, reason: 'Session Interval Too Small', headers: { 'min-se': String(minSeconds) } };
  if (method === 'INVITE' && context.settings.answerGlare && dialog.ownInvite !== undefined) {
    return { status: 491, reason: 'Request Pending' };
  }
  return undefined;
}

/** RFC 3261 section 15.1.2: requests that are still pending when the BYE comes get 487. */
function endPending(context: CoreContext, dialog: Dialog): void {
  for (const id of [...dialog.pendingRequests]) {
    const incoming = context.incoming.get(id);
    if (incoming?.invite !== undefined) rejectWithoutApp(context, incoming, { status: 487, reason: 'Request Terminated' });
  }
}

/** An ACK to a 2xx of ours. True when it belonged to one of our dialogs. */
export function receiveAck(context: CoreContext, ack: SipMessage, flow: Flow): boolean {
  const dialog = dialogOf(context, ack);
  if (dialog === undefined) return false;
  const cseq = ack.cseq?.number ?? 0;
  const answered = dialog.unacknowledged.get(cseq);
  // A retransmitted ACK is absorbed.
  if (answered === undefined) return true;
  dialog.unacknowledged.delete(cseq);
  answered.transaction.onAckTimeout = undefined;
  answered.transaction.ackReceived();
  context.incoming.delete(answered.transaction.id);
  const transactionId = answered.isInitial ? answered.transaction.id : newUuid();
  notifyApp(dialog.app, { transactionId, dialogId: dialog.id }, { message: ack, from: flow });
  return true;
}

/** A PRACK, whether or not its dialog is known yet (RFC 3262 section 3). */
export function receivePrack(context: CoreContext, transaction: ServerTransaction): void {
  const { request } = transaction;
  const rack = rackOf(request);
  const invite = rack && context.reliable.get(rackKey(request.callId, rack));
  const isTagged = invite?.localTag === request.toTag && invite?.transaction.request.fromTag === request.fromTag;
  if (rack === undefined || invite === undefined || !isTagged || invite.invite?.reliable?.acknowledge(rack.rseq) !== true) {
    answerWithoutApp(transaction, noDialog);
    return;
  }
  transaction.accept();
  const reliable = invite.invite.reliable;
  if (!invite.app.isOpen) {
    answerWithoutApp(transaction, noDialog);
    return;
  }
  const dialog = earlyDialogOf(context, invite);
  dialog.remoteCSeq = request.cseq?.number ?? dialog.remoteCSeq;
  receiveRequest(context, transaction, { app: invite.app, dialog, onAnswered: () => reliable.prackAnswered() });
}

/** Anything after the method is ignored: drachtio-srf's own test peer writes it twice. */
function rackOf(request: SipMessage): ReturnType<typeof parseRAck> {
  const words = (request.get('rack') ?? '').split(' ').filter((word) => word !== '');
  return parseRAck(words.slice(0, 3).join(' '));
}

/** A PRACK turns the early dialog into one in which the application may send. */
function earlyDialogOf(context: CoreContext, incoming: UasRequest): Dialog {
  const dialog = incoming.dialog ?? makeUasDialog(context, incoming);
  if (incoming.dialog === undefined && context.dialogs.add(dialog)) {
    incoming.dialog = dialog;
    dialog.pendingRequests.add(incoming.transaction.id);
  }
  return dialog;
}

/** The INVITE without a final response, of the peer or our own, to which a request with our tag belongs. */
export function receiveEarly(context: CoreContext, transaction: ServerTransaction, early: EarlyCall): void {
  const { pending } = early;
  transaction.accept();
  if (pending.isUpdatePending) {
    // RFC 3311 section 5.2: one at a time.
    answerWithoutApp(transaction, { status: 500, reason: 'Server Internal Error', headers: { 'retry-after': '2' } });
    return;
  }
  if (!early.app.isOpen) {
    answerWithoutApp(transaction, noDialog);
    return;
  }
  pending.isUpdatePending = true;
  const dialog = dialogOf(context, transaction.request);
  if (dialog !== undefined) dialog.remoteCSeq = transaction.request.cseq?.number ?? dialog.remoteCSeq;
  const onAnswered = (): void => {
    pending.isUpdatePending = false;
  };
  receiveRequest(context, transaction, { app: early.app, dialogId: early.dialogId, dialog, onAnswered });
}

export type EarlyCall = {
  readonly app: UasRequest['app'];
  readonly dialogId: string;
  readonly pending: { isUpdatePending: boolean };
};

/** Finds the unanswered call of an UPDATE: the peer's INVITE by all its tags, ours by Call-ID and our tag. */
export function earlyCallOf(context: CoreContext, request: SipMessage): EarlyCall | undefined {
  const { callId, toTag, fromTag } = request;
  if (toTag === undefined) return undefined;
  const incoming = context.early.get(keyOf({ callId, localTag: toTag, remoteTag: fromTag ?? '' }));
  if (incoming?.invite !== undefined) return { app: incoming.app, dialogId: incoming.dialogId, pending: incoming.invite };
  const outgoing = context.ringing.get(`${callId};from-tag=${toTag}`);
  return outgoing?.invite && { app: outgoing.app, dialogId: outgoing.dialogId, pending: outgoing.invite };
}
