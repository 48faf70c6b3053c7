import { isSameAddress, withBrackets } from '../message/addresses.ts';
import { codeOf } from './bound-port.ts';
import type { PortDeps } from './bound-port.ts';
import type { EngineTimer } from '../runtime/clock.ts';
import { chooseListener } from './listener-choice.ts';
import type { ListenerCandidate } from './listener-choice.ts';
import {
  describeListener,
  expandListener,
  interfaceAddresses,
  isSecure,
  isWildcard,
  localNetworksOf,
} from './listener-options.ts';
import type { InterfaceAddress, ListenerOptions } from './listener-options.ts';
import type { SourceLimits } from './source-limits.ts';
import { InboundConnections } from './inbound-connections.ts';
import { startProblem } from './start-problem.ts';
import type { StreamTimes } from './stream-connection.ts';
import { StreamPort } from './tcp-transport.ts';
import type { StreamTls } from './stream-server.ts';
import { fileVersions, loadTls } from './tls-settings.ts';
import type { TlsOptions } from './tls-settings.ts';
import type { Listener } from './transport.ts';
import { UdpPort } from './udp-transport.ts';

// Owns the set of open SIP sockets: the configured ones, on the machine's current addresses, with the current certificate.
// Called by the transport layer.
// Must stay true: a failed start leaves nothing open; a later change never stops the other listeners.

export type ListeningOptions = {
  readonly listen: readonly ListenerOptions[];
  readonly sources: SourceLimits;
  readonly tls?: TlsOptions | undefined;
  /** True for addresses that are never answered. */
  readonly isBlocked?: ((address: string) => boolean) | undefined;
  readonly streamTimes?: Partial<StreamTimes> | undefined;
  /** Keep-alives that we send on TCP, TLS and WebSocket connections; off by default. */
  readonly keepAliveSeconds?: number | undefined;
  /** Browser origins that may open a WebSocket; all by default. */
  readonly webSocketOrigins?: readonly string[] | undefined;
  /** The addresses of this machine. */
  readonly interfaces?: (() => readonly InterfaceAddress[]) | undefined;
};

export type Port = UdpPort | StreamPort;
export type BoundListener = ListenerCandidate & {
  readonly port: Port;
  readonly names: readonly string[];
  readonly isFromWildcard: boolean;
};
type Wanted = ListenerOptions & { readonly isFromWildcard: boolean };

/** Addresses change with DHCP, certificates with every renewal. */
const refreshMs = 15_000;

export class ListeningPorts {
  readonly inbound: InboundConnections;
  readonly #options: ListeningOptions;
  readonly #deps: PortDeps;
  readonly #portOf = new Map<Listener, Port>();
  #bound: BoundListener[] = [];
  #listeners: readonly Listener[] = [];
  #addresses: readonly InterfaceAddress[] = [];
  #tls: StreamTls | undefined;
  #tlsChange = '';
  #timer: EngineTimer | undefined;
  #isRefreshing = false;
  #isOpen = false;

  constructor(options: ListeningOptions, deps: PortDeps) {
    this.#options = options;
    this.#deps = deps;
    this.inbound = new InboundConnections({ limits: deps.limits, sources: options.sources });
  }

  get bound(): readonly BoundListener[] {
    return this.#bound;
  }

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  get ports(): ReadonlySet<Port> {
    return new Set(this.#bound.map(({ port }) => port));
  }

  portOf(listener: Listener): Port | undefined {
    return this.#portOf.get(listener);
  }

  async open(): Promise<void> {
    this.#isOpen = true;
    this.#addresses = this.#interfaces();
    try {
      this.#tls = this.#loadTls();
      for (const wanted of this.#wanted()) await this.#openOne(wanted);
      if (this.#bound.length === 0) throw new Error('There is no address to listen on.');
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#listeners = this.#bound.map(({ listener }) => listener);
    const mayChange = this.#tls !== undefined || this.#options.listen.some(isWildcard);
    if (mayChange) this.#timer = this.#deps.clock.every(refreshMs, () => void this.#refresh());
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    const { ports } = this;
    this.#bound = [];
    this.#listeners = [];
    this.#portOf.clear();
    await Promise.all([...ports].map((port) => port.close()));
  }

  #interfaces(): readonly InterfaceAddress[] {
    return (this.#options.interfaces ?? interfaceAddresses)();
  }

  #wanted(): Wanted[] {
    const wanted = this.#options.listen.flatMap((options) =>
      expandListener(options, this.#addresses).map((one) => ({ ...one, isFromWildcard: isWildcard(options) })),
    );
    // Without its external host, which does not fit everywhere, one may equal another.
    const nameOf = ({ protocol, host, port, externalHost = '' }: Wanted) => `${protocol} ${host} ${port} ${externalHost}`;
    return [...new Map(wanted.toReversed().map((one) => [nameOf(one), one])).values()].toReversed();
  }

  async #refresh(): Promise<void> {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      this.#renewTls();
      await this.#followAddresses();
    } catch (error) {
      this.#deps.log.error({ error: String(error) }, 'Listeners could not be refreshed');
    } finally {
      this.#isRefreshing = false;
    }
  }

  /** New connections use a renewed certificate; while the files are invalid, the old one stays. */
  #renewTls(): void {
    const { tls } = this.#options;
    if (tls === undefined || this.#tls === undefined || fileVersions(tls) === this.#tlsChange) return;
    this.#tlsChange = fileVersions(tls);
    const loaded = loadTls(tls);
    if (loaded.kind === 'problem') {
      this.#deps.log.warn({ problem: loaded.text }, 'Renewed certificate is invalid; keeping the old one');
      return;
    }
    this.#tls = { ...this.#tls, settings: loaded.settings };
    for (const port of this.ports) if (port instanceof StreamPort) port.renewTls(loaded.settings);
    this.#deps.log.info({}, 'TLS certificate renewed');
  }

  /** Listeners of a wildcard follow the addresses of the machine. */
  async #followAddresses(): Promise<void> {
    const addresses = this.#interfaces();
    if (JSON.stringify(addresses) === JSON.stringify(this.#addresses)) return;
    this.#addresses = addresses;
    const isHere = (address: string): boolean => addresses.some((one) => isSameAddress(one.address, address));
    const gone = this.#bound.filter(({ isFromWildcard, listener }) => isFromWildcard && !isHere(listener.address));
    for (const { listener } of gone) {
      this.#deps.log.warn({ address: listener.address, protocol: listener.protocol }, 'Address of a listener disappeared');
      this.#portOf.delete(listener);
    }
    for (const port of new Set(gone.map((one) => one.port))) void port.close();
    this.#bound = this.#bound.filter((bound) => !gone.includes(bound));
    for (const wanted of this.#wanted()) {
      if (wanted.isFromWildcard && !this.#has(wanted)) await this.#openLater(wanted);
    }
    this.#listeners = this.#bound.map(({ listener }) => listener);
  }

  #has({ protocol, host, externalHost }: Wanted): boolean {
    const isExternal = externalHost !== undefined;
    return this.#bound.some((one) => {
      return one.listener.protocol === protocol && one.listener.address === host && one.isExternal === isExternal;
    });
  }

  async #openLater(wanted: Wanted): Promise<void> {
    const listener = describeListener(wanted);
    try {
      await this.#openOne(wanted);
      this.#deps.log.info({ listener }, 'Listening on a new address');
    } catch (error) {
      this.#deps.log.warn({ listener, error: String(error) }, 'Cannot listen on a new address');
    }
  }

  async #openOne(wanted: Wanted): Promise<void> {
    const shared = this.#bound.find(
      ({ listener }) =>
        listener.protocol === wanted.protocol && listener.address === wanted.host && listener.port === wanted.port,
    );
    if (shared) {
      this.#addListener(wanted, shared.port, shared.listener.port);
      return;
    }
    const port = this.#createPort(wanted);
    try {
      const boundPort = await port.open();
      if (this.#isOpen) this.#addListener(wanted, port, boundPort);
      else await port.close();
    } catch (error) {
      // IPv6 addresses still in duplicate address detection cannot be bound yet; the next refresh retries them.
      if (wanted.isFromWildcard && codeOf(error) === 'EADDRNOTAVAIL') {
        this.#addresses = this.#addresses.filter(({ address }) => address !== wanted.host);
        return;
      }
      throw new Error(startProblem(wanted, error), { cause: error });
    }
  }

  #createPort({ protocol, host, port, isDialOnly = false }: Wanted): Port {
    const { streamTimes, keepAliveSeconds, webSocketOrigins, isBlocked } = this.#options;
    const family = host.includes(':') ? 6 : 4;
    const listenerOf = (remote: string): Listener => this.#listenerAt(made, remote);
    const common = { ...this.#deps, address: host, port, listenerOf };
    const made: Port =
      protocol === 'udp'
        ? new UdpPort({ ...common, family })
        : new StreamPort({
            ...common,
            protocol,
            isDialOnly,
            inbound: this.inbound,
            isBlocked: isBlocked ?? (() => false),
            times: streamTimes,
            keepAliveSeconds,
            webSocketOrigins,
            tls: protocol === 'tls' || protocol === 'wss' ? this.#tls : undefined,
          });
    return made;
  }

  // oxlint-disable-next-line max-params -- what was wanted, and what came of it
  #addListener(wanted: Wanted, port: Port, boundPort: number): void {
    const { protocol, host, externalHost, externalPort, names = [], isFromWildcard, isDialOnly } = wanted;
    const listener: Listener = Object.freeze({
      protocol,
      family: host.includes(':') ? 6 : 4,
      address: host,
      port: boundPort,
      advertisedHost: withBrackets(externalHost ?? host),
      advertisedPort: externalPort ?? boundPort,
      ...(isDialOnly === true ? { isDialOnly } : {}),
    });
    this.#portOf.set(listener, port);
    this.#bound.push({
      listener,
      port,
      localNetworks: localNetworksOf(wanted, this.#addresses),
      isExternal: externalHost !== undefined,
      names: names.map((name) => name.toLowerCase()),
      isFromWildcard,
    });
  }

  /** Several listeners may share a socket, one for the LAN and one with an external address: the peer's address decides. */
  #listenerAt(port: Port, remote: string): Listener {
    const sharing = this.#bound.filter((bound) => bound.port === port);
    const chosen = sharing[0] && (chooseListener(sharing, sharing[0].listener.protocol, remote) ?? sharing[0].listener);
    return chosen ?? nullListener;
  }

  #loadTls(): StreamTls | undefined {
    if (!this.#options.listen.some(isSecure)) return undefined;
    const { tls = {} } = this.#options;
    const taking = this.#options.listen.find((one) => isSecure(one) && one.isDialOnly !== true);
    if (taking !== undefined && (tls.keyFile === undefined || tls.certFile === undefined)) {
      throw new Error(`${describeListener(taking)} needs a TLS key and certificate.`);
    }
    const loaded = loadTls(tls);
    if (loaded.kind === 'problem') throw new Error(loaded.text, { cause: loaded.cause });
    this.#tlsChange = fileVersions(tls);
    return {
      settings: loaded.settings,
      verifyServers: tls.verifyServers ?? false,
      requireClientCertificate: tls.requireClientCertificate ?? false,
    };
  }
}

/** The listener of a peer whose socket is being opened or closed: nothing can be sent from it. */
const nullListener: Listener = {
  protocol: 'udp',
  family: 4,
  address: '0.0.0.0',
  port: 0,
  advertisedHost: '0.0.0.0',
  advertisedPort: 0,
};
