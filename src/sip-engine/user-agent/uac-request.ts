import type { AppConnection, AppMessage, CommandReply } from '../control/app-link.ts';
import { cdrAttempt } from './cdr.ts';
import type { CoreContext, UacRequest } from './core-context.ts';
import { destinationOutOfDialog } from './destination.ts';
import { dialogIdOf } from './dialog.ts';
import type { SipMessage } from '../message/message.ts';
import { composeNewRequest, prepareNewRequest } from './new-request.ts';
import { deliverResponse, sendAppRequest } from './app-request.ts';
import { subscriptionSeconds } from './subscription.ts';
import type { ClientTransaction } from '../transaction/transaction.ts';
import type { Flow } from '../transport/transport.ts';
import { makeUacDialog } from './uac-dialog.ts';
import { UacInvite } from './uac-invite.ts';

/** A request of an application outside any dialog. */
export function sendNewRequest(
  context: CoreContext,
  wanted: AppMessage,
  by: { readonly app: AppConnection; readonly proxy: string; readonly reply: CommandReply },
): void {
  const composed = composeNewRequest(context, wanted, by.proxy);
  if (composed.kind === 'refused') {
    by.reply.nok(composed.text);
    return;
  }
  const { message, proxy } = composed;
  const { method, requestUri } = message;
  if (method === 'INVITE' && context.dialogs.isFull && !context.admission.isEmergency(message)) {
    by.reply.nok('Error creating leg');
    return;
  }
  const sender = { app: by.app, hasNamedNextHop: proxy !== '' };
  const receiver = method === 'INVITE' ? inviteReceiver(context, message, sender) : requestReceiver(context, message, sender);
  const problem = sendAppRequest(context, {
    request: {
      message,
      ...destinationOutOfDialog(context, { method, requestUri, proxy }),
      prepare: prepareNewRequest,
    },
    reply: by.reply,
    ...receiver,
  });
  if (problem !== undefined) by.reply.nok(problem);
}

type Receiver = {
  onStarted(client: ClientTransaction): void;
  onResponse(response: SipMessage, flow: Flow | undefined): void;
};

/** `hasNamedNextHop`: the application named the next hop. */
type Sender = { readonly app: AppConnection; readonly hasNamedNextHop: boolean };

function inviteReceiver(context: CoreContext, message: SipMessage, sender: Sender): Receiver {
  const progress = new UacInvite(context, { ...sender, dialogId: dialogIdOf(message) });
  return {
    onStarted(client) {
      progress.started(client);
      cdrAttempt(context, 'application', client.request);
    },
    onResponse: (response, flow) => progress.receive(response, flow),
  };
}

function requestReceiver(context: CoreContext, message: SipMessage, { app, hasNamedNextHop }: Sender): Receiver {
  const dialogId = message.method === 'SUBSCRIBE' ? dialogIdOf(message) : '';
  let outgoing: UacRequest | undefined;
  return {
    onStarted(client) {
      outgoing = { app, method: message.method, dialogId, client, invite: undefined };
      context.outgoing.set(client.id, outgoing);
    },
    onResponse(response, flow) {
      // A client takes any response for the one it waits for, so a 100 is not delivered.
      if (outgoing === undefined || response.status === 100) return;
      const { client } = outgoing;
      if (response.status >= 200) context.outgoing.delete(client.id);
      if (message.method === 'SUBSCRIBE' && response.status >= 200 && response.status < 300)
        subscribed(context, outgoing, { response, flow, hasNamedNextHop });
      deliverResponse(app, { transactionId: client.id, dialogId }, { response, flow });
    },
  };
}

function subscribed(
  context: CoreContext,
  { app, client }: UacRequest,
  received: { response: SipMessage; flow: Flow | undefined; hasNamedNextHop: boolean },
): void {
  const dialog = makeUacDialog(context, { app, request: client.request, ...received });
  dialog.isConfirmed = true;
  dialog.expiresAt = context.clock.monotonic() + subscriptionSeconds(client.request, received.response) * 1000;
  context.dialogs.add(dialog);
}
