import { decideOutOfDialog } from './automatic-responses.ts';
import type { CoreContext } from './core-context.ts';
import { dialogIdOf } from './dialog.ts';
import { keyOf } from './dialog-table.ts';
import { answerWithoutApp } from './incoming-requests.ts';
import type { SipMessage } from '../message/message.ts';
import { questionOf } from './request-routing.ts';
import { performRouteAction } from './route-action.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import { receiveInvite } from './uas-invite.ts';
import { receiveRequest } from './uas-request.ts';

/** A request that belongs to no dialog and is not proxied: delivered to an application, or answered here (RFC 3261 section 8.2). */
export function receiveOutOfDialog(context: CoreContext, transaction: ServerTransaction): void {
  const { request } = transaction;
  if (isCrossingBye(context, request)) answerWithoutApp(transaction, { status: 200, reason: 'OK' });
  else if (isLateFork(context, request)) answerWithoutApp(transaction, { status: 491, reason: 'Request Pending' });
  else if (isMerged(context, request)) answerWithoutApp(transaction, { status: 482, reason: 'Loop Detected' });
  else route(context, transaction);
}

/** A BYE for a call that ended with our BYE. */
function isCrossingBye({ endedDialogs }: CoreContext, { method, callId, toTag, fromTag }: SipMessage): boolean {
  return method === 'BYE' && endedDialogs.has(keyOf({ callId, localTag: toTag ?? '', remoteTag: fromTag ?? '' }));
}

/** Another fork of an INVITE whose call is answered already. */
function isLateFork(context: CoreContext, request: SipMessage): boolean {
  if (request.method !== 'INVITE' || request.toTag !== undefined) return false;
  return context.dialogs.withId(dialogIdOf(request)).some((dialog) => dialog.role === 'uas' && dialog.isConfirmed);
}

/** RFC 3261 section 8.2.2.2: the same request by another path, while the first is still pending. */
function isMerged(context: CoreContext, request: SipMessage): boolean {
  if (!context.settings.answerMergedRequests || request.toTag !== undefined) return false;
  for (const { transaction } of context.incoming.values()) {
    const first = transaction.request;
    const isSameCall = first.callId === request.callId && first.fromTag === request.fromTag && first.toTag === undefined;
    if (isSameCall && first.get('cseq') === request.get('cseq')) return true;
  }
  return false;
}

function route(context: CoreContext, transaction: ServerTransaction): void {
  const action = context.routeRequest?.(questionOf(transaction)) ?? { kind: 'deliver' };
  if (action.kind === 'deliver') {
    offerToApp(context, transaction, action.tag);
    return;
  }
  const verdict = decideOutOfDialog(transaction.request, true, context.settings);
  if (verdict.kind === 'answer') answerWithoutApp(transaction, verdict);
  else performRouteAction(transaction, action, context.proxy);
}

/** Over UDP silence is cheaper than an answer, which goes nowhere if the source is forged. */
function shed(transaction: ServerTransaction): void {
  if (transaction.flow.protocol === 'udp') transaction.drop();
  else answerWithoutApp(transaction, { status: 503, reason: 'Service Unavailable' });
}

function offerToApp(context: CoreContext, transaction: ServerTransaction, tag: string | undefined): void {
  const { request } = transaction;
  const app = context.router.pick(request.method.toLowerCase(), tag);
  const verdict = decideOutOfDialog(request, app !== undefined, context.settings);
  const isForApp = verdict.kind === 'deliver' || (verdict.status === 503 && app === undefined);
  if (isForApp && !context.admission.admits(request, transaction.flow)) return shed(transaction);
  if (app === undefined && isForApp && context.startupBuffer.enqueue(transaction)) return;
  if (verdict.kind === 'answer') {
    const isAppGone = verdict.status === 503 && tag !== undefined;
    answerWithoutApp(transaction, isAppGone ? { status: 480, reason: 'Temporarily Unavailable' } : verdict);
  } else if (app !== undefined) {
    if (request.method === 'INVITE') receiveInvite(context, transaction, { app });
    else receiveRequest(context, transaction, { app });
  }
}
