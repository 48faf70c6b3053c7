import type { AppConnection, AppMessage, CommandReply, Core, ProxyOptions } from '../control/app-link.ts';
import { receiveCancel, sendCancel } from './cancel.ts';
import type { EngineTimer } from '../runtime/clock.ts';
import type { CoreContext, CoreDeps } from './core-context.ts';
import { isUasInvite } from './core-context.ts';
import { DialogTable } from './dialog-table.ts';
import { hangUp } from './bye.ts';
import { forgetCalls, endCalls, sweep } from './housekeeping.ts';
import { forgetIncoming } from './incoming-requests.ts';
import {
  callOfTaglessBye,
  dialogOf,
  earlyCallOf,
  receiveAck,
  receiveEarly,
  receiveInDialog,
  receivePrack,
} from './in-dialog-in.ts';
import { sendInDialog } from './in-dialog-out.ts';
import { receiveLate2xx } from './late-2xx.ts';
import type { SipMessage } from '../message/message.ts';
import { ExpiringIds } from './expiring-ids.ts';
import { refreshSession } from './session-refresh.ts';
import { receiveOutOfDialog } from './out-of-dialog-request.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import type { Flow } from '../transport/transport.ts';
import { sendNewRequest } from './uac-request.ts';
import { answerInvite } from './uas-invite.ts';
import { answerRequest } from './uas-request.ts';
import { StartupBuffer } from './startup-buffer.ts';

// Owns the user agent core (RFC 3261 section 8): which application gets what, its commands, its dialogs.
// Called by the transactions with every message received, and by the control side with the commands of applications.
// Must stay true: nothing a peer or an application sends makes it throw, and every table is empty when all calls have ended.

const sweepMs = 1_000;

export class UserAgentCore implements Core {
  readonly #context: CoreContext;
  readonly #sweep: EngineTimer;
  readonly #graceTimers = new Set<EngineTimer>();

  constructor(deps: CoreDeps) {
    const context: CoreContext = {
      ...deps,
      dialogs: new DialogTable(deps.limits.dialogs),
      incoming: new Map(),
      outgoing: new Map(),
      early: new Map(),
      reliable: new Map(),
      ringing: new Map(),
      failedInvites: new ExpiringIds(),
      endedDialogs: new ExpiringIds(),
      startupBuffer: new StartupBuffer(deps.clock, deps.settings.firstAppMs, (waiting) =>
        this.#safely(waiting.request, () => receiveOutOfDialog(context, waiting)),
      ),
      actions: {
        hangUp: (dialog, text) => hangUp(context, dialog, text),
        refreshSession: (dialog) => refreshSession(context, dialog),
      },
    };
    this.#context = context;
    this.#sweep = deps.clock.every(sweepMs, () => sweep(context));
    deps.router.watch?.((verb) => context.startupBuffer.subscribed(verb));
    deps.transactions.setHandlers({
      onRequest: (transaction) => this.#safely(transaction.request, () => this.#onRequest(transaction)),
      onAck: (ack, flow) => this.#safely(ack, () => this.#onAck(ack, flow)),
      onCancel: (cancel, invite) => this.#safely(cancel, () => this.#onCancel(cancel, invite)),
      onStrayResponse: (response, flow) => this.#safely(response, () => this.#onStrayResponse(response, flow)),
    });
  }

  // oxlint-disable-next-line max-params -- the interface Core, in the order of the frame
  respond(app: AppConnection, transactionId: string, response: AppMessage, reply: CommandReply): void {
    const incoming = this.#context.incoming.get(transactionId);
    if (incoming === undefined || incoming.app !== app) {
      reply.nok('Response not sent due to unknown transaction');
      return;
    }
    if (isUasInvite(incoming)) answerInvite(this.#context, incoming, { response, reply });
    else answerRequest(this.#context, incoming, { response, reply });
  }

  // oxlint-disable-next-line max-params -- the interface Core, in the order of the frame
  request(
    app: AppConnection,
    ids: { readonly transactionId: string; readonly dialogId: string; readonly proxy: string },
    request: AppMessage,
    reply: CommandReply,
  ): void {
    const { transactionId, dialogId, proxy } = ids;
    if (dialogId !== '') sendInDialog(this.#context, { app, dialogId, wanted: request, reply });
    else if (request.message.method === 'CANCEL') sendCancel(this.#context, request, { app, transactionId, reply });
    else if (transactionId !== '') reply.nok('Invalid message format');
    else sendNewRequest(this.#context, request, { app, proxy, reply });
  }

  // oxlint-disable-next-line max-params -- the interface Core, in the order of the frame
  proxy(app: AppConnection, transactionId: string, options: ProxyOptions, extra: AppMessage, reply: CommandReply): void {
    const incoming = this.#context.incoming.get(transactionId);
    const { proxy } = this.#context;
    const isFree = incoming?.app === app && (incoming.invite === undefined || incoming.invite.state === 'unanswered');
    if (!isFree || proxy === undefined) {
      reply.nok(`Unknown transaction id: ${transactionId}`);
      return;
    }
    incoming.transaction.onTerminated = undefined;
    forgetIncoming(this.#context, incoming);
    proxy.start(incoming.transaction, options, { extra, reply });
  }

  appDisconnected(app: AppConnection): void {
    const { clock, settings } = this.#context;
    if (settings.whenAppLeaves === 'native') {
      forgetCalls(this.#context, app);
      return;
    }
    const grace = clock.after(settings.appGraceMs, () => {
      this.#graceTimers.delete(grace);
      endCalls(this.#context, app);
    });
    this.#graceTimers.add(grace);
  }

  sizes(): Record<string, number> {
    const {
      dialogs,
      incoming,
      outgoing,
      early,
      reliable,
      ringing,
      failedInvites,
      endedDialogs,
      startupBuffer,
      proxy,
      admission,
    } = this.#context;
    return {
      dialogs: dialogs.size,
      incomingRequests: incoming.size,
      outgoingRequests: outgoing.size,
      earlyCalls: early.size,
      reliableResponses: reliable.size,
      ringingCalls: ringing.size,
      failedInvites: failedInvites.size,
      endedDialogs: endedDialogs.size,
      startupBufferedRequests: startupBuffer.size,
      refusedRequests: admission.refused,
      ...proxy?.sizes(),
    };
  }

  stop(): void {
    this.#sweep.cancel();
    this.#context.startupBuffer.stop();
    for (const grace of this.#graceTimers) grace.cancel();
    if (this.#context.settings.whenAppLeaves === 'tidy') endCalls(this.#context, undefined);
    this.#context.proxy?.stop();
  }

  /** The last resort: a bug that one message triggers must not end all calls. */
  #safely(message: SipMessage, handle: () => void): void {
    try {
      handle();
    } catch (error) {
      const { method, status, callId } = message;
      this.#context.log.error({ error, method, status, callId }, 'Message handling failed');
    }
  }

  /** Finds what a request belongs to: an order that never mixes two calls. */
  #onRequest(transaction: ServerTransaction): void {
    const context = this.#context;
    const { request, flow } = transaction;
    if (request.method === 'PRACK') {
      if (!this.#isProxied(transaction, flow)) receivePrack(context, transaction);
      return;
    }
    const early = request.method === 'UPDATE' ? earlyCallOf(context, request) : undefined;
    const dialog = dialogOf(context, request) ?? callOfTaglessBye(context, transaction);
    if (early !== undefined) receiveEarly(context, transaction, early);
    else if (dialog !== undefined) receiveInDialog(context, transaction, dialog);
    else if (!this.#isProxied(transaction, flow)) receiveOutOfDialog(context, transaction);
  }

  #isProxied(transaction: ServerTransaction, flow: Flow): boolean {
    const { proxy } = this.#context;
    if (proxy === undefined || transaction.request.toTag === undefined) return false;
    return proxy.forwardEarly(transaction) || proxy.forwardInDialog(transaction.request, flow, transaction);
  }

  #onAck(ack: SipMessage, flow: Flow): void {
    if (!receiveAck(this.#context, ack, flow)) this.#context.proxy?.forwardInDialog(ack, flow);
  }

  #onStrayResponse(response: SipMessage, flow: Flow): void {
    if (this.#context.proxy?.strayResponse(response, flow) !== true) receiveLate2xx(this.#context, response, flow);
  }

  #onCancel(cancel: SipMessage, invite: ServerTransaction): void {
    if (this.#context.proxy?.cancelled(cancel, invite) !== true) receiveCancel(this.#context, cancel, invite);
  }
}
