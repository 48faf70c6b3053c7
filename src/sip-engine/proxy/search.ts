import type { EngineClock } from '../runtime/clock.ts';
import { parseNameAddr } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import { Fork } from './fork.ts';
import type { ForkTarget, ForkTimeouts } from './fork.ts';
import { RSeqTranslation } from './rseq-translation.ts';
import { bestOf, responseActionOf } from './best-response.ts';
import type { HeldResponse } from './best-response.ts';
import { endAbandonedFork } from './abandoned-fork.ts';
import { redirectTargets } from './redirect-targets.ts';
import { buildResponse } from '../message/response-builder.ts';
import type { OutgoingRequestOptions, ServerTransaction, Transactions } from '../transaction/transaction.ts';
import type { Flow } from '../transport/transport.ts';

// Owns one proxied request from its first fork to its last response: which targets are tried when, and what the caller gets (RFC 3261 section 16.7).
// Called by the proxy core, once for each request it forwards.
// Must stay true: the caller gets one final response or a 2xx of each fork, and no abandoned fork is left ringing or answered.

export type SearchPlan = {
  readonly transaction: ServerTransaction;
  readonly targets: readonly ForkTarget[];
  readonly isSimultaneous: boolean;
  readonly followRedirects: boolean;
  readonly timeouts: ForkTimeouts;
  /** Most targets tried in all, redirects included. */
  readonly limits: { readonly targets: number; readonly redirects: number; readonly earlyDialogs: number };
  /** True when the RSeq of responses is renumbered: only where the PRACK is sure to pass here again. */
  readonly rewritesRSeq: boolean;
  /** The copy for a target, complete except for what depends on the listener. */
  readonly copyFor: (target: ForkTarget) => Pick<OutgoingRequestOptions, 'message' | 'nextHop' | 'flow' | 'prepare'>;
};

/** What the search reports, as it happens. */
export type SearchListener = {
  readonly onSent: (copy: SipMessage) => void;
  /** A final response of a fork that was not given up, as received: our Via on top. */
  readonly onTargetAnswered: (response: SipMessage, flow: Flow | undefined, target: ForkTarget) => void;
  /** The final response to the caller. */
  readonly onAnswered: (response: SipMessage) => void;
  /** onTargetAnswered will not be called again. */
  readonly onDone: () => void;
  /** Every fork has had its final response. */
  readonly onClosed: () => void;
};

type State = 'searching' | 'succeeded' | 'failed' | 'cancelled';
type ProxySearchDeps = { readonly clock: EngineClock; readonly transactions: Transactions };

const completedElsewhere = [{ key: 'reason', value: 'SIP;cause=200;text="Call completed elsewhere"' }];

/** The response context of RFC 3261 section 16.7. */
export class ProxySearch {
  readonly plan: SearchPlan;
  readonly rseqs: RSeqTranslation<Fork>;
  readonly #listener: SearchListener;
  readonly #deps: ProxySearchDeps;
  readonly #forks = new Set<Fork>();
  /** Early dialogs by To tag: which fork, and the Contact of the peer. */
  readonly #early = new Map<string, { readonly fork: Fork; readonly contact: string | undefined }>();
  readonly #held: HeldResponse[] = [];
  #waiting: ForkTarget[];
  #triedCount = 0;
  #redirects = 0;
  #state: State = 'searching';
  #isDone = false;
  #isClosed = false;

  constructor(plan: SearchPlan, listener: SearchListener, deps: ProxySearchDeps) {
    this.plan = plan;
    this.rseqs = new RSeqTranslation(plan.limits.earlyDialogs * 4);
    this.#listener = listener;
    this.#deps = deps;
    this.#waiting = [...plan.targets];
  }

  /** False when no copy could be sent; then the caller got no response. */
  start(): boolean {
    const { transaction } = this.plan;
    const before = transaction.onTerminated;
    transaction.onTerminated = () => {
      before?.();
      this.#onCallerTransactionEnded();
    };
    this.#tryNext();
    if (this.#forks.size > 0) return true;
    transaction.onTerminated = before;
    return false;
  }

  /** The caller cancelled: 487 to it, CANCEL to the targets (RFC 3261 section 16.10). */
  cancelled(cancel: SipMessage): void {
    if (this.#state !== 'searching') return;
    this.#state = 'cancelled';
    this.#waiting = [];
    const { transaction } = this.plan;
    const response = buildResponse(transaction.request, 487, 'Request Terminated', { toTag: transaction.toTag });
    transaction.respond(response);
    this.#listener.onAnswered(response);
    const reasons = cancel.getAll('reason').map((value) => ({ key: 'reason', value }));
    for (const fork of this.#forks) {
      fork.stopTimers();
      fork.cancel(reasons);
    }
    this.#advance();
  }

  /** The fork and the peer's Contact of an early dialog; without a known tag the only fork. */
  earlyDialog(toTag: string | undefined): { readonly fork: Fork; readonly contact: string | undefined } | undefined {
    const known = this.#early.get(toTag ?? '');
    if (known) return known;
    const [only, ...others] = this.#forks;
    return only !== undefined && others.length === 0 ? { fork: only, contact: undefined } : undefined;
  }

  stop(): void {
    for (const fork of this.#forks) fork.stopTimers();
  }

  get #isInvite(): boolean {
    return this.plan.transaction.request.method === 'INVITE';
  }

  /** Whether a fork that was not given up has no final response yet. */
  get #isTrying(): boolean {
    for (const fork of this.#forks) if (fork.isPending && !fork.isAbandoned) return true;
    return false;
  }

  #tryNext(): void {
    while (this.#waiting.length > 0 && (this.plan.isSimultaneous || !this.#isTrying)) {
      const target = this.#waiting.shift();
      if (target !== undefined && this.#triedCount < this.plan.limits.targets) this.#tryTarget(target);
    }
  }

  #tryTarget(target: ForkTarget): void {
    const { clock, transactions } = this.#deps;
    this.#triedCount++;
    const fork: Fork = new Fork(target, { clock, timeouts: this.plan.timeouts, onTimeout: () => this.#onForkTimeout(fork) });
    this.#forks.add(fork);
    const client = transactions.request({
      ...this.plan.copyFor(target),
      // The search runs Timer C itself, because it then tries the next target.
      timerC: false,
      onSent: (copy, _flow, sender) => {
        fork.client = sender;
        fork.sent = copy;
        this.#listener.onSent(copy);
      },
      onResponse: (response, flow) => this.#onResponse(fork, response, flow),
    });
    if (!('problem' in client)) {
      fork.client = client;
      return;
    }
    fork.stopTimers();
    this.#forks.delete(fork);
  }

  #onResponse(fork: Fork, response: SipMessage, flow: Flow | undefined): void {
    if (response.status < 200) return this.#onProvisional(fork, response);
    const isFirst = fork.isPending;
    fork.isPending = false;
    fork.stopTimers();
    if (response.status < 300) this.#onSuccess(fork, response, { flow, isFirst });
    else if (isFirst) this.#onFailure(fork, response, flow);
    this.#advance();
  }

  #onProvisional(fork: Fork, response: SipMessage): void {
    if (fork.isAbandoned || this.#state !== 'searching') return;
    fork.onProvisional(response.status);
    if (response.status === 100) return;
    this.#noteEarlyDialog(fork, response);
    const copy = upstream(response);
    if (this.plan.rewritesRSeq) this.rseqs.rewrite(copy, fork);
    this.plan.transaction.respond(copy);
  }

  #noteEarlyDialog(fork: Fork, response: SipMessage): void {
    const tag = response.toTag;
    if (tag === undefined || (this.#early.size >= this.plan.limits.earlyDialogs && !this.#early.has(tag))) return;
    this.#early.set(tag, { fork, contact: parseNameAddr(response.get('contact') ?? '')?.uri });
  }

  #onSuccess(fork: Fork, response: SipMessage, { flow, isFirst }: { flow: Flow | undefined; isFirst: boolean }): void {
    const isUseful = !fork.isAbandoned && (this.#state === 'searching' || this.#state === 'succeeded');
    if (isFirst && !fork.isAbandoned && !this.#isDone) this.#listener.onTargetAnswered(response, flow, fork.target);
    if (!isUseful) {
      this.#endAbandoned(fork, response, flow);
    } else if (this.#state === 'searching') {
      this.#conclude('succeeded', upstream(response));
      for (const other of this.#forks) if (other !== fork) other.cancel(completedElsewhere);
    } else if (this.#isInvite) {
      // RFC 3261 section 16.7 step 5: every 2xx to an INVITE is forwarded, including retransmissions and those of other forks.
      this.#deps.transactions.sendResponse(upstream(response), this.plan.transaction.flow);
    }
  }

  #endAbandoned(fork: Fork, response: SipMessage, flow: Flow | undefined): void {
    if (!this.#isInvite || flow === undefined || fork.sent === undefined) return;
    const tag = response.toTag ?? '';
    const isFirst = !fork.ended.has(tag);
    fork.ended.add(tag);
    endAbandonedFork(response, { flow, request: fork.sent, isFirst }, this.#deps.transactions);
  }

  #onFailure(fork: Fork, response: SipMessage, flow: Flow | undefined): void {
    if (fork.isAbandoned || this.#isDone) return;
    this.#listener.onTargetAnswered(response, flow, fork.target);
    if (this.#state !== 'searching') return;
    const verdict = responseActionOf(response, this.plan.followRedirects);
    if (verdict === 'forward') {
      this.#conclude('failed', upstream(response));
      for (const other of this.#forks) other.abandon([]);
      return;
    }
    this.#held.push({ message: upstream(response), isOwn: flow === undefined });
    if (verdict === 'follow') this.#follow(response);
    if (verdict !== 'give-up') return;
    this.#waiting = [];
    for (const other of this.#forks) other.cancel([]);
  }

  #follow(redirect: SipMessage): void {
    const { targets, limits } = this.plan;
    const tried = [...targets, ...this.#waiting, ...[...this.#forks].map(({ target }) => target)];
    const next = redirectTargets(redirect, { tried, max: limits.redirects - this.#redirects });
    this.#redirects += next.length;
    this.#waiting.unshift(...next);
  }

  #onForkTimeout(fork: Fork): void {
    if (!fork.isPending || fork.isAbandoned) return;
    fork.abandon([]);
    this.#held.push({ message: buildResponse(this.plan.transaction.request, 408, 'Request Timeout'), isOwn: true });
    this.#advance();
  }

  #advance(): void {
    if (this.#state === 'searching') this.#tryNext();
    if (this.#isTrying) return;
    if (this.#state === 'searching') this.#concludeWithBest();
    this.#notifyDone();
    for (const fork of this.#forks) if (fork.isPending) return;
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener.onClosed();
  }

  #concludeWithBest(): void {
    const { request } = this.plan.transaction;
    const best = bestOf(this.#held) ?? buildResponse(request, 408, 'Request Timeout');
    // RFC 4320 section 4.2: a 408 to anything but INVITE would come too late to be of use.
    if (best.status === 408 && !this.#isInvite) this.#state = 'failed';
    else this.#conclude('failed', best);
  }

  #conclude(state: 'succeeded' | 'failed', response: SipMessage): void {
    const { transaction } = this.plan;
    this.#state = state;
    this.#waiting = [];
    const result = transaction.respond(response);
    // The target retransmits its 2xx itself, and the ACK may bypass us.
    if (state === 'succeeded' && this.#isInvite) transaction.ackReceived();
    if (result === 'closed') this.#deps.transactions.sendResponse(response, transaction.flow);
    this.#listener.onAnswered(response);
    this.#notifyDone();
  }

  /** The caller's transaction expired without a response. */
  #onCallerTransactionEnded(): void {
    if (this.#state !== 'searching') return;
    this.#state = 'failed';
    this.#waiting = [];
    for (const fork of this.#forks) fork.abandon([]);
    this.#advance();
  }

  #notifyDone(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#listener.onDone();
  }
}

/** A response as sent to the caller: without our Via (RFC 3261 section 16.7 step 3). */
function upstream(response: SipMessage): SipMessage {
  const copy = response.clone();
  copy.shift('via');
  return copy;
}
