import type { RemoteInfo, Socket } from 'node:dgram';
import { isUnicastPeer } from '../message/addresses.ts';
import { codeOf, failLater } from './bound-port.ts';
import type { BoundPort, OnFailure, PortDeps } from './bound-port.ts';
import { FlowLru } from './flow-lru.ts';
import { UdpFlow } from './udp-flow.ts';
import type { Flow, Listener, SendFailure, Target } from './transport.ts';
import { UdpProbes } from './udp-probes.ts';
import { bindUdp } from './udp-socket.ts';

// Owns one UDP socket: datagrams in, datagrams out, and the detection of closed ports.
// Called by the transport layer.
// Must stay true: no peer can make its memory grow; a datagram costs one lookup before it is parsed.

const receiveBufferBytes = 4 * 1024 * 1024;
const maxQueuedBytes = 8 * 1024 * 1024;
/** RFC 768: 65,535 less the UDP and IPv4 headers. */
const maxPayloadBytes = 65_507;
/** `SIP/2.0 200` and the shortest header it needs are longer; RFC 5626 keep-alives and STUN are shorter or binary. */
const minDatagramBytes = 20;
const probeAfterMs = 400;
const forgetAfterMs = 64_000;
const maxWaiting = 16;

type UdpOptions = PortDeps & {
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  /** The listener for a peer at this address; called once for each new flow. */
  readonly listenerOf: (remoteAddress: string) => Listener;
};

export class UdpPort implements BoundPort {
  readonly #options: UdpOptions;
  readonly #flows: FlowLru<UdpFlow>;
  /** Those to which we sent requests: forged sources, however many, do not evict them. */
  readonly #ours: FlowLru<UdpFlow>;
  #socket: Socket | undefined;
  #probes: UdpProbes | undefined;

  constructor(options: UdpOptions) {
    this.#options = options;
    this.#flows = new FlowLru(options.limits.flowCache);
    this.#ours = new FlowLru(options.limits.flowCache);
  }

  async open(): Promise<number> {
    const { address, port, family, clock, log } = this.#options;
    const { socket, canShare } = await bindUdp({ family, address, port });
    this.#socket = socket;
    const bound = socket.address().port;
    try {
      socket.setRecvBufferSize(receiveBufferBytes);
      // Linux silently grants what net.core.rmem_max allows.
      const granted = socket.getRecvBufferSize();
      if (granted < receiveBufferBytes) log.debug({ granted }, 'UDP receive buffer is smaller than requested');
    } catch (error) {
      log.warn({ code: codeOf(error) }, 'UDP receive buffer cannot be enlarged');
    }
    socket.on('message', (bytes, remote) => this.#onDatagram(bytes, remote));
    socket.on('error', (error) => log.debug({ code: codeOf(error), port: bound }, 'UDP socket error'));
    if (canShare) {
      const onMessage = (bytes: Buffer, remote: RemoteInfo): void => this.#onDatagram(bytes, remote);
      this.#probes = new UdpProbes({ clock, family, address, port: bound, onMessage });
    }
    return bound;
  }

  close(): Promise<void> {
    this.#probes?.stop();
    this.#flows.clear();
    this.#ours.clear();
    const socket = this.#socket;
    this.#socket = undefined;
    return new Promise((resolve) => {
      if (socket) socket.close(() => resolve());
      else resolve();
    });
  }

  flowTo(listener: Listener, target: Target): UdpFlow {
    const { address, port } = target;
    const known = this.#ours.get(address, port) ?? this.#flows.get(address, port);
    const flow = known?.listener === listener ? known : new UdpFlow(this.#options.nextFlowId(), listener, address, port);
    this.#markAsOurs(flow);
    return flow;
  }

  send(flow: Flow, bytes: Buffer, onFailure?: OnFailure): void {
    const socket = this.#socket;
    if (socket === undefined || !(flow instanceof UdpFlow))
      return failLater(onFailure, { kind: 'closed', text: 'The socket is closed.' });
    if (bytes.length > maxPayloadBytes)
      return failLater(onFailure, { kind: 'too-large', text: 'The message does not fit a datagram.' });
    if (!isUnicastPeer(flow.remoteAddress, flow.remotePort))
      return failLater(onFailure, { kind: 'refused', text: 'No such address.' });
    if (onFailure) this.#markAsOurs(flow);
    if (this.#isProbeDue(flow, onFailure) && this.#probes?.send(flow, bytes)) return;
    if (socket.getSendQueueSize() > maxQueuedBytes)
      return failLater(onFailure, { kind: 'timeout', text: 'The send queue is full.' });
    socket.send(bytes, flow.remotePort, flow.remoteAddress, onFailure && ((error) => error && onFailure(failureOf(error))));
  }

  sizes(): { udpFlows: number; udpProbes: number } {
    return { udpFlows: this.#flows.size + this.#ours.size, udpProbes: this.#probes?.size ?? 0 };
  }

  /**
   * An unconnected socket never learns of an ICMP error. So retransmissions to a silent peer (Timers A and E) go through a connected socket of
   * the same address and port, which does.
   */
  #isProbeDue(flow: UdpFlow, onFailure: OnFailure | undefined): boolean {
    if (this.#probes === undefined) return false;
    const now = this.#options.clock.monotonic();
    const isFirst = flow.unansweredSince === 0 || now - flow.unansweredSince > forgetAfterMs;
    if (onFailure) {
      if (isFirst) {
        flow.unansweredSince = now;
        flow.onRefused = [];
      }
      if (flow.onRefused.length < maxWaiting) flow.onRefused.push(onFailure);
    }
    return !isFirst && now - flow.unansweredSince >= probeAfterMs;
  }

  #markAsOurs(flow: UdpFlow): void {
    if (flow.isOurs && this.#ours.get(flow.remoteAddress, flow.remotePort) === flow) return;
    flow.isOurs = true;
    this.#ours.set(flow);
  }

  #onDatagram(bytes: Buffer, { address, port }: RemoteInfo): void {
    if (bytes.length < minDatagramBytes || port === 0) return;
    let flow = this.#ours.get(address, port) ?? this.#flows.get(address, port);
    if (flow === undefined) {
      if (!isUnicastPeer(address, port)) return;
      flow = new UdpFlow(this.#options.nextFlowId(), this.#options.listenerOf(address), address, port);
      this.#flows.set(flow);
    } else if (flow.unansweredSince !== 0) {
      flow.unansweredSince = 0;
      flow.onRefused = [];
    }
    this.#options.events.onBytes(bytes, flow);
  }
}

function failureOf(error: Error): SendFailure {
  const code = codeOf(error);
  return { kind: code === 'EMSGSIZE' ? 'too-large' : 'refused', text: `The datagram could not be sent (${code}).` };
}
