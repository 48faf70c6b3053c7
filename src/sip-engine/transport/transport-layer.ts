import { isLoopback, isSameAddress, withoutBrackets } from '../message/addresses.ts';
import { failLater, flowIds } from './bound-port.ts';
import type { OnFailure, PortEvents } from './bound-port.ts';
import type { EngineClock } from '../runtime/clock.ts';
import type { EngineLog } from '../runtime/engine-log.ts';
import type { Limits } from '../runtime/limits.ts';
import { chooseListener, protocolsFor } from './listener-choice.ts';
import { ListeningPorts } from './listening-ports.ts';
import type { ListeningOptions } from './listening-ports.ts';
import { ReceivePipeline } from './receive-pipeline.ts';
import { StreamPort } from './tcp-transport.ts';
import type { Flow, Listener, NoTransport, Protocol, Target, Transport, TransportHandlers } from './transport.ts';

// Owns the transport of SIP messages by sockets: where received ones are delivered, and which socket sends one (RFC 3261 section 18).
// Called by the transaction layer and the user agent core; delivers parsed messages with their flow.
// Must stay true: no input of a peer makes it throw or grow without bound.

export type TransportOptions = ListeningOptions & {
  readonly clock: EngineClock;
  readonly log: EngineLog;
  readonly limits: Limits;
};

const noTransport: NoTransport = { problem: 'requested protocol/transport not available' };

export class TransportLayer implements Transport {
  readonly #options: TransportOptions;
  readonly #receivePipeline: ReceivePipeline;
  readonly #ports: ListeningPorts;
  #handlers: TransportHandlers | undefined;

  constructor(options: TransportOptions) {
    const { clock, log, limits, sources, isBlocked = () => false } = options;
    this.#options = options;
    const send = (flow: Flow, bytes: Buffer): void => this.send(flow, bytes);
    this.#receivePipeline = new ReceivePipeline({ log, limits, sources, isBlocked, send });
    const events: PortEvents = {
      onBytes: (bytes, flow) => this.#receivePipeline.receive(bytes, flow),
      onProtocolError: (status, head, flow) => this.#receivePipeline.onProtocolError(status, head, flow),
      onFlowClosed: (flow) => this.#handlers?.onFlowClosed(flow),
    };
    this.#ports = new ListeningPorts(options, { clock, log, limits, events, nextFlowId: flowIds() });
  }

  /** Those of a wildcard change with the addresses of the machine. */
  get listeners(): readonly Listener[] {
    return this.#ports.listeners;
  }

  setHandlers(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    this.#receivePipeline.handlers = handlers;
  }

  start(): Promise<void> {
    return this.#ports.open();
  }

  stop(): Promise<void> {
    return this.#ports.close();
  }

  protocolsFor(uri: { scheme: string; transport: string | undefined; family: 4 | 6 | undefined }): readonly Protocol[] {
    return protocolsFor(this.#ports.listeners, uri);
  }

  listenerFor(protocol: Protocol, address: string): Listener | NoTransport {
    return chooseListener(this.#ports.bound, protocol, withoutBrackets(address)) ?? noTransport;
  }

  flowTo(listener: Listener, target: Target): Flow {
    const numeric = { ...target, address: withoutBrackets(target.address) };
    return this.#ports.portOf(listener)?.flowTo(listener, numeric) ?? closedFlow(listener, numeric);
  }

  send(flow: Flow, bytes: Buffer, onFailure?: OnFailure): void {
    const port = this.#ports.portOf(flow.listener);
    if (port === undefined) failLater(onFailure, { kind: 'closed', text: 'The transport is closed.' });
    else port.send(flow, bytes, onFailure);
  }

  isOurs(host: string, port: number | undefined): boolean {
    const name = withoutBrackets(host).toLowerCase();
    return this.#ports.bound.some(({ listener, names }) => {
      if (port === undefined ? !isDefaultPort(listener) : port !== listener.port && port !== listener.advertisedPort)
        return false;
      if (isSameAddress(name, listener.address) || names.includes(name)) return true;
      const advertised = withoutBrackets(listener.advertisedHost).toLowerCase();
      return isSameAddress(name, advertised) || name === advertised || (name === 'localhost' && isLoopback(listener.address));
    });
  }

  inboundFlow(protocol: Protocol, address: string, port: number): Flow | undefined {
    const numeric = withoutBrackets(address);
    for (const bound of this.#ports.bound) {
      if (bound.listener.protocol !== protocol || !(bound.port instanceof StreamPort)) continue;
      const flow = bound.port.inboundFlow(numeric, port);
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  /** Every table by name, for health and leak tests. */
  sizes(): Record<string, number> {
    const total: Record<string, number> = {
      ...this.#options.sources.sizes(),
      ...this.#ports.inbound.sizes(),
      dialledConnections: 0,
      udpFlows: 0,
      udpProbes: 0,
      handshakes: 0,
      heldBytes: 0,
    };
    for (const port of this.#ports.ports) {
      for (const [name, size] of Object.entries(port.sizes())) total[name] = (total[name] ?? 0) + size;
    }
    return total;
  }

  /** How many messages were received since the start, and how many of them were dropped and why. */
  get counts(): Readonly<Record<string, number>> {
    return this.#receivePipeline.counts;
  }
}

function isDefaultPort({ protocol, port, advertisedPort }: Listener): boolean {
  const usual = protocol === 'tls' || protocol === 'wss' ? 5061 : 5060;
  return port === usual || advertisedPort === usual;
}

/** For a listener that is gone: everything sent by it fails. */
function closedFlow(listener: Listener, { protocol, address, port }: Target): Flow {
  return {
    id: 0,
    protocol,
    listener,
    localAddress: listener.address,
    localPort: listener.port,
    remoteAddress: address,
    remotePort: port,
    isInbound: false,
    isOpen: false,
  };
}
