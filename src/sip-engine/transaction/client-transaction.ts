import type { EngineClock, EngineTimer } from '../runtime/clock.ts';
import { TimerQueueItem } from '../runtime/timer-queue.ts';
import type { TimerQueues } from '../runtime/timer-queue.ts';
import type { FinishedTransactions } from './finished-transactions.ts';
import { buildAck } from './ack-and-cancel.ts';
import type { SipMessage } from '../message/message.ts';
import { serialize } from '../message/serialize.ts';
import { clientKey } from './keys.ts';
import { inviteClient, nonInviteClient } from './state-machines.ts';
import type { ClientAction, ClientEvent, ClientMachine, ClientState } from './state-machines.ts';
import type { SipTimers } from './transaction.ts';
import type { Flow, SendFailure, Transport } from '../transport/transport.ts';

/** What every client transaction of a layer shares. */
export type ClientTransactionDeps = {
  readonly clock: EngineClock;
  readonly timers: SipTimers;
  readonly transport: Transport;
  readonly timerQueues: TimerQueues;
  readonly finished: FinishedTransactions;
  /** Every client transaction that is not over, by its key. */
  readonly live: Map<string, SipClientTransaction>;
  /** Those answered by a 2xx, oldest first. */
  readonly accepted: Set<SipClientTransaction>;
};

/**
 * Beyond this the oldest ends before its Timer M: at hundreds of calls a second that would keep thousands of INVITEs in memory. What comes for
 * it afterwards is a late 2xx: a retransmission in an established call gets its ACK again, only one of another fork is ignored.
 */
const maxAccepted = 1_000;

export type ClientTransactionListener = {
  /** Every provisional, the final, and for INVITE every further 2xx. */
  readonly onResponse: (response: SipMessage, flow: Flow) => void;
  /** No final response will come: 'timeout' is Timer B or Timer F, or 64·T1 after a CANCEL. */
  readonly onFailed: (why: 'timeout' | SendFailure) => void;
  /** Timer C fired (RFC 3261 section 16.8). Absent: it does not run. */
  readonly onTimerC?: (() => void) | undefined;
};

/** A request as sent, with its branch, and the flow it goes to. */
export type PreparedRequest = { readonly message: SipMessage; readonly branch: string; readonly flow: Flow };

/** One request to one target (RFC 3261 section 17.1, RFC 6026 section 7.2). Sends on construction. */
export class SipClientTransaction extends TimerQueueItem {
  readonly message: SipMessage;
  readonly flow: Flow;
  readonly #key: string;
  readonly #listener: ClientTransactionListener;
  readonly #deps: ClientTransactionDeps;
  readonly #machine: ClientMachine;
  #state: ClientState;
  #bytes: Buffer | undefined;
  #retransmission: EngineTimer | undefined;
  #retransmitMs: number;
  #response: { readonly message: SipMessage; readonly flow: Flow } | undefined;
  #failureCause: 'timeout' | SendFailure = 'timeout';

  constructor(sent: PreparedRequest, listener: ClientTransactionListener, deps: ClientTransactionDeps) {
    super();
    this.message = sent.message;
    this.flow = sent.flow;
    this.#key = clientKey(sent.branch, sent.message.method);
    this.#listener = listener;
    this.#deps = deps;
    this.#machine = this.#isInvite ? inviteClient : nonInviteClient;
    this.#state = this.#isInvite ? 'calling' : 'trying';
    this.#retransmitMs = deps.timers.t1;
    this.#bytes = serialize(sent.message);
    deps.live.set(this.#key, this);
    // Timer B for an INVITE (RFC 3261 section 17.1.1.2), Timer F for others (section 17.1.2.2).
    deps.timerQueues.start(this, deps.timers.t1x64);
    this.#startRetransmit();
    this.#send();
  }

  get state(): ClientState {
    return this.#state;
  }

  receive(response: SipMessage, flow: Flow): void {
    this.#response = { message: response, flow };
    this.#step(this.#eventOf(response.status));
  }

  /** Its CANCEL was sent: it ends 64·T1 from now at the latest (RFC 3261 section 9.1). */
  cancelled(): void {
    this.#step('cancel-sent');
  }

  expire(): void {
    this.#failureCause = 'timeout';
    this.#step('expire');
  }

  /** Ends without notifying its listener. */
  stop(): void {
    this.#state = 'terminated';
    this.#remove();
  }

  get #isInvite(): boolean {
    return this.message.method === 'INVITE';
  }

  get #isReliable(): boolean {
    return this.flow.protocol !== 'udp';
  }

  #eventOf(status: number): ClientEvent {
    if (status < 200) return 'provisional';
    if (!this.#isInvite) return 'final';
    return status < 300 ? 'success' : 'failure';
  }

  #step(event: ClientEvent): void {
    const step = this.#machine[this.#state][event];
    if (step === undefined) return;
    this.#state = step.state;
    for (const action of step.actions) this.#perform(action);
  }

  #perform(action: ClientAction): void {
    const { timerQueues, finished, timers } = this.#deps;
    switch (action) {
      case 'deliver':
        return this.#deliver();
      case 'resend':
        return this.#send();
      case 'start-retransmit':
        return this.#startRetransmit();
      case 'stop-retransmitting':
        return this.#stopRetransmitting();
      case 'start-timeout':
        // Timer M in accepted (RFC 6026 section 7.2), else 64·T1 after the CANCEL.
        if (this.#state === 'accepted') this.#limitAccepted();
        return timerQueues.start(this, timers.t1x64);
      case 'start-timer-c':
        // RFC 3261 section 16.6 step 11.
        if (this.#listener.onTimerC === undefined) return timerQueues.cancel(this);
        return timerQueues.start(this, timers.timerC);
      case 'notify-timer-c':
        return this.#listener.onTimerC?.();
      case 'ack-failure':
        return this.#ackFailure();
      case 'absorb-for-t4':
        // Timer K (RFC 3261 section 17.1.2.2).
        if (!this.#isReliable) finished.keep(this.#key, undefined, timers.t4);
        return undefined;
      case 'give-up':
        return this.#listener.onFailed(this.#failureCause);
      case 'remove':
        return this.#remove();
    }
  }

  #deliver(): void {
    const response = this.#response;
    this.#response = undefined;
    if (response !== undefined) this.#listener.onResponse(response.message, response.flow);
  }

  #send(): void {
    if (this.#bytes === undefined) return;
    this.#deps.transport.send(this.flow, this.#bytes, (failure) => {
      this.#failureCause = failure;
      this.#step('transport-error');
    });
  }

  #startRetransmit(): void {
    if (this.#isReliable) return;
    const delayMs = this.#nextRetransmission();
    this.#retransmission = this.#deps.clock.after(delayMs, () => this.#step('retransmit'));
  }

  /** Timer A doubles without limit; Timer E doubles up to T2, and is T2 after a provisional (RFC 3261 sections 17.1.1.2, 17.1.2.2). */
  #nextRetransmission(): number {
    const { t2 } = this.#deps.timers;
    if (this.#state === 'proceeding') return t2;
    const delayMs = this.#retransmitMs;
    this.#retransmitMs = this.#isInvite ? delayMs * 2 : Math.min(delayMs * 2, t2);
    return delayMs;
  }

  #stopRetransmitting(): void {
    this.#retransmission?.cancel();
    this.#bytes = undefined;
  }

  /** If the ACK is lost the failure comes again: the bytes are kept for Timer D (RFC 3261 section 17.1.1.2, 64·T1). */
  #ackFailure(): void {
    const { finished, timers, transport } = this.#deps;
    if (this.#response === undefined) return;
    const bytes = serialize(buildAck(this.message, this.#response.message));
    if (this.flow.isOpen) transport.send(this.flow, bytes);
    if (!this.#isReliable) finished.keep(this.#key, bytes, timers.t1x64);
  }

  #limitAccepted(): void {
    const { accepted } = this.#deps;
    accepted.add(this);
    if (accepted.size <= maxAccepted) return;
    const [oldest] = accepted;
    oldest?.stop();
  }

  #remove(): void {
    this.#stopRetransmitting();
    this.#deps.accepted.delete(this);
    this.#deps.timerQueues.cancel(this);
    if (this.#deps.live.get(this.#key) === this) this.#deps.live.delete(this.#key);
  }
}
