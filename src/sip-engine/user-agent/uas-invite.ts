import type { AppConnection, AppMessage, CommandReply } from '../control/app-link.ts';
import { chooseTag, composeResponse } from './app-response.ts';
import { cdrAttempt, cdrStart, cdrStop } from './cdr.ts';
import type { CoreContext, UasInvite, UasRequest } from './core-context.ts';
import { isUasInvite } from './core-context.ts';
import { endDialog } from './dialog-teardown.ts';
import type { Dialog } from './dialog.ts';
import { dialogIdOf, keepDescription } from './dialog.ts';
import { keyOf } from './dialog-table.ts';
import { markAccepted, answerWithoutApp, deliver, echo, hasCredentials, sendAppResponse } from './incoming-requests.ts';
import type { SipMessage } from '../message/message.ts';
import { names100rel, ReliableProvisionals } from './reliable-provisional.ts';
import type { ProvisionalSendResult } from './reliable-provisional.ts';
import { buildResponse } from '../message/response-builder.ts';
import { agreeAsUas, agreeOnRefresh } from './session-timer.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import { makeUasDialog, refreshTarget } from './uas-dialog.ts';

// Owns INVITEs from the network, first ones and re-INVITEs, from delivery to the final response of the application.
// Called by the user agent core and by the in-dialog part.
// Must stay true: an INVITE has one tag, one final response, and at most one dialog.

/** Delivers a new INVITE, or one within `dialog`. */
export function receiveInvite(
  context: CoreContext,
  transaction: ServerTransaction,
  to: { app: AppConnection; dialog?: Dialog | undefined },
): void {
  const { request } = transaction;
  const incoming: UasInvite = {
    transaction,
    app: to.app,
    dialogId: to.dialog?.id ?? dialogIdOf(request),
    dialog: to.dialog,
    localTag: request.toTag,
    deadline: context.clock.monotonic() + context.settings.inviteAnswerMs,
    invite: {
      isInitial: to.dialog === undefined,
      state: 'unanswered',
      contact: to.dialog?.contact,
      reliable: undefined,
      isUpdatePending: false,
    },
  };
  if (incoming.invite.isInitial) cdrAttempt(context, 'network', request);
  deliver(context, incoming);
  if (incoming.invite.isInitial && context.settings.alwaysSend180 && incoming.invite.state === 'unanswered')
    sendRinging(context, incoming);
}

/** A response of the application to an INVITE (RFC 3261 section 13.3.1). */
export function answerInvite(
  context: CoreContext,
  incoming: UasInvite,
  from: { response: AppMessage; reply: CommandReply },
): void {
  const { reply } = from;
  const wanted = from.response.message;
  switch (incoming.invite.state) {
    case 'answered':
      echo(incoming, incoming.transaction.lastResponse ?? wanted, reply);
      return;
    case 'held':
      reply.nok('Response not sent due to unknown transaction');
      return;
    case 'unanswered':
    case 'early':
      if (wanted.status < 200) sendProvisional(context, incoming, { wanted, reply });
      else if (wanted.status < 300) accept(context, incoming, { wanted, reply });
      else reject(context, incoming, { wanted, reply });
  }
}

type FromApp = { readonly wanted: SipMessage; readonly reply: CommandReply };

function sendProvisional(context: CoreContext, incoming: UasInvite, { wanted, reply }: FromApp): void {
  const { request } = incoming.transaction;
  const isReliable = wanted.status > 100 && names100rel(wanted, 'require');
  if (isReliable && !names100rel(request, 'supported', 'require')) {
    reply.nok('Remote endpoint does not support 100rel');
    return;
  }
  incoming.deadline = Infinity;
  if (wanted.status > 100) {
    markAccepted(context, incoming);
    becomeEarly(context, incoming, wanted);
  }
  const response = compose(incoming, wanted);
  if (isReliable) {
    reliableOf(context, incoming).send(response, (result) => replySent(incoming, { response, result, reply }));
  } else sendAppResponse(incoming, response, reply);
}

function becomeEarly(context: CoreContext, incoming: UasInvite, wanted: SipMessage): void {
  const { invite, transaction } = incoming;
  incoming.localTag = chooseTag(transaction.request, wanted, incoming.localTag);
  invite.state = 'early';
  if (invite.isInitial) context.early.set(earlyKey(incoming), incoming);
}

/** The application has not answered yet; the option has the caller hear ringing at once. */
function sendRinging(context: CoreContext, incoming: UasInvite): void {
  const ringing = buildResponse(incoming.transaction.request, 180, 'Ringing');
  markAccepted(context, incoming);
  becomeEarly(context, incoming, ringing);
  incoming.transaction.respond(ringing);
}

function replySent(
  incoming: UasInvite,
  sent: { response: SipMessage; result: ProvisionalSendResult; reply: CommandReply },
): void {
  switch (sent.result) {
    case 'sent':
      echo(incoming, sent.response, sent.reply);
      break;
    case 'closed':
      sent.reply.nok('transport for response has been shutdown or closed');
      break;
    case 'answered':
    case 'dropped':
      sent.reply.nok('Response not sent due to unknown transaction');
  }
}

function accept(context: CoreContext, incoming: UasInvite, { wanted, reply }: FromApp): void {
  const { invite, transaction } = incoming;
  if (incoming.dialog?.isEnded === true) {
    rejectWithoutApp(context, incoming, { status: 487, reason: 'Request Terminated' });
    reply.nok('Response not sent due to unknown transaction');
    return;
  }
  incoming.localTag = chooseTag(transaction.request, wanted, incoming.localTag);
  if (invite.isInitial && hasOtherDialog(context, incoming)) {
    rejectWithoutApp(context, incoming, { status: 480, reason: 'Temporarily Unavailable' });
    reply.nok('dialog already exists, rejecting this request');
    return;
  }
  markAccepted(context, incoming);
  const response = compose(incoming, wanted);
  const send = (): void => sendSuccess(context, incoming, { wanted: response, reply });
  const drop = (): void => reply.nok('Response not sent due to unknown transaction');
  if (invite.reliable?.deferSuccess({ send, drop }) === true) invite.state = 'held';
  else send();
}

function sendSuccess(context: CoreContext, incoming: UasInvite, { wanted: response, reply }: FromApp): void {
  const { invite, transaction } = incoming;
  const dialog = incoming.dialog ?? makeUasDialog(context, incoming);
  if (!hasDialogSlot(context, transaction.request) || !context.dialogs.add(dialog)) {
    rejectWithoutApp(context, incoming, { status: 503, reason: 'Service Unavailable' });
    reply.nok('Error creating leg');
    return;
  }
  incoming.dialog = dialog;
  dialog.isConfirmed = true;
  dialog.contact = response.get('contact') ?? dialog.contact;
  if (invite.isInitial) agreeAsUas(context, dialog, { request: transaction.request, response });
  else {
    refreshTarget(context, dialog, { message: transaction.request, flow: transaction.flow });
    agreeOnRefresh(context, dialog, { request: transaction.request, response });
  }
  keepDescription(dialog, response);
  finishInvite(context, incoming);
  const cseq = transaction.request.cseq?.number ?? 0;
  dialog.unacknowledged.set(cseq, { transaction, isInitial: invite.isInitial });
  // RFC 3261 section 13.3.1.4: without an ACK the call is ended with a BYE.
  transaction.onAckTimeout = () => context.actions.hangUp(dialog, 'ACK timeout');
  if (sendAppResponse(incoming, response, reply)) {
    if (invite.isInitial) cdrStart(context, 'uas', response);
  } else if (invite.isInitial) endDialog(context, dialog);
}

/** The last places for dialogs are reserved for emergency calls. */
function hasDialogSlot({ dialogs, admission }: CoreContext, invite: SipMessage): boolean {
  return !dialogs.isFull || invite.toTag !== undefined || admission.isEmergency(invite);
}

function reject(context: CoreContext, incoming: UasInvite, { wanted, reply }: FromApp): void {
  incoming.localTag = chooseTag(incoming.transaction.request, wanted, incoming.localTag);
  // Refused for its request, not its identity: its digest was right.
  if (hasCredentials(incoming.transaction.request) && !unauthenticatedRejections.has(wanted.status))
    incoming.transaction.accept();
  if (isDefinitiveRejection(context, incoming, wanted.status)) incoming.transaction.requireAck();
  const response = compose(incoming, wanted);
  finishInvite(context, incoming);
  dropEarlyDialog(context, incoming);
  const isSent = sendAppResponse(incoming, response, reply);
  if (isSent && incoming.invite.isInitial) {
    cdrStop(context, response, { source: 'application', reason: response.status === 487 ? 'call-canceled' : 'call-rejected' });
  }
}

/** Statuses for unauthenticated callers, which any sender can provoke again. */
const unauthenticatedRejections = new Set([401, 403, 407, 503]);

/** Whether the caller authenticated before it was refused: a retry might be answered otherwise, so this refusal must arrive. */
function isDefinitiveRejection({ admission }: CoreContext, { transaction }: UasInvite, status: number): boolean {
  if (unauthenticatedRejections.has(status)) return false;
  return hasCredentials(transaction.request) || admission.standingOf(transaction.flow) === 'trunk';
}

/** Refuses an INVITE without the application; `headers` by lower-case name. */
export function rejectWithoutApp(
  context: CoreContext,
  incoming: UasRequest,
  verdict: { readonly status: number; readonly reason: string; readonly headers?: Readonly<Record<string, string>> },
): void {
  if (!isUasInvite(incoming) || incoming.invite.state === 'answered') return;
  if (isDefinitiveRejection(context, incoming, verdict.status)) incoming.transaction.requireAck();
  finishInvite(context, incoming);
  dropEarlyDialog(context, incoming);
  context.incoming.delete(incoming.transaction.id);
  answerWithoutApp(incoming.transaction, verdict, incoming.localTag);
  // The side that cancels a call also records its end.
  if (!incoming.invite.isInitial || verdict.status === 487) return;
  cdrStop(context, incoming.transaction.lastResponse ?? incoming.transaction.request, {
    source: 'application',
    reason: 'call-rejected',
  });
}

function finishInvite(context: CoreContext, incoming: UasInvite): void {
  incoming.invite.state = 'answered';
  incoming.dialog?.pendingRequests.delete(incoming.transaction.id);
  if (incoming.invite.isInitial) context.early.delete(earlyKey(incoming));
  incoming.invite.reliable?.stop();
}

/** An early dialog that a PRACK created ends with its INVITE. */
function dropEarlyDialog(context: CoreContext, incoming: UasRequest): void {
  if (incoming.invite?.isInitial === true && incoming.dialog !== undefined) endDialog(context, incoming.dialog);
}

function compose(incoming: UasInvite, wanted: SipMessage): SipMessage {
  const response = composeResponse(incoming.transaction, wanted, {
    localTag: incoming.localTag,
    contact: incoming.invite.contact ?? incoming.dialog?.contact,
  });
  if (response.status < 300) incoming.invite.contact ??= response.get('contact');
  return response;
}

function reliableOf(context: CoreContext, incoming: UasInvite): ReliableProvisionals {
  const { transaction, invite } = incoming;
  invite.reliable ??= new ReliableProvisionals({
    clock: context.clock,
    timers: context.settings.timers,
    transaction,
    onOutstanding: (rseq, isOutstanding) => {
      const key = rackKey(transaction.request.callId, { rseq, cseq: transaction.request.cseq?.number ?? 0 });
      if (isOutstanding) context.reliable.set(key, incoming);
      else context.reliable.delete(key);
    },
    // RFC 3262 section 3: the INVITE is then answered with a 5xx.
    onTimeout: () => rejectWithoutApp(context, incoming, { status: 503, reason: 'Reliable Response Time-Out' }),
  });
  return invite.reliable;
}

/** How a PRACK identifies the response it acknowledges: Call-ID, RSeq and the CSeq of the INVITE. */
export function rackKey(callId: string, rack: { readonly rseq: number; readonly cseq: number }): string {
  return `${callId} ${rack.rseq} ${rack.cseq}`;
}

function earlyKey(incoming: UasRequest): string {
  const { request } = incoming.transaction;
  return keyOf({ callId: request.callId, localTag: incoming.localTag ?? '', remoteTag: request.fromTag ?? '' });
}

function hasOtherDialog(context: CoreContext, incoming: UasRequest): boolean {
  return context.dialogs
    .withId(incoming.dialogId)
    .some((other) => other.role === 'uas' && other.isConfirmed && other !== incoming.dialog);
}
