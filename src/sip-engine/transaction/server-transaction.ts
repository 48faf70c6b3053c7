import type { EngineClock, EngineTimer } from '../runtime/clock.ts';
import { TimerQueueItem } from '../runtime/timer-queue.ts';
import type { TimerQueues } from '../runtime/timer-queue.ts';
import type { FinishedTransactions } from './finished-transactions.ts';
import { newTag, newUuid } from '../runtime/ids.ts';
import type { SipMessage } from '../message/message.ts';
import { ReplyBudget } from '../transport/reply-budget.ts';
import { buildResponse, buildUnavailable } from '../message/response-builder.ts';
import { serialize } from '../message/serialize.ts';
import { inviteServer, nonInviteServer } from './state-machines.ts';
import type { ServerAction, ServerEvent, ServerMachine, ServerState } from './state-machines.ts';
import type { ServerTransaction, SipTimers } from './transaction.ts';
import type { Flow, Transport } from '../transport/transport.ts';
import type { RequestPool, UnacceptedRequests } from './unaccepted-requests.ts';

/** What every server transaction of a layer shares. */
export type ServerTransactionDeps = {
  readonly clock: EngineClock;
  readonly timers: SipTimers;
  readonly transport: Transport;
  readonly timerQueues: TimerQueues;
  readonly finished: FinishedTransactions;
  /** The same for requests that no application accepted, so that they cannot evict the others. */
  readonly refused: FinishedTransactions;
  readonly unaccepted: UnacceptedRequests;
  /** Every server transaction that is not over, by its key. */
  readonly live: Map<string, SipServerTransaction>;
};

/** RFC 3261 section 17.2.1: an answer that comes sooner makes 100 Trying needless. */
const tryingMs = 200;
/** Size of a challenge: a peer that got 100 no longer retransmits, so the budget must still cover the answer. */
const challengeBytes = 800;

type ServerTransactionOptions = { readonly key: string; readonly pool: RequestPool; readonly deps: ServerTransactionDeps };

/**
 * One request from the network and its responses (RFC 3261 section 17.2, RFC 6026 section 7.1).
 *
 * Until an application accepts it, its source address may be forged: an INVITE that is refused before that is answered once and forgotten,
 * and its retransmission is a new request; over UDP at most twice the bytes received are sent.
 */
export class SipServerTransaction extends TimerQueueItem implements ServerTransaction {
  readonly id = newUuid();
  readonly request: SipMessage;
  readonly flow: Flow;
  context: unknown;
  onAckTimeout: (() => void) | undefined;
  onTerminated: (() => void) | undefined;
  /** The core was notified of a CANCEL for it. */
  isCancelled = false;

  readonly #key: string;
  readonly #machine: ServerMachine;
  readonly #deps: ServerTransactionDeps;
  #state: ServerState;
  #hasFinal = false;
  #requiresAck = false;
  #lastResponse: SipMessage | undefined;
  #lastBytes: Buffer | undefined;
  #toTag: string | undefined;
  #retransmission: EngineTimer | undefined;
  #retransmitMs: number;
  readonly #pool: RequestPool;
  /** Undefined once it is accepted. */
  #budget: ReplyBudget | undefined;

  constructor(request: SipMessage, flow: Flow, { key, pool, deps }: ServerTransactionOptions) {
    super();
    this.request = request;
    this.flow = flow;
    this.#key = key;
    this.#deps = deps;
    this.#toTag = request.toTag;
    this.#retransmitMs = deps.timers.t1;
    this.#machine = this.isInvite ? inviteServer : nonInviteServer;
    this.#state = this.isInvite ? 'proceeding' : 'trying';
    this.#pool = pool;
    this.#budget = new ReplyBudget(request, flow);
    deps.live.set(key, this);
    // For a non-INVITE no timer of the RFC: the bound for a request that is never answered.
    deps.timerQueues.start(this, this.isInvite ? tryingMs : deps.timers.t1x64);
  }

  get isInvite(): boolean {
    return this.request.method === 'INVITE';
  }

  get state(): ServerState {
    return this.#state;
  }

  get lastResponse(): SipMessage | undefined {
    return this.#lastResponse;
  }

  get toTag(): string | undefined {
    return this.#toTag;
  }

  respond(response: SipMessage): 'sent' | 'answered' | 'closed' {
    if (this.#hasFinal || this.#state === 'terminated') return 'answered';
    const isFinal = response.status >= 200;
    this.#hasFinal = isFinal;
    this.#requiresAck ||= response.status === 100;
    this.#lastResponse = response;
    if (!this.flow.isOpen) {
      if (isFinal) this.#remove('terminated');
      return 'closed';
    }
    this.#lastBytes = serialize(response);
    if (response.status > 100) this.#toTag ??= response.toTag;
    if (isFinal && this.#isAnsweredOnce) {
      this.#send(this.#lastBytes);
      this.#remove('terminated');
    } else this.#step(this.#eventOf(response.status));
    return 'sent';
  }

  markPending(): void {
    if (this.#budget !== undefined) this.#deps.unaccepted.add(this, this.#pool);
  }

  accept(): void {
    if (this.#budget === undefined) return;
    this.#budget = undefined;
    this.#deps.unaccepted.remove(this, this.#pool);
  }

  requireAck(): void {
    this.#requiresAck = true;
  }

  sendTrying(): void {
    if (this.#lastResponse === undefined) this.respond(buildResponse(this.request, 100, 'Trying'));
  }

  drop(): void {
    // A peer that got 100 no longer retransmits: it must not wait for ever.
    if (this.#lastResponse?.status === 100) this.#send(serialize(buildUnavailable(this.request)));
    this.#remove('terminated');
  }

  resend(response: SipMessage): void {
    this.#send(response === this.#lastResponse ? this.#lastBytes : serialize(response));
  }

  ackReceived(): void {
    this.#step('ack-2xx');
  }

  /** A retransmission of the request came. */
  retransmitted(request: SipMessage): void {
    this.#budget?.retransmitted(request);
    this.#step('request');
  }

  /** An ACK with this branch came: true if it is absorbed here, false if it is for a 2xx. */
  absorbAck(): boolean {
    if (this.#state === 'accepted') return false;
    this.#step('ack');
    return true;
  }

  /** The To tag for a 200 to a CANCEL, which the final response must repeat (RFC 3261 section 9.2). */
  fixToTag(): string {
    this.#toTag ??= newTag();
    return this.#toTag;
  }

  expire(): void {
    if (!this.isInvite || this.#state !== 'proceeding') this.#step('expire');
    else if (this.#budget?.has(challengeBytes) !== false) this.sendTrying();
  }

  /** Ends without sending or notifying anything. */
  stop(): void {
    this.onAckTimeout = undefined;
    this.onTerminated = undefined;
    this.#remove('terminated');
  }

  #eventOf(status: number): ServerEvent {
    if (status < 200) return 'provisional';
    if (!this.isInvite) return 'final';
    return status < 300 ? 'success' : 'failure';
  }

  #step(event: ServerEvent): void {
    const step = this.#machine[this.#state][event];
    if (step === undefined) return;
    this.#state = step.state;
    for (const action of step.actions) this.#perform(action);
  }

  #perform(action: ServerAction): void {
    const { timerQueues, timers } = this.#deps;
    const finished = this.#budget === undefined ? this.#deps.finished : this.#deps.refused;
    switch (action) {
      case 'send':
      case 'resend':
        return this.#send(this.#lastBytes);
      case 'start-retransmit':
        return this.#startRetransmit();
      case 'start-timeout':
        // Timer H in completed (RFC 3261 section 17.2.1), Timer L in accepted (RFC 6026 section 7.1).
        return timerQueues.start(this, timers.t1x64);
      case 'absorb-and-resend':
        // Timer J (RFC 3261 section 17.2.2).
        if (!this.#isReliable) finished.keep(this.#key, this.#lastBytes, timers.t1x64);
        return undefined;
      case 'absorb-for-64t1':
        // Timer L goes on after the ACK (RFC 6026 section 7.1).
        if (!this.#isReliable) finished.keep(this.#key, undefined, timers.t1x64);
        return undefined;
      case 'absorb-for-t4':
        // Timer I after the ACK (RFC 3261 section 17.2.1).
        if (!this.#isReliable) finished.keep(this.#key, undefined, timers.t4);
        return undefined;
      case 'notify-ack-timeout':
        return this.onAckTimeout?.();
      case 'remove':
        return this.#remove(this.#state);
    }
  }

  /** Not for a peer that got 100: it no longer retransmits, so the answer must be sure to arrive. */
  get #isAnsweredOnce(): boolean {
    return this.isInvite && this.#budget !== undefined && !this.#requiresAck;
  }

  get #isReliable(): boolean {
    return this.flow.protocol !== 'udp';
  }

  #send(bytes: Buffer | undefined): void {
    if (bytes === undefined || !this.flow.isOpen || this.#budget?.spend(bytes.length) === false) return;
    this.#deps.transport.send(this.flow, bytes);
  }

  /** Timer G for a failure (RFC 3261 section 17.2.1); the retransmission of a 2xx (section 13.3.1.4) has the same schedule. */
  #startRetransmit(): void {
    if (this.#isReliable) return;
    const delayMs = this.#retransmitMs;
    this.#retransmitMs = Math.min(delayMs * 2, this.#deps.timers.t2);
    this.#retransmission = this.#deps.clock.after(delayMs, () => this.#step('retransmit'));
  }

  #remove(state: ServerState): void {
    this.#state = state;
    this.#retransmission?.cancel();
    this.#deps.timerQueues.cancel(this);
    if (this.#budget !== undefined) this.#deps.unaccepted.remove(this, this.#pool);
    if (this.#deps.live.get(this.#key) === this) this.#deps.live.delete(this.#key);
    const onTerminated = this.onTerminated;
    this.onTerminated = undefined;
    onTerminated?.();
  }
}
