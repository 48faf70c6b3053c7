import type { EngineClock, EngineTimer } from './clock.ts';
import { Expiring } from './expiry-line.ts';
import type { Expiries } from './expiry-line.ts';
import type { FinishedTransactions } from './finished-transactions.ts';
import { newTag, newUuid } from './ids.ts';
import type { SipMessage } from './message.ts';
import { serialize } from './serialize.ts';
import { inviteServer, otherServer } from './transaction-states.ts';
import type { ServerAction, ServerEvent, ServerMachine, ServerState } from './transaction-states.ts';
import type { ServerTransaction, SipTimers } from './transaction.ts';
import type { Flow, Transport } from './transport.ts';

/** What every server transaction of a layer shares. */
export type ServerSurroundings = {
  readonly clock: EngineClock;
  readonly timers: SipTimers;
  readonly transport: Transport;
  readonly expiries: Expiries;
  readonly finished: FinishedTransactions;
  /** Every server transaction that is not over, by its key. */
  readonly live: Map<string, NetworkRequest>;
};

/** One request from the network and its answers (RFC 3261 section 17.2, RFC 6026 section 7.1). */
export class NetworkRequest extends Expiring implements ServerTransaction {
  readonly id = newUuid();
  readonly request: SipMessage;
  readonly flow: Flow;
  context: unknown;
  onAckTimeout: (() => void) | undefined;
  onTerminated: (() => void) | undefined;
  /** A CANCEL for it was told to the core. */
  isCancelled = false;

  readonly #key: string;
  readonly #machine: ServerMachine;
  readonly #surroundings: ServerSurroundings;
  #state: ServerState;
  #hasFinal = false;
  #lastResponse: SipMessage | undefined;
  #lastBytes: Buffer | undefined;
  #toTag: string | undefined;
  #retransmission: EngineTimer | undefined;
  #retransmitMs: number;

  constructor(request: SipMessage, flow: Flow, { key, surroundings }: { key: string; surroundings: ServerSurroundings }) {
    super();
    this.request = request;
    this.flow = flow;
    this.#key = key;
    this.#surroundings = surroundings;
    this.#toTag = request.toTag;
    this.#retransmitMs = surroundings.timers.t1;
    this.#machine = this.isInvite ? inviteServer : otherServer;
    this.#state = this.isInvite ? 'proceeding' : 'trying';
    surroundings.live.set(key, this);
    if (!this.isInvite) surroundings.expiries.start(this, surroundings.timers.t1x64);
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
    this.#lastResponse = response;
    if (!this.flow.isOpen) {
      if (isFinal) this.#leave('terminated');
      return 'closed';
    }
    this.#lastBytes = serialize(response);
    if (response.status > 100) this.#toTag ??= response.toTag;
    this.#step(this.#eventOf(response.status));
    return 'sent';
  }

  resend(response: SipMessage): void {
    this.#send(response === this.#lastResponse ? this.#lastBytes : serialize(response));
  }

  acknowledged(): void {
    this.#step('acknowledged');
  }

  /** The request came again. */
  retransmitted(): void {
    this.#step('request');
  }

  /** An ACK in this transaction came: true if it ends here, false if it is one for a 2xx. */
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
    this.#step('expire');
  }

  /** Ends without a word to anybody. */
  stop(): void {
    this.onAckTimeout = undefined;
    this.onTerminated = undefined;
    this.#leave('terminated');
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
    const { expiries, finished, timers } = this.#surroundings;
    switch (action) {
      case 'send':
      case 'resend':
        return this.#send(this.#lastBytes);
      case 'retransmit-later':
        return this.#retransmitLater();
      case 'expire-later':
        return expiries.start(this, timers.t1x64);
      case 'absorb-with-answer':
        if (!this.#isReliable) finished.keep(this.#key, this.#lastBytes, timers.t1x64);
        return undefined;
      case 'absorb-long':
        if (!this.#isReliable) finished.keep(this.#key, undefined, timers.t1x64);
        return undefined;
      case 'absorb-short':
        if (!this.#isReliable) finished.keep(this.#key, undefined, timers.t4);
        return undefined;
      case 'tell-ack-timeout':
        return this.onAckTimeout?.();
      case 'leave':
        return this.#leave(this.#state);
    }
  }

  get #isReliable(): boolean {
    return this.flow.protocol !== 'udp';
  }

  #send(bytes: Buffer | undefined): void {
    if (bytes !== undefined && this.flow.isOpen) this.#surroundings.transport.send(this.flow, bytes);
  }

  #retransmitLater(): void {
    if (this.#isReliable) return;
    const delayMs = this.#retransmitMs;
    this.#retransmitMs = Math.min(delayMs * 2, this.#surroundings.timers.t2);
    this.#retransmission = this.#surroundings.clock.after(delayMs, () => this.#step('retransmit'));
  }

  #leave(state: ServerState): void {
    this.#state = state;
    this.#retransmission?.cancel();
    this.#surroundings.expiries.cancel(this);
    if (this.#surroundings.live.get(this.#key) === this) this.#surroundings.live.delete(this.#key);
    const onTerminated = this.onTerminated;
    this.onTerminated = undefined;
    onTerminated?.();
  }
}
