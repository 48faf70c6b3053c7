// Owns the line to Core: opened again for ever, looked after by pings, commands and subscriptions over it.
// Composed by app/home-assistant-core.ts; everybody else sees it as a CoreConnection.
// Must stay true: nothing here rejects but with a CoreError, nothing waits without a limit, and a listener that throws disturbs nobody.
import { createConnection } from 'home-assistant-js-websocket';
import type { Connection } from 'home-assistant-js-websocket';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { CoreAccess, CoreConnection, CoreError, CoreMessage } from './core-connection.ts';
import { toCoreError, unreachable } from './core-error.ts';
import { openCoreSocket } from './core-socket.ts';
import { within } from './core-limit.ts';

export type CoreLineDeps = { readonly access: CoreAccess; readonly clock: Clock; readonly log: Log };

/** `problem`: why there is no line; undefined while the first one is opened. */
export type LineState =
  | { readonly kind: 'connected'; readonly version: string }
  | { readonly kind: 'away'; readonly problem: CoreError | undefined };

type Subscription = {
  readonly message: CoreMessage;
  readonly listener: (message: never) => void;
  isEnded: boolean;
  /** Ends it over the line on which it runs. */
  end: (() => Promise<void>) | undefined;
};

const commandLimitMs = 10_000;
const openLimitMs = 15_000;
/** Core may be busy with its own start. */
const subscribeLimitMs = 30_000;
const pingPeriodMs = 30_000;
const pingLimitMs = 10_000;
/** After each failure in a row; a line that is refused is tried rarely, since Core warns its people of each try. */
const backOffMs = { unavailable: [1_000, 2_000, 3_000, 5_000], forbidden: [60_000, 300_000, 900_000] } as const;

export class CoreLine implements CoreConnection {
  readonly #deps: CoreLineDeps;
  readonly #subscriptions = new Set<Subscription>();
  readonly #listeners = new Set<() => void>();
  #isStopped = false;
  #opening: AbortController | undefined;
  #connection: Connection | undefined;
  #state: LineState = { kind: 'away', problem: undefined };
  #failures = 0;
  #timer: Timer | undefined;

  constructor(deps: CoreLineDeps) {
    this.#deps = deps;
  }

  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  get state(): LineState {
    return this.#state;
  }

  /** Returns at once; the line comes when Core is there. */
  start(): void {
    void this.#open();
  }

  async command<Reply>(message: CoreMessage, limitMs = commandLimitMs): Promise<Reply> {
    const { access, clock } = this.#deps;
    const connection = this.#connection;
    if (connection === undefined) throw this.#away();
    try {
      const late = () => unreachable(access.url);
      return await within(connection.sendMessagePromise<Reply>({ ...message }), limitMs, { clock, late });
    } catch (rejection) {
      throw toCoreError(rejection, access.url);
    }
  }

  subscribe<Message>(message: CoreMessage, listener: (message: Message) => void): () => void {
    const subscription: Subscription = { message, listener, isEnded: false, end: undefined };
    this.#subscriptions.add(subscription);
    if (this.#connection !== undefined) void this.#begin(subscription, this.#connection);
    return () => {
      subscription.isEnded = true;
      this.#subscriptions.delete(subscription);
      this.#endQuietly(subscription.end);
    };
  }

  onConnected(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.isConnected) queueMicrotask(() => this.#call(listener));
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#opening?.abort();
    this.#timer?.cancel();
    this.#listeners.clear();
    this.#subscriptions.clear();
    this.#connection?.reconnect(true);
    await Promise.resolve();
  }

  async #open(): Promise<void> {
    const { access, clock } = this.#deps;
    const opening = new AbortController();
    this.#opening = opening;
    try {
      const opened = createConnection({ createSocket: () => openCoreSocket(access, opening.signal) });
      const connection = await within(opened, openLimitMs, { clock, late: () => unreachable(access.url) });
      this.#opened(connection);
    } catch (rejection) {
      opening.abort();
      this.#failed(toCoreError(rejection, access.url));
    }
  }

  #opened(connection: Connection): void {
    const { access, log } = this.#deps;
    connection.addEventListener('disconnected', () => this.#lost(connection));
    // It may be lost already, or not wanted any more.
    if (!connection.connected || this.#isStopped) return connection.reconnect(true);
    this.#connection = connection;
    this.#failures = 0;
    this.#state = { kind: 'connected', version: connection.haVersion };
    log.info({ url: access.url, version: connection.haVersion }, 'Connected to Home Assistant');
    this.#pingLater(connection);
    for (const subscription of this.#subscriptions) void this.#begin(subscription, connection);
    for (const listener of [...this.#listeners]) this.#call(listener);
  }

  /** The library would try again by itself, but not after every failure: we do. */
  #lost(connection: Connection): void {
    connection.close();
    if (this.#connection === connection) this.#connection = undefined;
    this.#failed(unreachable(this.#deps.access.url));
  }

  #failed(problem: CoreError): void {
    if (this.#isStopped) return;
    const before = this.#state.kind === 'away' ? this.#state.problem : undefined;
    // Once for each kind of failure, not for each try.
    if (problem.message !== before?.message) this.#deps.log.warn(problem.message);
    if (problem.code !== before?.code) this.#failures = 0;
    this.#state = { kind: 'away', problem };
    const waits = backOffMs[problem.code === 'forbidden' ? 'forbidden' : 'unavailable'];
    const waitMs = waits[Math.min(this.#failures, waits.length - 1)] ?? 0;
    this.#failures += 1;
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(waitMs, () => void this.#open());
  }

  #pingLater(connection: Connection): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(pingPeriodMs, () => void this.#ping(connection));
  }

  /** A server that is silent closes nothing. */
  async #ping(connection: Connection): Promise<void> {
    try {
      await this.command({ type: 'ping' }, pingLimitMs);
      if (this.#connection === connection) this.#pingLater(connection);
    } catch {
      if (this.#connection === connection) connection.reconnect(true);
    }
  }

  async #begin(subscription: Subscription, connection: Connection): Promise<void> {
    const { access, clock, log } = this.#deps;
    const isWanted = () => !subscription.isEnded && this.#connection === connection;
    const listen = (message: never) => {
      if (isWanted()) this.#call(() => subscription.listener(message));
    };
    try {
      const begun = connection.subscribeMessage(listen, { ...subscription.message }, { resubscribe: false });
      const end = await within(begun, subscribeLimitMs, { clock, late: () => unreachable(access.url) });
      if (isWanted()) subscription.end = end;
      else this.#endQuietly(end);
    } catch (rejection) {
      if (!isWanted()) return;
      const error = toCoreError(rejection, access.url);
      log.warn({ type: subscription.message.type, err: error }, 'Home Assistant refuses a subscription');
      // Without an answer the line is as good as dead; a refusal stays one until Core has started again.
      if (error.reason === undefined) connection.reconnect(true);
    }
  }

  #endQuietly(end: (() => Promise<void>) | undefined): void {
    // Where it does not reach Core, the end of the line ends it.
    end?.().catch(() => {});
  }

  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'A listener to Home Assistant failed');
    }
  }

  #away(): CoreError {
    const problem = this.#state.kind === 'away' ? this.#state.problem : undefined;
    return problem ?? unreachable(this.#deps.access.url);
  }
}
