import type { EngineClock, EngineTimer } from '../runtime/clock.ts';
import type { SipMessage } from '../message/message.ts';
import type { ClientTransaction } from '../transaction/transaction.ts';

export type ForkTarget = { readonly uri: string; readonly isRedirect: boolean };

/** The timeouts of one target in milliseconds; undefined for none. */
export type ForkTimeouts = {
  readonly provisionalMs: number | undefined;
  readonly finalMs: number | undefined;
  /** Timer C (RFC 3261 section 16.6 step 11); INVITE only. */
  readonly timerCMs: number | undefined;
};

/** One copy of a proxied request, sent to one target. */
export class Fork {
  readonly target: ForkTarget;
  client: ClientTransaction | undefined;
  /** As sent, with our Via and Record-Route. */
  sent: SipMessage | undefined;
  /** No final response yet. */
  isPending = true;
  /** Given up: its responses are no longer forwarded. */
  isAbandoned = false;
  /** To tags of answered calls that were ended because the fork was given up. */
  readonly ended = new Set<string>();
  readonly #clock: EngineClock;
  readonly #timeouts: ForkTimeouts;
  readonly #onTimeout: () => void;
  #provisional: EngineTimer | undefined;
  #final: EngineTimer | undefined;
  #timerC: EngineTimer | undefined;

  constructor(
    target: ForkTarget,
    { clock, timeouts, onTimeout }: { clock: EngineClock; timeouts: ForkTimeouts; onTimeout: () => void },
  ) {
    this.target = target;
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#onTimeout = onTimeout;
    this.#provisional = this.#after(timeouts.provisionalMs);
    this.#final = this.#after(timeouts.finalMs);
    this.#timerC = this.#after(timeouts.timerCMs);
  }

  onProvisional(status: number): void {
    this.#provisional?.cancel();
    if (status === 100) return;
    this.#timerC?.cancel();
    this.#timerC = this.#after(this.#timeouts.timerCMs);
  }

  stopTimers(): void {
    this.#provisional?.cancel();
    this.#final?.cancel();
    this.#timerC?.cancel();
  }

  /** Gives the target up. A CANCEL is sent as soon as RFC 3261 section 9.1 allows. */
  abandon(headers: readonly { key: string; value: string }[]): void {
    this.isAbandoned = true;
    this.stopTimers();
    this.cancel(headers);
  }

  cancel(headers: readonly { key: string; value: string }[]): void {
    if (this.isPending && this.client?.request.method === 'INVITE') this.client.cancel(headers);
  }

  #after(delayMs: number | undefined): EngineTimer | undefined {
    return delayMs === undefined ? undefined : this.#clock.after(delayMs, this.#onTimeout);
  }
}
