import type { AppConnection, CommandReply } from '../control/app-link.ts';
import { buildResponse, buildUnavailable } from '../message/response-builder.ts';
import type { CoreContext, UasRequest } from './core-context.ts';
import { receivedMeta, responseMeta } from '../control/message-meta.ts';
import type { SipMessage } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';

// Owns the requests from the network that wait for an application, from delivery to the final response.
// Called wherever requests are received and answered.
// Must stay true: each is delivered once, closed by its deadline, and out of every table when it is answered or its transaction ends.

/** Responds without an application. */
export function answerWithoutApp(
  transaction: ServerTransaction,
  verdict: { readonly status: number; readonly reason: string; readonly headers?: Readonly<Record<string, string>> },
  toTag?: string,
): void {
  const { request } = transaction;
  const { status, reason } = verdict;
  const response =
    status === 503 ? buildUnavailable(request, { toTag, reason }) : buildResponse(request, status, reason, { toTag });
  for (const [key, value] of Object.entries(verdict.headers ?? {})) response.append(key, value);
  transaction.respond(response);
}

/** An application accepted a request: its responses are retransmitted from now on, and an authenticated source becomes known. */
export function markAccepted(context: CoreContext, { transaction, dialog }: UasRequest): void {
  const { request, flow } = transaction;
  transaction.accept();
  // OPTIONS and the like are answered for any source: that authenticates none.
  const isProof = dialog !== undefined || hasCredentials(request) || request.method === 'INVITE' || request.method === 'REGISTER';
  if (isProof || context.admission.standingOf(flow) === 'trunk') context.admission.accepted(flow);
}

export function hasCredentials(request: SipMessage): boolean {
  return request.has('authorization') || request.has('proxy-authorization');
}

/** Delivers a request to its application and keeps it until it is answered. */
export function deliver(context: CoreContext, incoming: UasRequest): void {
  const { transaction, app, dialogId } = incoming;
  const { request, flow } = transaction;
  context.incoming.set(transaction.id, incoming);
  incoming.dialog?.pendingRequests.add(transaction.id);
  transaction.onTerminated = () => forgetIncoming(context, incoming);
  transaction.markPending();
  const isOutside = dialogId === '' || request.toTag === undefined;
  app.deliver({
    meta: receivedMeta(request, flow),
    transactionId: transaction.id,
    dialogId: isOutside ? '' : dialogId,
    receivedOn: isOutside ? { host: flow.localAddress, port: flow.localPort } : undefined,
    message: request,
  });
}

/** Delivers a request that has no response: ACK, CANCEL. */
export function notifyApp(
  app: AppConnection,
  ids: { transactionId: string; dialogId: string },
  what: { message: SipMessage; from: ServerTransaction['flow'] },
): void {
  if (app.isOpen) app.deliver({ meta: receivedMeta(what.message, what.from), ...ids, message: what.message });
}

export function forgetIncoming(context: CoreContext, incoming: UasRequest): void {
  context.incoming.delete(incoming.transaction.id);
  incoming.dialog?.pendingRequests.delete(incoming.transaction.id);
  incoming.invite?.reliable?.stop();
}

/** Sends a response of the application and echoes it as sent. True when it was sent. */
export function sendAppResponse(incoming: UasRequest, response: SipMessage, reply: CommandReply): boolean {
  const { transaction } = incoming;
  const result = transaction.respond(response);
  switch (result) {
    case 'sent':
      echo(incoming, response, reply);
      return true;
    case 'answered':
      echo(incoming, transaction.lastResponse ?? response, reply);
      return false;
    case 'closed':
      reply.nok('transport for response has been shutdown or closed');
      return false;
  }
}

export function echo(incoming: UasRequest, response: SipMessage, reply: CommandReply): void {
  const { transaction, dialog, dialogId } = incoming;
  const isGone = dialog?.isEnded === true;
  reply.response(responseMeta(response, transaction.flow), transaction.id, isGone ? '' : dialogId, response);
}
