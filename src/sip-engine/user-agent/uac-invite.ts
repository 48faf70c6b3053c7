import type { AppConnection } from '../control/app-link.ts';
import { cdrStart, cdrStop } from './cdr.ts';
import type { CoreContext, UacRequest, UacInviteState } from './core-context.ts';
import { endDialog } from './dialog-teardown.ts';
import type { AnsweredInvite, Dialog } from './dialog.ts';
import { keepDescription } from './dialog.ts';
import { expectAck, ackAndHangUp, retransmitAck } from './bye.ts';
import type { SipMessage } from '../message/message.ts';
import { buildResponse } from '../message/response-builder.ts';
import { readNumber } from '../message/scan.ts';
import { deliverResponse } from './app-request.ts';
import { agreeAsUac } from './session-timer.ts';
import type { ClientTransaction } from '../transaction/transaction.ts';
import type { Flow } from '../transport/transport.ts';
import { confirmTarget, makeUacDialog } from './uac-dialog.ts';
import { contactUriOf } from './uas-dialog.ts';

type ReceivedResponse = { readonly response: SipMessage; readonly flow: Flow | undefined };

/** One INVITE of an application outside any dialog, until its last possible response (RFC 3261 section 13.2.2). */
export class UacInvite {
  readonly #context: CoreContext;
  readonly #app: AppConnection;
  readonly #dialogId: string;
  readonly #hasNamedNextHop: boolean;
  readonly #invite: UacInviteState = { isCancelled: false, isUpdatePending: false };
  #client: ClientTransaction | undefined;
  #state: 'pending' | 'answered' | 'failed' = 'pending';
  #answered: { readonly tag: string; readonly invite: AnsweredInvite } | undefined;

  /** `hasNamedNextHop`: the application named the next hop. */
  constructor(
    context: CoreContext,
    {
      app,
      dialogId,
      hasNamedNextHop,
    }: { readonly app: AppConnection; readonly dialogId: string; readonly hasNamedNextHop: boolean },
  ) {
    this.#context = context;
    this.#app = app;
    this.#dialogId = dialogId;
    this.#hasNamedNextHop = hasNamedNextHop;
  }

  started(client: ClientTransaction): void {
    this.#client = client;
    const outgoing: UacRequest = { app: this.#app, method: 'INVITE', dialogId: this.#dialogId, client, invite: this.#invite };
    this.#context.outgoing.set(client.id, outgoing);
    this.#context.ringing.set(this.#dialogId, outgoing);
  }

  receive(response: SipMessage, flow: Flow | undefined): void {
    const client = this.#client;
    if (client === undefined) return;
    const received = { response, flow };
    switch (this.#state) {
      case 'pending':
        if (response.status < 200) this.#provisional(client, received);
        else if (response.status < 300) this.#success(client, received);
        else this.#failure(client, received);
        break;
      case 'answered':
        if (response.status >= 200 && response.status < 300) this.#onFurther2xx(client, received);
        break;
      case 'failed':
        break;
    }
  }

  #provisional(client: ClientTransaction, received: ReceivedResponse): void {
    if (received.response.status === 100 && !this.#context.settings.passTrying) return;
    // An RSeq is enough: drachtio-srf answers it with a PRACK whatever Require says.
    if (received.response.has('rseq') && !this.#inOrder(client, received)) return;
    this.#deliver(client, received);
  }

  /** RFC 3262 section 4: a reliable response creates an early dialog; one that is out of order, or known, is dropped. */
  #inOrder(client: ClientTransaction, { response, flow }: ReceivedResponse): boolean {
    const rseq = readNumber(response.get('rseq')?.trim() ?? '', 0x7fff_ffff);
    if (rseq === undefined) return true;
    const dialog = this.#earlyDialog(client, { response, flow });
    if (dialog === undefined) return true;
    if (dialog.lastRSeq !== undefined && rseq !== dialog.lastRSeq + 1) return false;
    dialog.lastRSeq = rseq;
    return true;
  }

  #earlyDialog(client: ClientTransaction, { response, flow }: ReceivedResponse): Dialog | undefined {
    const { dialogs, limits } = this.#context;
    const known = this.#knownDialog(client, response);
    if (known !== undefined) return known;
    if (dialogs.withId(this.#dialogId).length >= limits.earlyDialogsPerCall) return undefined;
    const dialog = this.#makeDialog(client, { response, flow });
    return dialogs.add(dialog) ? dialog : undefined;
  }

  #makeDialog({ request }: ClientTransaction, received: ReceivedResponse): Dialog {
    return makeUacDialog(this.#context, { app: this.#app, request, hasNamedNextHop: this.#hasNamedNextHop, ...received });
  }

  #knownDialog(client: ClientTransaction, response: SipMessage): Dialog | undefined {
    const { callId, fromTag } = client.request;
    return this.#context.dialogs.match({ callId, localTag: fromTag ?? '', remoteTag: response.toTag ?? '' });
  }

  #success(client: ClientTransaction, received: ReceivedResponse): void {
    this.#finish(client, 'answered');
    const dialog = this.#confirm(client, received);
    const invite = this.#answer(client, received.response);
    this.#answered = { tag: received.response.toTag ?? '', invite };
    if (!this.#context.dialogs.add(dialog)) {
      ackAndHangUp(this.#context, dialog, invite);
      this.#deliver(client, { response: buildResponse(client.request, 503, 'Service Unavailable'), flow: undefined });
      return;
    }
    agreeAsUac(this.#context, dialog, received.response);
    cdrStart(this.#context, 'uac', received.response);
    if (!this.#app.isOpen) {
      ackAndHangUp(this.#context, dialog, invite);
      return;
    }
    expectAck(this.#context, dialog, invite);
    this.#deliver(client, received);
  }

  /** The dialog of the fork that answered; the early ones of the others end. */
  #confirm(client: ClientTransaction, received: ReceivedResponse): Dialog {
    const known = this.#knownDialog(client, received.response);
    if (known !== undefined) confirmTarget(this.#context, known, received);
    const dialog = known ?? this.#makeDialog(client, received);
    dialog.isConfirmed = true;
    keepDescription(dialog, client.request);
    this.#endEarlyDialogs(dialog);
    return dialog;
  }

  #answer(client: ClientTransaction, response: SipMessage): AnsweredInvite {
    const race = this.#invite.isCancelled ? { text: 'ACK-BYE due to cancel race condition' } : undefined;
    // Without a Contact the dialog is unusable: the caller gives up too.
    const lost = contactUriOf(response) === undefined ? { text: undefined } : undefined;
    return {
      cseq: client.request.cseq?.number ?? 0,
      hadOffer: client.request.body.length > 0,
      ackTimer: undefined,
      ack: undefined,
      endAfterAck: race ?? lost,
    };
  }

  /** The same 2xx again, or that of another fork, which is not reported. */
  #onFurther2xx(client: ClientTransaction, received: ReceivedResponse): void {
    if (this.#answered?.tag === (received.response.toTag ?? '')) {
      retransmitAck(this.#context, this.#answered.invite);
      return;
    }
    const dialog = this.#makeDialog(client, received);
    ackAndHangUp(this.#context, dialog, this.#answer(client, received.response));
  }

  #failure(client: ClientTransaction, received: ReceivedResponse): void {
    this.#finish(client, 'failed');
    this.#endEarlyDialogs(undefined);
    const { clock, failedInvites, settings } = this.#context;
    if (client.flow !== undefined) failedInvites.note(this.#dialogId, clock.monotonic() + settings.timers.t1x64);
    const reason = this.#invite.isCancelled || received.response.status === 487 ? 'call-canceled' : 'call-rejected';
    cdrStop(this.#context, received.response, { source: 'network', reason });
    this.#deliver(client, received);
  }

  #finish(client: ClientTransaction, state: 'answered' | 'failed'): void {
    const { outgoing, ringing } = this.#context;
    this.#state = state;
    outgoing.delete(client.id);
    if (ringing.get(this.#dialogId)?.client === client) ringing.delete(this.#dialogId);
  }

  #endEarlyDialogs(except: Dialog | undefined): void {
    for (const dialog of this.#context.dialogs.withId(this.#dialogId)) {
      if (dialog !== except && dialog.role === 'uac' && !dialog.isConfirmed) endDialog(this.#context, dialog);
    }
  }

  #deliver(client: ClientTransaction, received: ReceivedResponse): void {
    deliverResponse(this.#app, { transactionId: client.id, dialogId: this.#dialogId }, received);
  }
}
