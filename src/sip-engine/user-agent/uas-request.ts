import type { AppConnection, AppMessage, CommandReply } from '../control/app-link.ts';
import { chooseTag, composeResponse } from './app-response.ts';
import type { CoreContext, UasRequest } from './core-context.ts';
import type { Dialog } from './dialog.ts';
import { dialogIdOf, keepDescription } from './dialog.ts';
import { markAccepted, deliver, forgetIncoming, sendAppResponse } from './incoming-requests.ts';
import type { SipMessage } from '../message/message.ts';
import { rememberFlows } from './register-flows.ts';
import { agreeOnRefresh } from './session-timer.ts';
import { subscriptionSeconds } from './subscription.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import { makeUasDialog, refreshTarget } from './uas-dialog.ts';

/** An unanswered BYE is closed just before its transaction expires. */
const marginMs = 2_000;

type UasRequestOptions = {
  readonly app: AppConnection;
  readonly dialog?: Dialog | undefined;
  /** For a request of a call that is no dialog yet. */
  readonly dialogId?: string | undefined;
  readonly onAnswered?: (() => void) | undefined;
};

/** Delivers a request other than INVITE. */
export function receiveRequest(context: CoreContext, transaction: ServerTransaction, to: UasRequestOptions): void {
  const { request } = transaction;
  const ownId = request.method === 'SUBSCRIBE' && request.toTag === undefined ? dialogIdOf(request) : '';
  deliver(context, {
    transaction,
    app: to.app,
    dialogId: to.dialog?.id ?? to.dialogId ?? ownId,
    dialog: to.dialog,
    localTag: request.toTag,
    deadline: context.clock.monotonic() + context.settings.timers.t1x64 - marginMs,
    invite: undefined,
    onAnswered: to.onAnswered,
  });
}

/** A response of the application to a request other than INVITE. */
export function answerRequest(
  context: CoreContext,
  incoming: UasRequest,
  { response: { message: wanted }, reply }: { response: AppMessage; reply: CommandReply },
): void {
  const { transaction } = incoming;
  if (wanted.status > 100) incoming.localTag = chooseTag(transaction.request, wanted, incoming.localTag);
  const response = composeResponse(transaction, wanted, { localTag: incoming.localTag, contact: incoming.dialog?.contact });
  if (wanted.status >= 200) forgetIncoming(context, incoming);
  if (wanted.status >= 200 && wanted.status < 300) {
    markAccepted(context, incoming);
    succeeded(context, incoming, response);
  }
  sendAppResponse(incoming, response, reply);
  if (wanted.status >= 200) incoming.onAnswered?.();
}

function succeeded(context: CoreContext, incoming: UasRequest, response: SipMessage): void {
  const { transaction, dialog } = incoming;
  const { request, flow } = transaction;
  switch (request.method) {
    case 'REGISTER':
      context.flowCache.registered(flow);
      rememberFlows(transaction, response, context.flowCache);
      break;
    case 'SUBSCRIBE':
      subscribed(context, incoming, response);
      break;
    case 'UPDATE':
      if (dialog === undefined || dialog.isEnded) break;
      refreshTarget(context, dialog, { message: request, flow });
      agreeOnRefresh(context, dialog, { request, response });
      keepDescription(dialog, response);
  }
}

function subscribed(context: CoreContext, incoming: UasRequest, response: SipMessage): void {
  rememberFlows(incoming.transaction, response, context.flowCache);
  const dialog = incoming.dialog ?? makeUasDialog(context, incoming);
  if (dialog.kind !== 'SUBSCRIBE' || dialog.isEnded) return;
  dialog.isConfirmed = true;
  dialog.contact = response.get('contact') ?? dialog.contact;
  dialog.expiresAt = context.clock.monotonic() + subscriptionSeconds(incoming.transaction.request, response) * 1000;
  if (context.dialogs.add(dialog)) incoming.dialog = dialog;
}
