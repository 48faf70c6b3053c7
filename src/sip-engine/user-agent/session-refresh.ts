import type { CoreContext } from './core-context.ts';
import { destinationInDialog } from './destination.ts';
import type { AnsweredInvite, Dialog } from './dialog.ts';
import { ackWithoutApp, hangUp, retransmitAck } from './bye.ts';
import { composeInDialog, prepareInDialog } from './in-dialog-message.ts';
import type { SipMessage } from '../message/message.ts';
import { readNumber } from '../message/scan.ts';
import { agreeOnLocalRefresh, arm, repeatAgreement, sessionExpired } from './session-timer.ts';
import type { Flow } from '../transport/transport.ts';
import { refreshTarget } from './uas-dialog.ts';

/** When the refresh is retried while another re-INVITE is pending. */
const retryMs = 5_000;

/** Refreshes the session with a re-INVITE that is not reported to the application (RFC 4028 section 10). Its failure ends the call. */
export function refreshSession(context: CoreContext, dialog: Dialog): void {
  if (dialog.isEnded || dialog.session === undefined) return;
  if (dialog.ownInvite !== undefined) {
    dialog.sessionTimer = context.clock.after(retryMs, () => refreshSession(context, dialog));
    return;
  }
  const invite = composeInDialog(dialog, 'INVITE', ++dialog.localCSeq);
  repeatAgreement(context, dialog, invite);
  if (dialog.description !== undefined) {
    invite.append('content-type', dialog.description.type);
    invite.body = dialog.description.body;
  }
  const refresh = new Refresh(context, dialog, invite);
  const sent = context.transactions.request({
    message: invite,
    ...destinationInDialog(context, dialog),
    prepare: prepareInDialog,
    onSent: (_message, _flow, client) => refresh.started(() => void client.cancel([])),
    onResponse: (response, flow) => refresh.receive(response, flow),
  });
  if ('problem' in sent) hangUp(context, dialog, sessionExpired);
}

class Refresh {
  readonly #context: CoreContext;
  readonly #dialog: Dialog;
  readonly #answered: AnsweredInvite;
  #state: 'pending' | 'answered' | 'over' = 'pending';

  constructor(context: CoreContext, dialog: Dialog, invite: SipMessage) {
    this.#context = context;
    this.#dialog = dialog;
    this.#answered = {
      cseq: invite.cseq?.number ?? 0,
      hadOffer: invite.body.length > 0,
      ackTimer: undefined,
      ack: undefined,
      endAfterAck: undefined,
    };
  }

  started(cancel: () => void): void {
    // No application waits for its outcome.
    this.#dialog.ownInvite = { cancel, settle() {} };
  }

  receive(response: SipMessage, flow: Flow | undefined): void {
    if (response.status < 200) return;
    const isSuccess = response.status < 300;
    switch (this.#state) {
      case 'pending':
        this.#dialog.ownInvite = undefined;
        this.#state = isSuccess ? 'answered' : 'over';
        if (isSuccess) this.#refreshed(response, flow);
        else this.#refused(response);
        break;
      case 'answered':
        if (isSuccess) retransmitAck(this.#context, this.#answered);
        break;
      case 'over':
        break;
    }
  }

  #refreshed(response: SipMessage, flow: Flow | undefined): void {
    refreshTarget(this.#context, this.#dialog, { message: response, flow });
    ackWithoutApp(this.#context, this.#dialog, this.#answered);
    agreeOnLocalRefresh(this.#context, this.#dialog, response);
  }

  #refused(response: SipMessage): void {
    const { session } = this.#dialog;
    if (session === undefined || this.#dialog.isEnded) return;
    const minSeconds = readNumber(response.get('min-se')?.trim() ?? '', 0xffff_ffff) ?? 0;
    if (response.status === 422 && minSeconds > session.seconds) {
      this.#dialog.session = { ...session, seconds: minSeconds };
      refreshSession(this.#context, this.#dialog);
    } else if (response.status === 491) arm(this.#context, this.#dialog, session);
    else hangUp(this.#context, this.#dialog, sessionExpired);
  }
}
