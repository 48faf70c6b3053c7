import type { Flow, Listener, Protocol, SendFailure, Target } from './transport.ts';

/** A connection that could not even be started. */
export class FailedFlow implements Flow {
  readonly id = 0;
  readonly isInbound = false;
  readonly isOpen = false;
  readonly protocol: Protocol;
  readonly listener: Listener;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly failure: SendFailure;

  constructor(listener: Listener, target: Target, text: string) {
    this.protocol = target.protocol;
    this.listener = listener;
    this.remoteAddress = target.address;
    this.remotePort = target.port;
    this.failure = { kind: 'refused', text };
  }

  get localAddress(): string {
    return this.listener.address;
  }

  get localPort(): number {
    return this.listener.port;
  }
}
