import type { AppConnection, CommandReply } from '../control/app-link.ts';
import type { CoreContext } from './core-context.ts';
import { receivedMeta, requestMeta } from '../control/message-meta.ts';
import type { SipMessage } from '../message/message.ts';
import type { ClientTransaction, OutgoingRequestOptions } from '../transaction/transaction.ts';
import type { Flow } from '../transport/transport.ts';

/** How long the echo waits for DNS, so that it can contain the message as sent. */
const echoWaitMs = 50;

export type AppRequest = {
  readonly request: Omit<OutgoingRequestOptions, 'onSent' | 'onResponse'>;
  readonly reply: CommandReply;
  /** Once, before the echo. */
  readonly onStarted: (transaction: ClientTransaction) => void;
  readonly onResponse: (response: SipMessage, flow: Flow | undefined) => void;
};

/** Sends a request of an application and echoes it. Otherwise returns the reason, with nothing sent or echoed. */
export function sendAppRequest(context: CoreContext, order: AppRequest): string | undefined {
  let isEchoed = false;
  const echo = (message: SipMessage, flow: Flow | undefined, transaction: ClientTransaction): void => {
    if (isEchoed) return;
    isEchoed = true;
    order.onStarted(transaction);
    order.reply.request(requestMeta(message, flow), transaction.id, message);
  };
  const transaction = context.transactions.request({ ...order.request, onSent: echo, onResponse: order.onResponse });
  if ('problem' in transaction) return transaction.problem;
  if (!isEchoed) context.clock.after(echoWaitMs, () => echo(preview(context, order.request), undefined, transaction));
  return undefined;
}

/** The request as it will look if it is sent by the first listener. */
function preview(context: CoreContext, request: AppRequest['request']): SipMessage {
  const message = request.message.clone();
  const [listener] = context.transport.listeners;
  if (listener !== undefined) request.prepare?.(message, listener);
  return message;
}

/** Delivers a response to the application that sent the request. */
export function deliverResponse(
  app: AppConnection,
  ids: { readonly transactionId: string; readonly dialogId: string },
  { response, flow }: { readonly response: SipMessage; readonly flow: Flow | undefined },
): void {
  if (app.isOpen) app.deliver({ meta: receivedMeta(response, flow), ...ids, message: response });
}
