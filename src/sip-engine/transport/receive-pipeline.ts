import type { OnFailure } from './bound-port.ts';
import type { EngineLog } from '../runtime/engine-log.ts';
import type { Limits } from '../runtime/limits.ts';
import type { SipMessage } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { ReplyBudget } from './reply-budget.ts';
import { buildResponse } from '../message/response-builder.ts';
import { serialize } from '../message/serialize.ts';
import type { SourceLimits } from './source-limits.ts';
import { StreamConnection } from './stream-connection.ts';
import type { Flow, TransportHandlers } from './transport.ts';
import { isViaOfFlow, markSource } from './via-source.ts';

// Owns the path of received bytes from a socket to the transaction layer: blocking, rate limits, parsing, marking the source in the Via.
// Called by the transport layer for every message of every socket.
// Must stay true: never throws; never answers a response or an ACK; a source over its rate costs no parsing.

type ReceivePipelineDeps = {
  readonly log: EngineLog;
  readonly limits: Limits;
  readonly sources: SourceLimits;
  readonly isBlocked: (address: string) => boolean;
  readonly send: (flow: Flow, bytes: Buffer, onFailure?: OnFailure) => void;
};

/** Running totals, for health and tests. */
export type ReceiveCounts = {
  received: number;
  limited: number;
  malformed: number;
  ignored: number;
  wrongTransport: number;
  blocked: number;
  faults: number;
};

const pauseMs = 1_000;

export class ReceivePipeline {
  readonly #deps: ReceivePipelineDeps;
  #handlers: TransportHandlers | undefined;
  readonly counts: ReceiveCounts = {
    received: 0,
    limited: 0,
    malformed: 0,
    ignored: 0,
    wrongTransport: 0,
    blocked: 0,
    faults: 0,
  };

  constructor(deps: ReceivePipelineDeps) {
    this.#deps = deps;
  }

  set handlers(handlers: TransportHandlers) {
    this.#handlers = handlers;
  }

  receive(bytes: Buffer, flow: Flow): void {
    const { isBlocked } = this.#deps;
    this.counts.received += 1;
    if (isBlocked(flow.remoteAddress)) {
      this.counts.blocked += 1;
      return;
    }
    if (!this.#isAdmitted(bytes, flow)) return;
    try {
      this.#read(bytes, flow);
    } catch (error) {
      // A bug that one message triggers must not end all calls.
      this.counts.faults += 1;
      const stack = error instanceof Error ? error.stack : String(error);
      this.#deps.log.error({ stack, address: flow.remoteAddress, protocol: flow.protocol }, 'Message handling failed');
    }
  }

  #read(bytes: Buffer, flow: Flow): void {
    const result = parseMessage(bytes, this.#deps.limits);
    if (result.kind === 'message') {
      result.message.receivedBytes = bytes.length;
      this.#deliver(result.message, flow);
    } else if (result.kind === 'ignored') this.counts.ignored += 1;
    else this.#refuse(result, { flow, bytes: bytes.length });
  }

  /** A stream that can no longer be framed: answered if its head allows, and closed. */
  onProtocolError(status: 400 | 413, head: Buffer, flow: Flow): void {
    this.counts.malformed += 1;
    const result = parseMessage(head, this.#deps.limits);
    const partial = result.kind === 'ignored' ? undefined : result.kind === 'message' ? result.message : result.partial;
    const reason = status === 413 ? 'Request Entity Too Large' : 'Bad Request';
    if (partial?.isRequest && partial.method !== 'ACK') this.#answer(partial, { status, reason }, flow);
    endFlow(flow);
  }

  /** A datagram over the rate is dropped unparsed; a stream is paused instead, so that nothing is lost. */
  #isAdmitted(bytes: Buffer, flow: Flow): boolean {
    if (this.#deps.sources.admitMessage(flow)) return true;
    this.counts.limited += 1;
    if (flow instanceof StreamConnection) {
      flow.pauseFor(pauseMs);
      return true;
    }
    return false;
  }

  #deliver(message: SipMessage, flow: Flow): void {
    const via = message.topVia;
    if (message.isRequest) {
      if (via === undefined || !isViaOfFlow(via, flow)) {
        this.counts.wrongTransport += 1;
        return;
      }
      markSource(message, flow);
    }
    this.#handlers?.onMessage(message, flow);
  }

  #refuse(
    result: { status: 400 | 413 | 505; reason: string; partial: SipMessage | undefined },
    { flow, bytes }: { flow: Flow; bytes: number },
  ): void {
    const { status, reason, partial } = result;
    this.counts.malformed += 1;
    this.#deps.log.debug({ status, reason, address: flow.remoteAddress, protocol: flow.protocol }, 'Malformed SIP message');
    if (partial?.isRequest && partial.method !== 'ACK') {
      partial.receivedBytes = bytes;
      this.#answer(partial, { status, reason }, flow);
    }
    // On a stream the start of the next message is unknown now.
    endFlow(flow);
  }

  #answer(request: SipMessage, { status, reason }: { status: number; reason: string }, flow: Flow): void {
    const budget = new ReplyBudget(request, flow);
    markSource(request, flow);
    const answer = serialize(buildResponse(request, status, reason));
    if (budget.spend(answer.length)) this.#deps.send(flow, answer);
  }
}

function endFlow(flow: Flow): void {
  if (flow instanceof StreamConnection) flow.end();
}
