import type { App } from '../control/app-link.ts';
import { cdrStart, cdrStop } from './cdr.ts';
import type { CoreContext, Outgoing, OutgoingInvite } from './core-context.ts';
import { endDialog } from './dialog-end.ts';
import type { AnsweredInvite, Dialog } from './dialog.ts';
import { keepDescription } from './dialog.ts';
import { expectAck, releaseFork, repeatAck } from './hang-up.ts';
import type { SipMessage } from '../message/message.ts';
import { buildResponse } from '../message/response-builder.ts';
import { readNumber } from '../message/scan.ts';
import { deliverResponse } from './send-request.ts';
import { agreeAsCaller } from './session-timer.ts';
import type { ClientTransaction } from '../transaction/transaction.ts';
import type { Flow } from '../transport/transport.ts';
import { confirmTarget, makeUacDialog } from './uac-dialog.ts';
import { contactUriOf } from './uas-dialog.ts';

type Seen = { readonly response: SipMessage; readonly flow: Flow | undefined };

/** One INVITE of an application outside any dialog, from its sending to the last response that can come (RFC 3261 section 13.2.2). */
export class InviteProgress {
  readonly #context: CoreContext;
  readonly #app: App;
  readonly #dialogId: string;
  readonly #isNamed: boolean;
  readonly #invite: OutgoingInvite = { isCancelled: false, isUpdatePending: false };
  #client: ClientTransaction | undefined;
  #state: 'pending' | 'answered' | 'failed' = 'pending';
  #answered: { readonly tag: string; readonly invite: AnsweredInvite } | undefined;

  /** `isNamed`: the application named the next hop. */
  constructor(
    context: CoreContext,
    { app, dialogId, isNamed }: { readonly app: App; readonly dialogId: string; readonly isNamed: boolean },
  ) {
    this.#context = context;
    this.#app = app;
    this.#dialogId = dialogId;
    this.#isNamed = isNamed;
  }

  started(client: ClientTransaction): void {
    this.#client = client;
    const outgoing: Outgoing = { app: this.#app, method: 'INVITE', dialogId: this.#dialogId, client, invite: this.#invite };
    this.#context.outgoing.set(client.id, outgoing);
    this.#context.ringing.set(this.#dialogId, outgoing);
  }

  receive(response: SipMessage, flow: Flow | undefined): void {
    const client = this.#client;
    if (client === undefined) return;
    const seen = { response, flow };
    switch (this.#state) {
      case 'pending':
        if (response.status < 200) this.#provisional(client, seen);
        else if (response.status < 300) this.#success(client, seen);
        else this.#failure(client, seen);
        break;
      case 'answered':
        if (response.status >= 200 && response.status < 300) this.#furtherSuccess(client, seen);
        break;
      case 'failed':
        break;
    }
  }

  #provisional(client: ClientTransaction, seen: Seen): void {
    if (seen.response.status === 100 && !this.#context.settings.passTrying) return;
    // Whoever sends RSeq means it: drachtio-srf answers it with a PRACK whatever Require says.
    if (seen.response.has('rseq') && !this.#inOrder(client, seen)) return;
    this.#deliver(client, seen);
  }

  /** RFC 3262 section 4: a reliable response makes an early dialog; one that is out of order, or known, is dropped. */
  #inOrder(client: ClientTransaction, { response, flow }: Seen): boolean {
    const rseq = readNumber(response.get('rseq')?.trim() ?? '', 0x7fff_ffff);
    if (rseq === undefined) return true;
    const dialog = this.#earlyDialog(client, { response, flow });
    if (dialog === undefined) return true;
    if (dialog.lastRSeq !== undefined && rseq !== dialog.lastRSeq + 1) return false;
    dialog.lastRSeq = rseq;
    return true;
  }

  #earlyDialog(client: ClientTransaction, { response, flow }: Seen): Dialog | undefined {
    const { dialogs, limits } = this.#context;
    const known = this.#knownDialog(client, response);
    if (known !== undefined) return known;
    if (dialogs.withId(this.#dialogId).length >= limits.earlyDialogsPerCall) return undefined;
    const dialog = this.#makeDialog(client, { response, flow });
    return dialogs.add(dialog) ? dialog : undefined;
  }

  #makeDialog({ request }: ClientTransaction, seen: Seen): Dialog {
    return makeUacDialog(this.#context, { app: this.#app, request, isNamed: this.#isNamed, ...seen });
  }

  #knownDialog(client: ClientTransaction, response: SipMessage): Dialog | undefined {
    const { callId, fromTag } = client.request;
    return this.#context.dialogs.match({ callId, localTag: fromTag ?? '', remoteTag: response.toTag ?? '' });
  }

  #success(client: ClientTransaction, seen: Seen): void {
    this.#finish(client, 'answered');
    const dialog = this.#confirm(client, seen);
    const invite = this.#answer(client, seen.response);
    this.#answered = { tag: seen.response.toTag ?? '', invite };
    if (!this.#context.dialogs.add(dialog)) {
      releaseFork(this.#context, dialog, invite);
      this.#deliver(client, { response: buildResponse(client.request, 503, 'Service Unavailable'), flow: undefined });
      return;
    }
    agreeAsCaller(this.#context, dialog, seen.response);
    cdrStart(this.#context, 'uac', seen.response);
    if (!this.#app.isOpen) {
      releaseFork(this.#context, dialog, invite);
      return;
    }
    expectAck(this.#context, dialog, invite);
    this.#deliver(client, seen);
  }

  /** The dialog of the fork that answered; the early ones of the others end. */
  #confirm(client: ClientTransaction, seen: Seen): Dialog {
    const known = this.#knownDialog(client, seen.response);
    if (known !== undefined) confirmTarget(this.#context, known, seen);
    const dialog = known ?? this.#makeDialog(client, seen);
    dialog.isConfirmed = true;
    keepDescription(dialog, client.request);
    this.#endEarlyDialogs(dialog);
    return dialog;
  }

  #answer(client: ClientTransaction, response: SipMessage): AnsweredInvite {
    const race = this.#invite.isCancelled ? { text: 'ACK-BYE due to cancel race condition' } : undefined;
    // Without a Contact no dialog can live on: the caller gives up too.
    const lost = contactUriOf(response) === undefined ? { text: undefined } : undefined;
    return {
      cseq: client.request.cseq?.number ?? 0,
      hadOffer: client.request.body.length > 0,
      ackTimer: undefined,
      ack: undefined,
      endAfterAck: race ?? lost,
    };
  }

  /** The same 2xx again, or that of another fork, which is not told. */
  #furtherSuccess(client: ClientTransaction, seen: Seen): void {
    if (this.#answered?.tag === (seen.response.toTag ?? '')) {
      repeatAck(this.#context, this.#answered.invite);
      return;
    }
    const dialog = this.#makeDialog(client, seen);
    releaseFork(this.#context, dialog, this.#answer(client, seen.response));
  }

  #failure(client: ClientTransaction, seen: Seen): void {
    this.#finish(client, 'failed');
    this.#endEarlyDialogs(undefined);
    const { clock, failedInvites, settings } = this.#context;
    if (client.flow !== undefined) failedInvites.note(this.#dialogId, clock.monotonic() + settings.timers.t1x64);
    const reason = this.#invite.isCancelled || seen.response.status === 487 ? 'call-canceled' : 'call-rejected';
    cdrStop(this.#context, seen.response, { source: 'network', reason });
    this.#deliver(client, seen);
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

  #deliver(client: ClientTransaction, seen: Seen): void {
    deliverResponse(this.#app, { transactionId: client.id, dialogId: this.#dialogId }, seen);
  }
}
