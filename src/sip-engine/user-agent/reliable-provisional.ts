import { randomInt } from 'node:crypto';
import type { EngineClock, EngineTimer } from '../runtime/clock.ts';
import { splitList } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import type { ServerTransaction, SipTimers } from '../transaction/transaction.ts';

type QueuedProvisional = { readonly response: SipMessage; readonly onSent: (result: ProvisionalSendResult) => void };
/** A 2xx that is held back; exactly one of the two runs. */
type DeferredSuccess = { readonly send: () => void; readonly drop: () => void };
export type ProvisionalSendResult = ReturnType<ServerTransaction['respond']> | 'dropped';

type ReliableProvisionalsDeps = {
  readonly clock: EngineClock;
  readonly timers: SipTimers;
  readonly transaction: ServerTransaction;
  /** A response with this RSeq now waits for its PRACK, or no longer does. */
  readonly onOutstanding: (rseq: number, isOutstanding: boolean) => void;
  /** No PRACK came within 64·T1. */
  readonly onTimeout: () => void;
};

/**
 * The reliable provisional responses to one INVITE (RFC 3262 section 3): one at a time, retransmitted until its PRACK; the next
 * one, and a 2xx after one with a session description, wait for it.
 */
export class ReliableProvisionals {
  readonly #deps: ReliableProvisionalsDeps;
  #rseq = randomInt(1, 0x7fff_0000);
  #outstanding: QueuedProvisional | undefined;
  #isPrackUnanswered = false;
  readonly #queue: QueuedProvisional[] = [];
  #final: DeferredSuccess | undefined;
  #timer: EngineTimer | undefined;
  #isOver = false;

  constructor(deps: ReliableProvisionalsDeps) {
    this.#deps = deps;
  }

  send(response: SipMessage, onSent: QueuedProvisional['onSent']): void {
    this.#queue.push({ response, onSent });
    this.#next();
  }

  /** True when this RSeq was outstanding: answer its PRACK now, then call `prackAnswered`. */
  acknowledge(rseq: number): boolean {
    if (this.#outstanding === undefined || rseq !== this.#rseq) return false;
    this.#clearOutstanding();
    this.#isPrackUnanswered = true;
    return true;
  }

  prackAnswered(): void {
    this.#isPrackUnanswered = false;
    this.#next();
    this.#releaseFinal();
  }

  /** Holds a 2xx back while a response with a session description is not acknowledged. False: send it now. */
  deferSuccess(final: DeferredSuccess): boolean {
    const hasOffer = [this.#outstanding, ...this.#queue].some(
      (waiting) => waiting !== undefined && waiting.response.body.length > 0,
    );
    if (!hasOffer && !this.#isPrackUnanswered) return false;
    this.#final = final;
    return true;
  }

  /** The INVITE has its final response. Responses that still wait are not sent. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#clearOutstanding();
    this.#final?.drop();
    this.#final = undefined;
    for (const waiting of this.#queue.splice(0)) waiting.onSent('dropped');
  }

  #next(): void {
    if (this.#isOver || this.#outstanding !== undefined || this.#isPrackUnanswered) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    this.#rseq++;
    addReliability(waiting.response, this.#rseq);
    this.#outstanding = waiting;
    this.#deps.onOutstanding(this.#rseq, true);
    const result = this.#deps.transaction.respond(waiting.response);
    if (result === 'sent') this.#retransmitAfter(this.#deps.timers.t1, this.#deps.timers.t1x64);
    waiting.onSent(result);
  }

  /** RFC 3262 section 3: T1, then doubling without limit, for 64·T1 in all, on every transport. */
  #retransmitAfter(delayMs: number, leftMs: number): void {
    const { clock, transaction, onTimeout } = this.#deps;
    this.#timer = clock.after(Math.min(delayMs, leftMs), () => {
      if (leftMs <= delayMs) {
        this.#clearOutstanding();
        onTimeout();
        return;
      }
      if (this.#outstanding !== undefined) transaction.resend(this.#outstanding.response);
      this.#retransmitAfter(delayMs * 2, leftMs - delayMs);
    });
  }

  #clearOutstanding(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#outstanding === undefined) return;
    this.#outstanding = undefined;
    this.#deps.onOutstanding(this.#rseq, false);
  }

  #releaseFinal(): void {
    const final = this.#final;
    if (final === undefined || this.deferSuccess(final)) return;
    this.#final = undefined;
    final.send();
  }
}

function addReliability(response: SipMessage, rseq: number): void {
  response.set('rseq', String(rseq));
  const required = response.getAll('require').flatMap(splitList);
  if (!required.includes('100rel')) response.set('require', [...required, '100rel'].join(', '));
}

/** Whether a message names 100rel in one of these headers. */
export function names100rel(message: SipMessage, ...keys: readonly ('require' | 'supported')[]): boolean {
  return keys.some((key) =>
    message
      .getAll(key)
      .flatMap(splitList)
      .some((tag) => tag.toLowerCase() === '100rel'),
  );
}
