import { isLoopback, isSameAddress, withBrackets, withoutBrackets } from './addresses.ts';
import { codeOf, failLater, flowIds } from './bound-port.ts';
import type { OnFailure, PortEvents, PortSurroundings } from './bound-port.ts';
import type { EngineClock } from './clock.ts';
import type { EngineLog } from './engine-log.ts';
import type { Limits } from './limits.ts';
import { chooseListener, protocolsFor } from './listener-choice.ts';
import type { Candidate } from './listener-choice.ts';
import { describeListener, expandListener, interfaceAddresses, localNetworksOf } from './listener-options.ts';
import type { InterfaceAddress, ListenerOptions } from './listener-options.ts';
import { MessageIntake } from './message-intake.ts';
import { portHolder } from './port-holder.ts';
import type { SourceLimits } from './source-limits.ts';
import type { StreamTimes } from './stream-connection.ts';
import { StreamPort } from './tcp-transport.ts';
import type { StreamTls } from './tcp-transport.ts';
import { loadTls } from './tls-settings.ts';
import type { TlsOptions } from './tls-settings.ts';
import type { Flow, Listener, NoTransport, Protocol, Target, Transport, TransportHandlers } from './transport.ts';
import { UdpPort } from './udp-transport.ts';

// Owns every SIP socket of the engine: it opens and closes them, and chooses by which one a message leaves (RFC 3261 section 18).
// Called by the transaction layer and the user agent core; hands up parsed messages with their flow.
// Must stay true: a failed start leaves nothing open; no input of a peer makes it throw or grow without bound.

export type TransportOptions = {
  readonly clock: EngineClock;
  readonly log: EngineLog;
  readonly limits: Limits;
  readonly listen: readonly ListenerOptions[];
  readonly sources: SourceLimits;
  readonly tls?: TlsOptions | undefined;
  /** True for addresses that are never answered. */
  readonly isBlocked?: ((address: string) => boolean) | undefined;
  readonly streamTimes?: Partial<StreamTimes> | undefined;
  /** Pings of ours on TCP, TLS and WebSocket connections; off by default. */
  readonly keepAliveSeconds?: number | undefined;
  /** Browser origins that may open a WebSocket; all by default. */
  readonly webSocketOrigins?: readonly string[] | undefined;
};

type Port = UdpPort | StreamPort;
type Bound = Candidate & { readonly port: Port; readonly names: readonly string[] };
type Wanted = ListenerOptions & { readonly isOptional: boolean };

const noTransport: NoTransport = { problem: 'requested protocol/transport not available' };

export class TransportLayer implements Transport {
  readonly #options: TransportOptions;
  readonly #intake: MessageIntake;
  readonly #surroundings: PortSurroundings;
  readonly #isBlocked: (address: string) => boolean;
  #handlers: TransportHandlers | undefined;
  #bound: Bound[] = [];
  #listeners: readonly Listener[] = [];
  #portOf = new Map<Listener, Port>();
  #addresses: readonly InterfaceAddress[] = [];

  constructor(options: TransportOptions) {
    const { clock, log, limits, sources } = options;
    this.#options = options;
    this.#isBlocked = options.isBlocked ?? (() => false);
    this.#intake = new MessageIntake({
      log,
      limits,
      sources,
      isBlocked: this.#isBlocked,
      send: (flow, bytes) => this.send(flow, bytes),
    });
    const events: PortEvents = {
      onBytes: (bytes, flow) => this.#intake.receive(bytes, flow),
      onBreach: (status, head, flow) => this.#intake.breach(status, head, flow),
      onFlowClosed: (flow) => this.#handlers?.onFlowClosed(flow),
    };
    this.#surroundings = { clock, log, limits, events, nextFlowId: flowIds() };
  }

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  setHandlers(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    this.#intake.handlers = handlers;
  }

  async start(): Promise<void> {
    this.#addresses = interfaceAddresses();
    const wanted = this.#options.listen.flatMap((options): Wanted[] => {
      const expanded = expandListener(options, this.#addresses);
      return expanded.map((one) => ({ ...one, isOptional: expanded.length > 1 }));
    });
    try {
      const tls = this.#loadTls(wanted);
      for (const options of wanted) await this.#open(options, tls);
      if (this.#bound.length === 0) throw new Error('There is no address to listen on.');
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#listeners = this.#bound.map(({ listener }) => listener);
  }

  async stop(): Promise<void> {
    const ports = new Set(this.#bound.map(({ port }) => port));
    this.#bound = [];
    this.#listeners = [];
    this.#portOf.clear();
    await Promise.all([...ports].map((port) => port.close()));
  }

  /** Reads key and certificate again, for new connections; throws as `start` does and then keeps the old ones. */
  renewTls(): void {
    const tls = this.#loadTls(this.#options.listen);
    for (const { port } of this.#bound) if (tls && port instanceof StreamPort) port.renewTls(tls.settings);
  }

  protocolsFor(uri: { scheme: string; transport: string | undefined; family: 4 | 6 | undefined }): readonly Protocol[] {
    return protocolsFor(this.#listeners, uri);
  }

  listenerFor(protocol: Protocol, address: string): Listener | NoTransport {
    return chooseListener(this.#bound, protocol, withoutBrackets(address)) ?? noTransport;
  }

  flowTo(listener: Listener, target: Target): Flow {
    const port = this.#portOf.get(listener);
    const numeric = { ...target, address: withoutBrackets(target.address) };
    return port === undefined ? closedFlow(listener, numeric) : port.flowTo(listener, numeric);
  }

  send(flow: Flow, bytes: Buffer, onFailure?: OnFailure): void {
    const port = this.#portOf.get(flow.listener);
    if (port === undefined) failLater(onFailure, { kind: 'closed', text: 'The transport is closed.' });
    else port.send(flow, bytes, onFailure);
  }

  isOurs(host: string, port: number | undefined): boolean {
    const name = withoutBrackets(host).toLowerCase();
    return this.#bound.some(({ listener, names }) => {
      if (port === undefined ? !isDefaultPort(listener) : port !== listener.port && port !== listener.advertisedPort)
        return false;
      if (isSameAddress(name, listener.address) || names.includes(name)) return true;
      const advertised = withoutBrackets(listener.advertisedHost).toLowerCase();
      return isSameAddress(name, advertised) || name === advertised || (name === 'localhost' && isLoopback(listener.address));
    });
  }

  inboundFlow(protocol: Protocol, address: string, port: number): Flow | undefined {
    for (const bound of this.#bound) {
      if (bound.listener.protocol !== protocol || !(bound.port instanceof StreamPort)) continue;
      const flow = bound.port.openFlow(withoutBrackets(address), port);
      if (flow?.isInbound) return flow;
    }
    return undefined;
  }

  /** Every table by name, for health and leak tests. */
  sizes(): Record<string, number> {
    const total: Record<string, number> = { ...this.#options.sources.sizes(), udpFlows: 0, udpProbes: 0, handshakes: 0 };
    for (const port of new Set(this.#bound.map((bound) => bound.port))) {
      for (const [name, size] of Object.entries(port.sizes()))
        if (name !== 'connections') total[name] = (total[name] ?? 0) + size;
    }
    return total;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#intake.counts;
  }

  async #open(options: Wanted, tls: StreamTls | undefined): Promise<void> {
    const shared = this.#bound.find(
      ({ listener }) =>
        listener.protocol === options.protocol && listener.address === options.host && listener.port === options.port,
    );
    if (shared) {
      this.#enlist(options, shared.port, shared.listener.port);
      return;
    }
    const port = this.#createPort(options, tls);
    try {
      this.#enlist(options, port, await port.open());
    } catch (error) {
      if (options.isOptional && codeOf(error) === 'EADDRNOTAVAIL') {
        this.#options.log.warn({ address: options.host }, 'An address of this machine cannot be listened on; it is left out');
        return;
      }
      throw new Error(startProblem(options, error), { cause: error });
    }
  }

  #createPort({ protocol, host, port }: ListenerOptions, tls: StreamTls | undefined): Port {
    const { sources, streamTimes, keepAliveSeconds, webSocketOrigins } = this.#options;
    const family = host.includes(':') ? 6 : 4;
    const listenerOf = (remote: string): Listener => this.#listenerAt({ protocol, host, family }, made, remote);
    const place = { ...this.#surroundings, address: host, port, listenerOf };
    const made: Port =
      protocol === 'udp'
        ? new UdpPort({ ...place, family })
        : new StreamPort({
            ...place,
            protocol,
            sources,
            isBlocked: this.#isBlocked,
            times: streamTimes,
            keepAliveSeconds,
            webSocketOrigins,
            tls: protocol === 'tls' || protocol === 'wss' ? tls : undefined,
          });
    return made;
  }

  #enlist(options: ListenerOptions, port: Port, boundPort: number): void {
    const { protocol, host, externalHost, externalPort } = options;
    const listener: Listener = Object.freeze({
      protocol,
      family: host.includes(':') ? 6 : 4,
      address: host,
      port: boundPort,
      advertisedHost: withBrackets(externalHost ?? host),
      advertisedPort: externalPort ?? boundPort,
    });
    this.#portOf.set(listener, port);
    this.#bound.push({
      listener,
      port,
      localNetworks: localNetworksOf(options, this.#addresses),
      isExternal: externalHost !== undefined,
      names: (options.names ?? []).map((name) => name.toLowerCase()),
    });
  }

  /** Several listeners may share a socket, one for the house and one for the outside: the peer's address tells which. */
  #listenerAt(place: { protocol: Protocol; host: string; family: 4 | 6 }, port: Port, remote: string): Listener {
    const sharing = this.#bound.filter((bound) => bound.port === port);
    const chosen = chooseListener(sharing, place.protocol, remote) ?? sharing[0]?.listener;
    if (chosen) return chosen;
    const { protocol, host, family } = place;
    return { protocol, family, address: host, port: 0, advertisedHost: withBrackets(host), advertisedPort: 0 };
  }

  #loadTls(wanted: readonly ListenerOptions[]): StreamTls | undefined {
    const secure = wanted.find(({ protocol }) => protocol === 'tls' || protocol === 'wss');
    if (secure === undefined) return undefined;
    const { tls } = this.#options;
    if (tls === undefined) throw new Error(`${describeListener(secure)} needs a TLS key and certificate.`);
    const loaded = loadTls(tls);
    if (loaded.kind === 'problem') throw new Error(loaded.text, { cause: loaded.cause });
    return {
      settings: loaded.settings,
      verifyServers: tls.verifyServers ?? false,
      requireClientCertificate: tls.requireClientCertificate ?? false,
    };
  }
}

function isDefaultPort({ protocol, port, advertisedPort }: Listener): boolean {
  const usual = protocol === 'tls' || protocol === 'wss' ? 5061 : 5060;
  return port === usual || advertisedPort === usual;
}

function startProblem(options: ListenerOptions, error: unknown): string {
  const place = describeListener(options);
  const code = codeOf(error);
  if (code === 'EADDRINUSE') {
    return `Cannot listen on ${place}: the port is in use by ${portHolder(options.protocol, options.port) ?? 'another program'}.`;
  }
  if (code === 'EADDRNOTAVAIL') return `Cannot listen on ${place}: this machine has no such address.`;
  if (code === 'EACCES') return `Cannot listen on ${place}: ports below 1024 need more rights than this program has.`;
  return `Cannot listen on ${place}: ${error instanceof Error ? error.message : String(error)}.`;
}

/** For a listener that is gone: everything sent to it fails. */
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
