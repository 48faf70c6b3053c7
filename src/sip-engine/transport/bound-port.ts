import { randomInt } from 'node:crypto';
import type { EngineClock } from '../runtime/clock.ts';
import type { EngineLog } from '../runtime/engine-log.ts';
import type { Limits } from '../runtime/limits.ts';
import type { Flow, Listener, SendFailure, Target } from './transport.ts';

/** What a bound port reports to the layer above. */
export type PortEvents = {
  /** One whole message, or one datagram. */
  readonly onBytes: (bytes: Buffer, flow: Flow) => void;
  /** The stream can no longer be framed; `head` is what was read of the message. */
  readonly onProtocolError: (status: 400 | 413, head: Buffer, flow: Flow) => void;
  readonly onFlowClosed: (flow: Flow) => void;
};

export type PortDeps = {
  readonly clock: EngineClock;
  readonly log: EngineLog;
  readonly limits: Limits;
  readonly events: PortEvents;
  readonly nextFlowId: () => number;
};

export type OnFailure = (failure: SendFailure) => void;

/** One bound socket of any protocol. */
export type BoundPort = {
  /** Opens the socket; rejects with the system's error. Resolves with the bound port. */
  open(): Promise<number>;
  close(): Promise<void>;
  flowTo(listener: Listener, target: Target): Flow;
  send(flow: Flow, bytes: Buffer, onFailure?: OnFailure): void;
};

/** Flow ids of one engine, from an arbitrary start, so that nothing relies on their values. */
export function flowIds(): () => number {
  let last = randomInt(1, 1_000_000);
  return () => ++last;
}

/** Reports a failure after the caller has returned. */
export function failLater(onFailure: OnFailure | undefined, failure: SendFailure): void {
  if (onFailure) setImmediate(onFailure, failure);
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
