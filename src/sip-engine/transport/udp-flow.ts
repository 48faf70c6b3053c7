import type { OnFailure } from './bound-port.ts';
import type { Flow, Listener } from './transport.ts';

/** One remote address and port of a UDP socket. */
export class UdpFlow implements Flow {
  readonly protocol = 'udp';
  readonly isInbound = false;
  readonly isOpen = true;
  readonly id: number;
  readonly listener: Listener;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** When we sent the first request since the peer was last heard, and what to call if its port turns out to be closed. */
  unansweredSince = 0;
  onRefused: OnFailure[] = [];
  /** True once we sent a request there, so that its answers are expected. */
  isOurs = false;

  // oxlint-disable-next-line max-params -- one flow is made for each new peer: no object in between
  constructor(id: number, listener: Listener, remoteAddress: string, remotePort: number) {
    this.id = id;
    this.listener = listener;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }

  get localAddress(): string {
    return this.listener.address;
  }

  get localPort(): number {
    return this.listener.port;
  }
}
