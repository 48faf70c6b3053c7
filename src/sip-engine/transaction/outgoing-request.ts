import { SipClientTransaction } from './client-transaction.ts';
import type { ClientTransactionDeps } from './client-transaction.ts';
import type { EngineTimer } from '../runtime/clock.ts';
import { buildCancel, viaFor } from './ack-and-cancel.ts';
import type { ExtraHeader } from './ack-and-cancel.ts';
import { newBranch, newTag, newUuid } from '../runtime/ids.ts';
import { withoutEmergencyReserve } from '../runtime/limits.ts';
import type { SipMessage } from '../message/message.ts';
import { buildResponse } from '../message/response-builder.ts';
import { searchTargets } from './target-search.ts';
import type { TargetCandidate, TargetSearchResult } from './target-search.ts';
import type { ClientTransaction, OutgoingRequestOptions } from './transaction.ts';
import type { Flow, NoTransport, Resolver, SendFailure } from '../transport/transport.ts';

export type OutgoingRequestDeps = ClientTransactionDeps & {
  readonly resolver: Resolver;
  /** Requests without a final response. */
  readonly pending: Set<OutgoingRequest>;
  readonly limit: number;
  /** An emergency call gets the reserved places. */
  readonly isEmergency: (request: SipMessage) => boolean;
  readonly onStrayResponse: (response: SipMessage, flow: Flow) => void;
};

type FailureStatus = readonly [status: number, reason: string];

const timedOut: FailureStatus = [408, 'Request Timeout'];
const unavailable: FailureStatus = [503, 'Service Unavailable'];
const terminated: FailureStatus = [487, 'Request Terminated'];
const nothingFound: Readonly<Record<'unresolved' | 'unsupported' | 'gone', FailureStatus>> = {
  unresolved: [503, 'DNS Error'],
  unsupported: [416, 'Unsupported URI Scheme'],
  gone: [410, 'Gone'],
};

/** One request of ours until its final response, with failover to further targets (RFC 3263 section 4.3), and its CANCEL. */
export class OutgoingRequest implements ClientTransaction {
  readonly id = newUuid();
  #outgoing: OutgoingRequestOptions;
  readonly #deps: OutgoingRequestDeps;
  #message: SipMessage;
  #candidates: readonly TargetCandidate[] = [];
  #transaction: SipClientTransaction | undefined;
  #wasSent = false;
  #isSearching = true;
  #hasProvisional = false;
  #hasRinging = false;
  #hasFinal = false;
  #isAbandoned = false;
  #failureTimer: EngineTimer | undefined;
  #cancelHeaders: readonly ExtraHeader[] = [];
  #cancel: SipMessage | undefined;

  constructor(outgoing: OutgoingRequestOptions, deps: OutgoingRequestDeps) {
    this.#outgoing = outgoing;
    this.#deps = deps;
    this.#message = outgoing.message;
  }

  /** Sends, or returns at once that no transport fits. */
  start(): NoTransport | undefined {
    const { live, limit, pending, isEmergency } = this.#deps;
    pending.add(this);
    if (live.size >= (isEmergency(this.#outgoing.message) ? limit : withoutEmergencyReserve(limit))) {
      this.#endUnsent(unavailable);
      return undefined;
    }
    const problem = searchTargets(this.#outgoing, this.#deps, (result) => this.#onTargets(result));
    if (problem !== undefined) pending.delete(this);
    return problem;
  }

  get request(): SipMessage {
    return this.#message;
  }

  get flow(): Flow | undefined {
    return this.#transaction?.flow;
  }

  get hasFinal(): boolean {
    return this.#hasFinal;
  }

  get hasProvisional(): boolean {
    return this.#hasProvisional;
  }

  cancel(extraHeaders: readonly ExtraHeader[]): SipMessage {
    if (this.#cancel !== undefined) return this.#cancel;
    this.#cancelHeaders = extraHeaders;
    this.#cancel = buildCancel(this.#message, extraHeaders);
    this.#cancelIfDue();
    return this.#cancel;
  }

  abandon(): void {
    this.#isAbandoned = true;
    if (!this.#isSearching) return;
    this.#hasFinal = true;
    this.#deps.pending.delete(this);
  }

  stop(): void {
    this.#isAbandoned = true;
    this.#hasFinal = true;
    this.#failureTimer?.cancel();
    this.#deps.pending.delete(this);
  }

  #onTargets(result: TargetSearchResult): void {
    this.#isSearching = false;
    if (this.#hasFinal) return;
    if (this.#cancel !== undefined) return this.#endUnsent(terminated);
    if (result.kind === 'nothing') return this.#endUnsent(nothingFound[result.why]);
    this.#candidates = result.candidates;
    this.#sendToNext();
  }

  #sendToNext(): void {
    const [candidate, ...rest] = this.#candidates;
    if (candidate === undefined) return;
    this.#candidates = rest;
    const { transport } = this.#deps;
    const branch = newBranch();
    const message = this.#prepared(candidate.listener, branch);
    const flow = candidate.flow ?? transport.flowTo(candidate.listener, candidate.target);
    this.#message = message;
    this.#hasProvisional = false;
    this.#notifySent(flow);
    // The last target: nothing is prepared again. An answered call is kept for 64·T1, so a second copy of each message would cost memory.
    if (rest.length === 0) this.#outgoing = { ...this.#outgoing, message, prepare: undefined, onSent: () => {} };
    const timerC = this.#outgoing.timerC ?? true;
    this.#transaction = new SipClientTransaction(
      { message, branch, flow },
      {
        onResponse: (response, from) => this.#onResponse(response, from),
        onFailed: (why) => this.#targetFailed(why, candidate),
        onTimerC: timerC ? () => void this.cancel([]) : undefined,
      },
      this.#deps,
    );
  }

  #prepared(listener: TargetCandidate['listener'], branch: string): SipMessage {
    const message = this.#outgoing.message.clone();
    this.#outgoing.prepare?.(message, listener);
    message.prepend('via', viaFor(listener, branch));
    return message;
  }

  #notifySent(flow: Flow | undefined): void {
    if (this.#wasSent) return;
    this.#wasSent = true;
    if (!this.#isAbandoned) this.#outgoing.onSent(this.#message, flow, this);
  }

  #onResponse(response: SipMessage, flow: Flow): void {
    if (response.status < 200) {
      this.#hasProvisional = true;
      this.#hasRinging ||= response.status > 100;
      if (!this.#isAbandoned) this.#outgoing.onResponse(response, flow);
      return this.#cancelIfDue();
    }
    if (response.status === 503 && this.#mayTryAnother()) return this.#sendToNext();
    this.#end(response, flow);
  }

  /** Once the caller has heard one target ring, no other is tried. */
  #mayTryAnother(): boolean {
    return this.#candidates.length > 0 && !this.#hasRinging && this.#cancel === undefined && !this.#isAbandoned;
  }

  #targetFailed(why: 'timeout' | SendFailure, { target }: TargetCandidate): void {
    if (target !== undefined && (why === 'timeout' ? !this.#hasProvisional : why.kind !== 'too-large')) {
      this.#deps.resolver.reportFailure(target);
    }
    if (this.#mayTryAnother()) return this.#sendToNext();
    const [status, reason] = failureStatusOf(why, target === undefined);
    this.#end(this.#localResponse(status, reason), undefined);
  }

  #end(response: SipMessage, flow: Flow | undefined): void {
    this.#hasFinal = true;
    this.#deps.pending.delete(this);
    if (!this.#isAbandoned) this.#outgoing.onResponse(response, flow);
    else if (flow !== undefined && response.status < 300) this.#deps.onStrayResponse(response, flow);
  }

  /** The response comes in a later turn: callers rely on `onSent` and on having the transaction first. */
  #endUnsent([status, reason]: FailureStatus): void {
    this.#isSearching = false;
    const [listener] = this.#deps.transport.listeners;
    if (listener !== undefined) this.#message = this.#prepared(listener, newBranch());
    this.#notifySent(undefined);
    this.#failureTimer = this.#deps.clock.after(0, () => this.#end(this.#localResponse(status, reason), undefined));
  }

  #localResponse(status: number, reason: string): SipMessage {
    return buildResponse(this.#message, status, reason, { toTag: newTag() });
  }

  /** RFC 3261 section 9.1: a CANCEL waits for a provisional; a final makes it pointless. */
  #cancelIfDue(): void {
    const transaction = this.#transaction;
    if (this.#cancel === undefined || transaction?.state !== 'proceeding' || transaction.message.method !== 'INVITE') return;
    this.#cancel = buildCancel(transaction.message, this.#cancelHeaders);
    const branch = transaction.message.topVia?.params.get('branch') ?? '';
    transaction.cancelled();
    const noListener = { onResponse() {}, onFailed() {} };
    void new SipClientTransaction({ message: this.#cancel, branch, flow: transaction.flow }, noListener, this.#deps);
  }
}

function failureStatusOf(why: 'timeout' | SendFailure, isPinned: boolean): FailureStatus {
  if (why === 'timeout') return timedOut;
  if (why.kind === 'too-large') return [513, 'Message Too Large'];
  return why.kind === 'closed' && isPinned ? nothingFound.gone : unavailable;
}
