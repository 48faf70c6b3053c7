import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { EngineClock, EngineTimer } from './runtime/clock.ts';
import type { EngineLog } from './runtime/engine-log.ts';
import { engineOptions, findProblems } from './engine-options.ts';
import type { EngineOptions, GivenOptions } from './engine-options.ts';
import type { RemoteEndpoint } from './transport/transport.ts';

// Owns the thread of an embedded engine: starts it, restarts it when it fails, and passes messages between it and the application.
// Called by app/sip-engine.ts.
// Must stay true: after a failure the engine comes back at the same control and SIP ports, so that applications and phones find it again.

export type ThreadStart = { readonly options: EngineOptions; readonly logLevels: readonly (keyof EngineLog)[] };

export type ToThread =
  | { readonly kind: 'trust' | 'untrust'; readonly address: string }
  | { readonly kind: 'registration-added' | 'registration-removed'; readonly endpoint: RemoteEndpoint }
  | { readonly kind: 'app-turn-done'; readonly ticket: number }
  | { readonly kind: 'get-sizes' | 'stop' };

export type FromThread =
  | ({
      readonly kind: 'ready';
      readonly controlPort: number;
      readonly hostports: string;
      readonly ports: readonly number[];
    } & Bound)
  | { readonly kind: 'problem'; readonly text: string }
  | { readonly kind: 'log'; readonly level: keyof EngineLog; readonly facts: Record<string, unknown>; readonly text: string }
  | { readonly kind: 'app-turn-requested'; readonly ticket: number }
  | { readonly kind: 'flow-closed'; readonly source: FlowSource }
  | ({ readonly kind: 'sizes'; readonly sizes: Record<string, number> } & Bound);

/** `proto/host:port,…` of everything that listens, where it is bound now. */
type Bound = { readonly listening: string };

/** The remote endpoint of a phone's connection. Address numeric, IPv6 without brackets. */
export type FlowSource = { readonly protocol: 'tcp' | 'tls' | 'ws' | 'wss'; readonly address: string; readonly port: number };

/** How an application reaches the engine. */
export type EngineAddress = {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** `proto/host:port,…` of everything that listens, as phones see it. */
  readonly hostports: string;
};

export type EngineSupervisorDeps = {
  /** Without a secret: the supervisor makes one for each start of the application. */
  readonly options: Omit<GivenOptions, 'secret'>;
  readonly clock: EngineClock;
  readonly log: EngineLog;
  /** Lines below this level are dropped on the thread. Default info. */
  readonly logLevel?: keyof EngineLog | undefined;
  /** A connection by which a phone had registered has closed. */
  readonly onFlowClosed?: ((source: FlowSource) => void) | undefined;
  /** The engine ended, and with it all its connections. */
  readonly onFlowsLost?: (() => void) | undefined;
  /** What runs on the thread; tests replace it. */
  readonly thread?: URL | undefined;
};

/** Without limits the thread's heap grows fivefold under load before it is collected, and its pages are never returned. */
const resourceLimits = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 512 };
const levels: readonly (keyof EngineLog)[] = ['error', 'warn', 'info', 'debug'];
const minRestartDelayMs = 250;
const maxRestartDelayMs = 10_000;
const stableAfterMs = 60_000;
const countIntervalMs = 5_000;
const maxMissedCounts = 4;

export class EngineSupervisor {
  readonly #deps: EngineSupervisorDeps;
  readonly #logLevels: readonly (keyof EngineLog)[];
  readonly #trusted = new Set<string>();
  readonly #registrations: RemoteEndpoint[] = [];
  #options: EngineOptions;
  #worker: Worker | undefined;
  #address: EngineAddress | undefined;
  #sizes: Record<string, number> = {};
  #listening = '';
  #pauseMs = minRestartDelayMs;
  #timers: EngineTimer[] = [];
  #restarts = 0;
  #missedCounts = 0;
  #isReady = false;
  #isStopping = false;
  #starting: { resolve: (address: EngineAddress) => void; reject: (error: Error) => void } | undefined;

  constructor(deps: EngineSupervisorDeps) {
    this.#deps = deps;
    this.#logLevels = levels.slice(0, levels.indexOf(deps.logLevel ?? 'info') + 1);
    this.#options = engineOptions({ ...deps.options, secret: randomBytes(24).toString('base64url') });
  }

  /** Resolves when the engine listens; rejects with an Error for the user when it cannot, such as a port in use. */
  start(): Promise<EngineAddress> {
    const problems = findProblems(this.#options);
    if (problems.length > 0) return Promise.reject(new Error(problems.join('\n')));
    return new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
      this.#spawn();
    });
  }

  /** Ends the engine, letting it release its calls first. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#cancelTimers();
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    const terminateTimer = this.#deps.clock.after(maxRestartDelayMs, () => void worker.terminate());
    this.#post({ kind: 'stop' });
    await ended;
    terminateTimer.cancel();
  }

  /** Trusts this address or network as a trunk's, also after a restart. */
  trust(address: string): void {
    this.#trusted.add(address);
    this.#post({ kind: 'trust', address });
  }

  untrust(address: string): void {
    this.#trusted.delete(address);
    this.#post({ kind: 'untrust', address });
  }

  /** An authenticated phone registered from this endpoint; called twice for two of them. */
  registrationAdded(endpoint: RemoteEndpoint): void {
    this.#registrations.push(endpoint);
    this.#post({ kind: 'registration-added', endpoint });
  }

  registrationRemoved(endpoint: RemoteEndpoint): void {
    const known = this.#registrations.findIndex((one) => isSameEndpoint(one, endpoint));
    if (known === -1) return;
    this.#registrations.splice(known, 1);
    this.#post({ kind: 'registration-removed', endpoint });
  }

  /** How to reach the engine; undefined before the first start. It stays the same over restarts. */
  get address(): EngineAddress | undefined {
    return this.#address;
  }

  get isRunning(): boolean {
    return this.#isReady;
  }

  /** The size of every table of the engine, some seconds old. */
  get sizes(): Readonly<Record<string, number>> {
    return this.#sizes;
  }

  /** `proto/host:port,…` of everything that listens, where it is bound; some seconds old, as addresses of a machine change. */
  get listening(): string {
    return this.#listening;
  }

  /** How often it was restarted. */
  get restarts(): number {
    return this.#restarts;
  }

  #spawn(): void {
    const workerData: ThreadStart = { options: this.#options, logLevels: this.#logLevels };
    const worker = new Worker(this.#deps.thread ?? new URL('./engine-thread.ts', import.meta.url), {
      workerData,
      name: 'sip-engine',
      resourceLimits,
    });
    this.#worker = worker;
    this.#missedCounts = 0;
    worker.on('message', (message: FromThread) => this.#onMessage(message));
    worker.on('error', (error) => this.#deps.log.error({ err: error }, 'SIP engine failed'));
    worker.on('exit', (code) => this.#onExit(code));
  }

  #onMessage(message: FromThread): void {
    if (message.kind === 'app-turn-requested') this.#notifyTurn(message.ticket);
    else if (message.kind === 'log') this.#deps.log[message.level](message.facts, message.text);
    else if (message.kind === 'flow-closed') this.#deps.onFlowClosed?.(message.source);
    else if (message.kind === 'sizes') {
      this.#sizes = message.sizes;
      this.#listening = message.listening;
      this.#missedCounts = 0;
    } else if (message.kind === 'ready') this.#onReady(message);
    else this.#onProblem(message.text);
  }

  /** Two turns of this event loop: in the first the bytes written before the request are read, in the second the promises have run. */
  #notifyTurn(ticket: number): void {
    setImmediate(() => setImmediate(() => this.#post({ kind: 'app-turn-done', ticket })));
  }

  #onReady({ controlPort, hostports, listening, ports }: Extract<FromThread, { kind: 'ready' }>): void {
    this.#listening = listening;
    const { control, listeners, secret } = this.#options;
    this.#address = { host: control.host, port: controlPort, secret, hostports };
    this.#options = {
      ...this.#options,
      control: { ...control, port: controlPort },
      listeners:
        ports.length === listeners.length
          ? listeners.map((one, index) => ({ ...one, port: ports[index] ?? one.port }))
          : listeners,
    };
    this.#isReady = true;
    for (const address of this.#trusted) this.#post({ kind: 'trust', address });
    for (const endpoint of this.#registrations) this.#post({ kind: 'registration-added', endpoint });
    const { clock } = this.#deps;
    this.#timers.push(
      clock.after(stableAfterMs, () => (this.#pauseMs = minRestartDelayMs)),
      clock.every(countIntervalMs, () => this.#count()),
    );
    this.#starting?.resolve(this.#address);
    this.#starting = undefined;
  }

  #onProblem(text: string): void {
    if (this.#starting === undefined) {
      this.#deps.log.error({ problem: text }, 'SIP engine cannot restart yet');
      return;
    }
    this.#isStopping = true;
    this.#starting.reject(new Error(text));
    this.#starting = undefined;
  }

  #onExit(code: number): void {
    this.#worker = undefined;
    this.#isReady = false;
    this.#cancelTimers();
    if (this.#isStopping) return;
    this.#starting?.reject(new Error(`The SIP engine ended while it started (exit code ${code}).`));
    this.#starting = undefined;
    if (this.#address === undefined) return;
    this.#restarts += 1;
    this.#deps.onFlowsLost?.();
    this.#deps.log.error({ code, pauseMs: this.#pauseMs }, 'SIP engine crashed; restarting');
    this.#timers.push(this.#deps.clock.after(this.#pauseMs, () => this.#spawn()));
    this.#pauseMs = Math.min(this.#pauseMs * 2, maxRestartDelayMs);
  }

  /** Counts requests without an answer instead of time, so that a machine that slept is not mistaken for a hang. */
  #count(): void {
    this.#missedCounts += 1;
    if (this.#missedCounts > maxMissedCounts) {
      this.#deps.log.error({}, 'SIP engine does not respond; terminating it');
      void this.#worker?.terminate();
    } else this.#post({ kind: 'get-sizes' });
  }

  #post(message: ToThread): void {
    this.#worker?.postMessage(message);
  }

  #cancelTimers(): void {
    for (const timer of this.#timers.splice(0)) timer.cancel();
  }
}

function isSameEndpoint(one: RemoteEndpoint, other: RemoteEndpoint): boolean {
  return one.protocol === other.protocol && one.address === other.address && one.port === other.port;
}
