// Owns the composition of a SIP engine: transports, transactions, user agent core, and the control port for applications.
// Called by main.ts (alone), engine-thread.ts (embedded), and tests.
// Must stay true: no state outside the engine object, so that many engines live in one process; after `stop` nothing is left open.
import { Admission } from './transaction/admission.ts';
import type { Core } from './control/app-link.ts';
import { AppRoutes } from './control/app-routes.ts';
import type { EngineClock } from './runtime/clock.ts';
import { timedPace } from './control/queue.ts';
import type { Pace } from './control/queue.ts';
import { ControlServer, secretCheck } from './control/server.ts';
import type { EngineLog } from './runtime/engine-log.ts';
import type { EngineOptions } from './engine-options.ts';
import type { FlowSource } from './engine-supervisor.ts';
import { withBrackets } from './message/addresses.ts';
import { FlowTable } from './transport/flow-table.ts';
import { KnownHosts } from './resolver/known-hosts.ts';
import { ProxyCore } from './proxy/proxy-core.ts';
import { createResolver } from './resolver/resolver.ts';
import type { SipResolver } from './resolver/resolver.ts';
import type { RouteRequest } from './user-agent/request-routing.ts';
import { SourceLimits } from './transport/source-limits.ts';
import { TransactionLayer } from './transaction/transaction-layer.ts';
import { TransportLayer } from './transport/transport-layer.ts';
import type { Flow, RemoteEndpoint, Listener } from './transport/transport.ts';
import { UserAgentCore } from './user-agent/user-agent-core.ts';

/** A version for which drachtio-srf sends pings; the suffix tells it from the native server. */
const announcedVersion = 'v0.9.10-embedded';

const drainMs = 1000;

export type EngineDeps = {
  readonly clock: EngineClock;
  readonly log: EngineLog;
  /** Addresses of a lower-case host name, looked up before the hosts of the options, the hosts file and DNS; undefined to continue there. */
  readonly resolveHook?: ((host: string) => readonly string[] | undefined) | undefined;
  /** True for addresses that are never answered. */
  readonly isBlocked?: ((address: string) => boolean) | undefined;
  /** Decides about new requests before applications get them. */
  readonly routeRequest?: RouteRequest | undefined;
  /** How to know that an application has had a turn of its event loop; by the clock when absent. */
  readonly pace?: Pace | undefined;
  /** An inbound connection by which its peer had registered has closed. */
  readonly onFlowClosed?: ((source: FlowSource) => void) | undefined;
};

export type Engine = {
  /** Opens every port, or throws an Error for the user and leaves none open. */
  start(): Promise<void>;
  /** Releases its calls and closes every port. */
  stop(): Promise<void>;
  /** Numbers for health, tests and metrics: every table by name. */
  sizes(): Record<string, number>;
  /** `proto/host:port,…` of all listeners, as peers see them. */
  readonly hostports: string;
  /** `proto/host:port,…` of all listeners, where they are bound now. */
  readonly listening: string;
  /** The SIP ports that were opened, in the order of the listeners. */
  readonly ports: readonly number[];
  readonly controlPort: number;
  /** Trusts this address or network as a trunk's; false if it is neither. */
  trust(addressOrNetwork: string): boolean;
  untrust(addressOrNetwork: string): void;
  /** A phone registered from this endpoint; called twice for two of them. */
  registrationAdded(endpoint: RemoteEndpoint): void;
  registrationRemoved(endpoint: RemoteEndpoint): void;
};

/** `options` must have no problems (`findProblems`). */
export function createEngine(options: EngineOptions, deps: EngineDeps): Engine {
  return new SipEngine(options, deps);
}

class SipEngine implements Engine {
  readonly #sources: SourceLimits;
  readonly #transport: TransportLayer;
  readonly #transactions: TransactionLayer;
  readonly #resolver: SipResolver;
  readonly #flows: FlowTable;
  readonly #core: Core;
  readonly #control: ControlServer;
  readonly #routes: AppRoutes;
  readonly #clock: EngineClock;
  readonly #log: EngineLog;
  #controlPort = 0;

  constructor(options: EngineOptions, deps: EngineDeps) {
    const { clock, log, resolveHook, isBlocked, routeRequest, pace, onFlowClosed } = deps;
    const { settings, limits } = options;
    this.#clock = clock;
    this.#log = log;
    this.#sources = new SourceLimits({ clock, limits });
    for (const source of options.trusted) this.#sources.known.trust(source);
    const { emergencyNumbers, timers } = settings;
    const admission = new Admission({ clock, log, sources: this.#sources, emergencyNumbers });
    const listen = options.listeners;
    const hosts = new KnownHosts(options.hosts);
    const transport = new TransportLayer({
      clock,
      log,
      limits,
      listen,
      isBlocked,
      ...options.streams,
      sources: this.#sources,
      tls: options.tls,
    });
    this.#resolver = createResolver({ clock, log, limits, hook: resolveHook, hosts });
    const resolver = this.#resolver;
    const transactions = new TransactionLayer({ clock, log, transport, resolver, timers, limits, admission });
    this.#transport = transport;
    this.#transactions = transactions;
    this.#flows = new FlowTable({
      clock,
      limit: limits.flowCache,
      onRegisteredFlowClosed: (flow) => notifyFlowClosed(flow, onFlowClosed),
    });
    this.#routes = new AppRoutes({ cdrs: settings.cdrs });
    const flowCache = this.#flows;
    const coreDeps = { clock, log, transport, transactions, flowCache, admission, router: this.#routes, settings, limits };
    this.#core = new UserAgentCore({ ...coreDeps, proxy: new ProxyCore(coreDeps), routeRequest });
    transport.setHandlers({
      onMessage: (message, flow) => transactions.receive(message, flow),
      onFlowClosed: (flow) => {
        flowCache.removeFlow(flow);
        transactions.flowClosed(flow);
      },
    });
    this.#control = this.#createControl(options, { clock, log, pace: pace ?? timedPace(clock, options.control.turnMs) });
  }

  async start(): Promise<void> {
    await this.#transport.start();
    try {
      this.#controlPort = (await this.#control.start()).port;
      this.#log.info({ hostports: this.hostports, controlPort: this.#controlPort }, 'SIP engine is listening');
    } catch (error) {
      await this.#transport.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#core.stop();
    await this.#drain();
    this.#transactions.stop();
    await this.#control.stop();
    await this.#transport.stop();
  }

  sizes(): Record<string, number> {
    return {
      ...this.#transport.sizes(),
      ...this.#transactions.sizes(),
      ...this.#resolver.sizes(),
      ...this.#core.sizes(),
      flowCache: this.#flows.size,
      apps: this.#control.connections,
      controlQueueBytes: this.#control.queuedBytes,
    };
  }

  get hostports(): string {
    return this.#taking.map((one) => `${one.protocol}/${one.advertisedHost}:${one.advertisedPort}`).join(',');
  }

  get listening(): string {
    return [...new Set(this.#taking.map(localHostport))].join(',');
  }

  get ports(): readonly number[] {
    return this.#transport.listeners.map(({ port }) => port);
  }

  get controlPort(): number {
    return this.#controlPort;
  }

  trust(addressOrNetwork: string): boolean {
    return this.#sources.known.trust(addressOrNetwork);
  }

  untrust(addressOrNetwork: string): void {
    this.#sources.known.untrust(addressOrNetwork);
  }

  registrationAdded(endpoint: RemoteEndpoint): void {
    this.#sources.known.registrationAdded(endpoint);
  }

  registrationRemoved(endpoint: RemoteEndpoint): void {
    this.#sources.known.registrationRemoved(endpoint);
  }

  get #taking(): readonly Listener[] {
    return this.#transport.listeners.filter(({ isDialOnly }) => isDialOnly !== true);
  }

  /** Waits for the BYEs and CANCELs of the shutdown to be sent and, for a moment, answered. */
  async #drain(): Promise<void> {
    const until = this.#clock.monotonic() + drainMs;
    while ((this.#transactions.sizes()['clientTransactions'] ?? 0) > 0 && this.#clock.monotonic() < until) {
      await new Promise<void>((resolve) => void this.#clock.after(drainMs / 50, resolve));
    }
  }

  #createControl(
    { control, tls, secret, limits }: EngineOptions,
    deps: { readonly clock: EngineClock; readonly log: EngineLog; readonly pace: Pace },
  ): ControlServer {
    return new ControlServer(
      { ...control, tls: control.tls ? tls : undefined },
      {
        ...deps,
        core: () => this.#core,
        routes: this.#routes,
        limits,
        webSocketName: control.webSocketName,
        preservedHeaders: new Set(control.preservedHeaders),
        isSecret: secretCheck(secret),
        greeting: () => `${this.hostports}|${announcedVersion}|${this.listening}`,
      },
    );
  }
}

function notifyFlowClosed(
  { protocol, remoteAddress: address, remotePort: port }: Flow,
  notify: EngineDeps['onFlowClosed'],
): void {
  if (protocol !== 'udp') notify?.({ protocol, address, port });
}

function localHostport({ protocol, address, port }: Listener): string {
  return `${protocol}/${withBrackets(address)}:${port}`;
}
