import type { RemoteInfo, Socket } from 'node:dgram';
import type { EngineClock } from '../runtime/clock.ts';
import { codeOf } from './bound-port.ts';
import type { UdpFlow } from './udp-flow.ts';
import { bindSocket } from './udp-socket.ts';

// Owns short-lived UDP sockets connected to one silent peer, since only those report "port unreachable" (ICMP).
// Called by the UDP transport, which sends a retransmission through one.
// Must stay true: few at a time; a probe lives on while its peer sends, because the system delivers that peer's datagrams to it.

const maxProbes = 32;
const lifeMs = 4_000;

type ProbesOptions = {
  readonly clock: EngineClock;
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
  readonly onMessage: (bytes: Buffer, remote: RemoteInfo) => void;
};

type Probe = { socket: Socket | undefined; isConnected: boolean; heardAt: number; waiting: Buffer[] };

export class UdpProbes {
  readonly #options: ProbesOptions;
  readonly #probes = new Map<UdpFlow, Probe>();
  #isStopped = false;

  constructor(options: ProbesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#probes.size;
  }

  /** True if a probe takes the datagram; false when all are busy. */
  send(flow: UdpFlow, bytes: Buffer): boolean {
    const known = this.#probes.get(flow);
    if (known !== undefined) {
      if (known.socket && known.isConnected) known.socket.send(bytes, (error) => error && this.#refused(flow, codeOf(error)));
      else if (known.waiting.length < maxProbes) known.waiting.push(bytes);
      return true;
    }
    if (this.#probes.size >= maxProbes || this.#isStopped) return false;
    const probe: Probe = { socket: undefined, isConnected: false, heardAt: this.#options.clock.monotonic(), waiting: [bytes] };
    this.#probes.set(flow, probe);
    void this.#open(flow, probe);
    return true;
  }

  stop(): void {
    this.#isStopped = true;
    for (const flow of [...this.#probes.keys()]) this.#end(flow);
  }

  async #open(flow: UdpFlow, probe: Probe): Promise<void> {
    try {
      const socket = await bindSocket(this.#options, true);
      if (this.#probes.get(flow) !== probe) {
        socket.close();
        return;
      }
      probe.socket = socket;
      // Datagrams between bind and connect may come from any source, so the source is not assumed here.
      socket.on('message', (bytes, remote) => {
        probe.heardAt = this.#options.clock.monotonic();
        this.#options.onMessage(bytes, remote);
      });
      socket.on('error', (error) => this.#refused(flow, codeOf(error)));
      // Not as a callback: that is also called with an error.
      socket.once('connect', () => this.#connected(flow, probe, socket));
      socket.connect(flow.remotePort, flow.remoteAddress);
    } catch {
      this.#end(flow);
    }
  }

  #connected(flow: UdpFlow, probe: Probe, socket: Socket): void {
    if (this.#probes.get(flow) !== probe) return;
    probe.isConnected = true;
    for (const bytes of probe.waiting) socket.send(bytes, (error) => error && this.#refused(flow, codeOf(error)));
    probe.waiting = [];
    this.#endWhenQuiet(flow, probe);
  }

  #endWhenQuiet(flow: UdpFlow, probe: Probe): void {
    this.#options.clock.after(lifeMs, () => {
      if (this.#probes.get(flow) !== probe) return;
      if (this.#options.clock.monotonic() - probe.heardAt >= lifeMs) this.#end(flow);
      else this.#endWhenQuiet(flow, probe);
    });
  }

  #refused(flow: UdpFlow, code: string): void {
    this.#end(flow);
    const waiting = flow.onRefused;
    flow.onRefused = [];
    flow.unansweredSince = 0;
    for (const onFailure of waiting) onFailure({ kind: 'refused', text: `The UDP port is closed (${code}).` });
  }

  #end(flow: UdpFlow): void {
    const probe = this.#probes.get(flow);
    this.#probes.delete(flow);
    probe?.socket?.close();
  }
}
