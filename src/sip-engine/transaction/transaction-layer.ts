import { isUnicastPeer } from '../message/addresses.ts';
import type { EngineClock } from '../runtime/clock.ts';
import type { EngineLog } from '../runtime/engine-log.ts';
import { TimerQueues } from '../runtime/timer-queue.ts';
import type { ReadonlyVia } from '../message/fields.ts';
import { FinishedTransactions } from './finished-transactions.ts';
import { withoutEmergencyReserve } from '../runtime/limits.ts';
import type { Limits } from '../runtime/limits.ts';
import type { SipMessage } from '../message/message.ts';
import { faultOf } from '../message/request-faults.ts';
import { OutgoingRequest } from './outgoing-request.ts';
import type { OutgoingRequestDeps } from './outgoing-request.ts';
import type { Admission } from './admission.ts';
import { ReplyBudget } from '../transport/reply-budget.ts';
import { buildResponse, buildUnavailable } from '../message/response-builder.ts';
import { serialize } from '../message/serialize.ts';
import { SipServerTransaction } from './server-transaction.ts';
import type { ServerTransactionDeps } from './server-transaction.ts';
import { sendByVia, sendStateless } from './stateless.ts';
import type { StatelessRequest } from './stateless.ts';
import { clientKey, serverKey } from './keys.ts';
import type { ClientTransaction, OutgoingRequestOptions, SipTimers, TransactionHandlers, Transactions } from './transaction.ts';
import type { Flow, Resolver, Transport } from '../transport/transport.ts';
import { UnacceptedRequests } from './unaccepted-requests.ts';
import type { RequestPool } from './unaccepted-requests.ts';

// Owns every transaction, client and server, and what handles retransmissions afterwards (RFC 3261 section 17, RFC 6026).
// Called by the transport with every message received, and by the user agent core and the proxy to send.
// Must stay true: each request reaches the core once, each request of ours gets exactly one final response, and every table drains.

export type TransactionLayerDeps = {
  readonly clock: EngineClock;
  readonly log: EngineLog;
  readonly transport: Transport;
  readonly resolver: Resolver;
  readonly timers: SipTimers;
  readonly limits: Limits;
  readonly admission: Pick<Admission, 'standingOf' | 'isEmergency' | 'answered' | 'retransmitted'>;
};

export class TransactionLayer implements Transactions {
  readonly #deps: TransactionLayerDeps;
  readonly #timerQueues: TimerQueues;
  readonly #servers: ServerTransactionDeps;
  readonly #clients: OutgoingRequestDeps;
  #handlers: TransactionHandlers | undefined;
  #isFull = false;

  constructor(deps: TransactionLayerDeps) {
    const { clock, limits, resolver, timers, transport } = deps;
    this.#deps = deps;
    this.#timerQueues = new TimerQueues(clock);
    const shared = { clock, timers, transport, timerQueues: this.#timerQueues };
    this.#servers = {
      ...shared,
      live: new Map(),
      finished: new FinishedTransactions(clock, limits.completedTransactions),
      refused: new FinishedTransactions(clock, limits.completedTransactions),
      unaccepted: new UnacceptedRequests(),
    };
    this.#clients = {
      ...shared,
      live: new Map(),
      accepted: new Set(),
      finished: new FinishedTransactions(clock, limits.completedTransactions),
      resolver,
      pending: new Set(),
      limit: limits.clientTransactions,
      isEmergency: (request) => deps.admission.isEmergency(request),
      onStrayResponse: (response, flow) => this.#handlers?.onStrayResponse(response, flow),
    };
  }

  setHandlers(handlers: TransactionHandlers): void {
    this.#handlers = handlers;
  }

  receive(message: SipMessage, flow: Flow): void {
    const via = message.topVia;
    if (via === undefined || !isUnicastPeer(flow.remoteAddress, flow.remotePort)) return;
    if (!message.isRequest) return this.#onResponse(message, { flow, via });
    const fault = faultOf(message);
    if (fault !== undefined) {
      if (message.method !== 'ACK') this.#answer(flow, { request: message, response: buildResponse(message, 400, fault) });
      return;
    }
    if (message.method === 'ACK') this.#onAck(message, { flow, via });
    else if (message.method === 'CANCEL') this.#onCancel(message, { flow, via });
    else this.#onRequest(message, { flow, via });
  }

  /** The transactions of a closed connection stay until their timers fire: `respond` returns `closed`, pending requests end with 408. */
  flowClosed(_flow: Flow): void {}

  request(outgoing: OutgoingRequestOptions): ClientTransaction | { readonly problem: string } {
    const request = new OutgoingRequest(outgoing, this.#clients);
    return request.start() ?? request;
  }

  sendStateless(outgoing: StatelessRequest): { readonly problem: string } | undefined {
    return sendStateless(outgoing, this.#deps);
  }

  sendResponse(response: SipMessage, flow: Flow): void {
    sendByVia(response, flow, this.#deps);
  }

  resend(message: SipMessage, flow: Flow): void {
    if (flow.isOpen) this.#deps.transport.send(flow, serialize(message));
  }

  sizes(): Record<string, number> {
    return {
      serverTransactions: this.#servers.live.size,
      unacceptedRequests: this.#servers.unaccepted.size,
      finishedServerTransactions: this.#servers.finished.size + this.#servers.refused.size,
      clientTransactions: this.#clients.live.size,
      finishedClientTransactions: this.#clients.finished.size,
      requestsInFlight: this.#clients.pending.size,
      transactionTimers: this.#timerQueues.size,
    };
  }

  stop(): void {
    for (const request of this.#clients.pending) request.stop();
    for (const transaction of this.#clients.live.values()) transaction.stop();
    for (const transaction of this.#servers.live.values()) transaction.stop();
    this.#servers.finished.stop();
    this.#servers.refused.stop();
    this.#clients.finished.stop();
    this.#timerQueues.stop();
  }

  #onResponse(response: SipMessage, { flow, via }: MessageOrigin): void {
    const method = response.cseq?.method ?? '';
    const key = clientKey(via.params.get('branch') ?? '', method);
    const transaction = this.#clients.live.get(key);
    if (transaction !== undefined) {
      if (response.status >= 200 && transaction.state !== 'accepted') this.#deps.admission.answered(flow);
      return transaction.receive(response, flow);
    }
    const finished = this.#clients.finished.find(key);
    // A 2xx to an INVITE that had failed on our side comes from another fork: the core must end that call.
    if (finished === undefined || (method === 'INVITE' && response.status >= 200 && response.status < 300)) {
      this.#handlers?.onStrayResponse(response, flow);
      return;
    }
    const { bytes } = finished;
    if (bytes !== undefined && response.status >= 300) this.#send(flow, bytes);
  }

  #onAck(ack: SipMessage, { flow, via }: MessageOrigin): void {
    const key = serverKey(ack, via, 'INVITE');
    if (this.#servers.live.get(key)?.absorbAck() === true || this.#finished(key) !== undefined) return;
    this.#handlers?.onAck(ack, flow);
  }

  #onCancel(cancel: SipMessage, { flow, via }: MessageOrigin): void {
    const key = serverKey(cancel, via, 'CANCEL');
    if (this.#isRepeated(cancel, { key, flow })) return;
    const invite = this.#servers.live.get(serverKey(cancel, via, 'INVITE'));
    const pool = this.#poolOf(cancel, flow);
    const transaction = new SipServerTransaction(cancel, flow, { key, pool, deps: this.#servers });
    // An answered call goes on; a 200 would make the caller believe that it has ended.
    if (invite === undefined || invite.state === 'accepted') {
      transaction.respond(buildResponse(cancel, 481, 'Call/Transaction Does Not Exist'));
      return;
    }
    transaction.respond(buildResponse(cancel, 200, 'OK', { toTag: invite.fixToTag() }));
    if (invite.state !== 'proceeding' || invite.isCancelled) return;
    invite.isCancelled = true;
    this.#handlers?.onCancel(cancel, invite);
  }

  #onRequest(request: SipMessage, { flow, via }: MessageOrigin): void {
    const key = serverKey(request, via, request.method);
    if (this.#isRepeated(request, { key, flow })) return;
    if (!this.#hasRoom(request)) return this.#refuse(request, flow);
    const pool = this.#poolOf(request, flow);
    const transaction = new SipServerTransaction(request, flow, { key, pool, deps: this.#servers });
    if (transaction.isInvite && pool === 'trunk') transaction.sendTrying();
    this.#handlers?.onRequest(transaction);
  }

  /** True for a retransmission, which is answered with what its transaction answered (RFC 3261 section 17.2.3). */
  #isRepeated(request: SipMessage, { key, flow }: { key: string; flow: Flow }): boolean {
    const { live, refused } = this.#servers;
    const known = live.get(key);
    const finished = known === undefined ? this.#finished(key) : undefined;
    if (known === undefined && finished === undefined) return false;
    this.#deps.admission.retransmitted(flow);
    known?.retransmitted(request);
    if (finished === undefined) return true;
    const { bytes } = finished;
    const isBound = refused.find(key) === finished;
    if (bytes !== undefined && (!isBound || new ReplyBudget(request, flow).has(bytes.length))) this.#send(flow, bytes);
    return true;
  }

  #finished(key: string): { readonly bytes: Buffer | undefined } | undefined {
    return this.#servers.finished.find(key) ?? this.#servers.refused.find(key);
  }

  /** The last places are kept for emergency calls. */
  #hasRoom(request: SipMessage): boolean {
    const { admission, limits } = this.#deps;
    const limit = admission.isEmergency(request) ? limits.serverTransactions : withoutEmergencyReserve(limits.serverTransactions);
    const hasRoom = this.#servers.live.size < limit;
    if (hasRoom) this.#isFull = false;
    return hasRoom;
  }

  #poolOf(request: SipMessage, flow: Flow): RequestPool {
    const { admission } = this.#deps;
    const standing = admission.standingOf(flow);
    const isBelow = standing === 'sameAddress' || standing === 'untrusted';
    return isBelow && admission.isEmergency(request) ? 'emergency' : standing;
  }

  /** Over UDP silence is cheaper than an answer, which goes nowhere if the source is forged. */
  #refuse(request: SipMessage, flow: Flow): void {
    if (!this.#isFull) this.#deps.log.warn({ limit: this.#deps.limits.serverTransactions }, 'Server transaction table is full');
    this.#isFull = true;
    if (flow.protocol === 'udp') return;
    this.#answer(flow, { request, response: buildUnavailable(request) });
  }

  /** Answers without a transaction; the ACK that follows matches nothing and is dropped by the core. */
  #answer(flow: Flow, { request, response }: { request: SipMessage; response: SipMessage }): void {
    const bytes = serialize(response);
    if (new ReplyBudget(request, flow).has(bytes.length)) this.#send(flow, bytes);
  }

  #send(flow: Flow, bytes: Buffer): void {
    if (flow.isOpen) this.#deps.transport.send(flow, bytes);
  }
}

type MessageOrigin = { readonly flow: Flow; readonly via: ReadonlyVia };
