import { cdrStop } from './cdr.ts';
import type { CdrStop } from './cdr.ts';
import type { CoreContext } from './core-context.ts';
import { destinationInDialog } from './destination.ts';
import { endByLocalBye } from './dialog-teardown.ts';
import type { AnsweredInvite, Dialog } from './dialog.ts';
import { composeInDialog, prepareInDialog } from './in-dialog-message.ts';
import { ownRequestMeta } from '../control/message-meta.ts';
import type { SipMessage } from '../message/message.ts';
import type { Flow } from '../transport/transport.ts';

/** Texts of the Reason header, which applications compare, and the reason in the call record for each. */
const stops: Readonly<Record<string, CdrStop>> = {
  'Session timer expired': 'session-expired',
  'ACK timeout': 'ack-timeout',
  'ACK-BYE due to cancel race condition': 'system-initiated-termination',
};

/** Ends a dialog with a BYE of the engine (RFC 3261 section 15.1.1). With a text the peer and the application get the reason; without one only the BYE is sent. */
export function hangUp(context: CoreContext, dialog: Dialog, text?: string): void {
  if (dialog.isEnded) return;
  dialog.ownInvite?.cancel();
  endByLocalBye(context, dialog);
  if (dialog.kind !== 'INVITE') return;
  const bye = composeInDialog(dialog, 'BYE', ++dialog.localCSeq);
  if (text !== undefined) bye.append('reason', `SIP;cause=200;text="${text}"`);
  const onSent = (message: SipMessage, flow: Flow | undefined): void => {
    const isTold = text !== undefined && dialog.app.isOpen;
    if (isTold) {
      const meta = ownRequestMeta(message, flow);
      dialog.app.deliver({ meta, transactionId: 'unsolicited', dialogId: dialog.id, message });
    }
    cdrStop(context, message, { source: 'application', reason: stops[text ?? ''] ?? 'normal-release' });
  };
  const way = destinationInDialog(context, dialog);
  const sent = context.transactions.request({ message: bye, ...way, prepare: prepareInDialog, onSent, onResponse() {} });
  if ('problem' in sent) onSent(bye, undefined);
}

type Acknowledgement = {
  readonly answered: AnsweredInvite;
  readonly ack: SipMessage;
  readonly onSent?: (message: SipMessage, flow: Flow | undefined) => void;
};

/** Sends the ACK to a 2xx (RFC 3261 section 13.2.2.4), and keeps it for retransmissions of the 2xx. `onSent` gets it as sent. */
export function acknowledge(
  context: CoreContext,
  dialog: Dialog,
  { answered, ack, onSent }: Acknowledgement,
): { readonly problem: string } | undefined {
  answered.ackTimer?.cancel();
  answered.ackTimer = undefined;
  dialog.lastAnswer = answered;
  return context.transactions.sendStateless({
    message: ack,
    ...destinationInDialog(context, dialog),
    prepare: prepareInDialog,
    onSent(message, flow) {
      answered.ack = { message, flow };
      onSent?.(message, flow);
    },
  });
}

/** An ACK that no application requested, without a body. */
export function ackWithoutApp(context: CoreContext, dialog: Dialog, answered: AnsweredInvite): void {
  acknowledge(context, dialog, { answered, ack: composeInDialog(dialog, 'ACK', answered.cseq) });
}

/** A 2xx was retransmitted: so is its ACK, if there was one. */
export function retransmitAck(context: CoreContext, answered: AnsweredInvite): void {
  const { ack } = answered;
  if (ack?.flow !== undefined) context.transactions.resend(ack.message, ack.flow);
}

/** A 2xx that no application waits for: ACK and BYE (RFC 3261 section 13.2.2.4). */
export function ackAndHangUp(context: CoreContext, dialog: Dialog, answered: AnsweredInvite): void {
  ackWithoutApp(context, dialog, answered);
  hangUp(context, dialog);
}

/** Waits for the application's ACK; after 64·T1 the engine sends it and ends the call. */
export function expectAck(context: CoreContext, dialog: Dialog, answered: AnsweredInvite): void {
  dialog.awaitingAck.push(answered);
  answered.ackTimer = context.clock.after(context.settings.timers.t1x64, () => {
    dialog.awaitingAck.splice(dialog.awaitingAck.indexOf(answered), 1);
    if (answered.hadOffer) ackWithoutApp(context, dialog, answered);
    hangUp(context, dialog, answered.endAfterAck === undefined ? 'ACK timeout' : answered.endAfterAck.text);
  });
}
