// Keeps one connection to the broker there is: found, made, kept, made again, followed where it moves.
// Called by the bridge.
// Must stay true: it never gives up, never delays the start, and a new try asks for the broker again.
import { connect } from 'mqtt';
import type { MqttClient } from 'mqtt';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { isSameBroker } from './broker.ts';
import type { Broker, FindBroker } from './broker.ts';
import { endedBy, failureOf, isOldProtocol, isTakenOver } from './connection-state.ts';
import type { ConnectionState } from './connection-state.ts';
import { MqttSession } from './mqtt-session.ts';
import type { Message } from './mqtt-session.ts';
import { isExpected, neutralize } from './packet-guard.ts';

export type MqttConnectionDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly findBroker: FindBroker;
  /** The same each time, so that a broker drops a dead connection of ours, with its last will, before it takes the new one. */
  readonly clientId: string;
  readonly availabilityTopic: string;
  readonly onSession: (session: MqttSession) => void;
  readonly onMessage: (message: Message) => void;
  readonly onState: (state: ConnectionState) => void;
};

const firstRetryMs = 1000;
const maxRetryMs = 30_000;
const connectTimeoutMs = 10_000;
const keepaliveSeconds = 30;
/** How often a broker that Home Assistant names is looked up again while it is connected. */
const followMs = 60_000;
const farewellMs = 1000;
/** Two with our id throw each other out: not every second. */
const takenOverMs = 5 * 60_000;
/** Nothing that is for us is so long; a broker lets anybody send 256 MB, which a small machine has not. */
const maximumPacketSize = 1024 * 1024;
/** A connection that lasted so long was a good one: after it the next try comes soon. */
const stableMs = 10_000;

export const online = 'online';
export const offline = 'offline';

export class MqttConnection {
  readonly #deps: MqttConnectionDeps;
  #state: ConnectionState = { kind: 'no-broker' };
  #client: MqttClient | undefined;
  #session: MqttSession | undefined;
  #timer: Timer | undefined;
  #follow: Timer | undefined;
  #retryMs = firstRetryMs;
  /** Monotonic. */
  #connectedAt: number | undefined;
  /** Milliseconds before the next try, where it is not the usual time. */
  #wait: number | undefined;
  #isOldProtocol = false;
  #isStopped = false;

  constructor(deps: MqttConnectionDeps) {
    this.#deps = deps;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get session(): MqttSession | undefined {
    return this.#session;
  }

  start(): void {
    this.#follow = this.#deps.clock.every(followMs, () => void this.#followBroker());
    void this.#attempt();
  }

  /** Says goodbye, so that everything is shown as unavailable at once; takes a second at most. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#follow?.cancel();
    const client = this.#client;
    if (client === undefined) return;
    const limit = Promise.withResolvers<void>();
    const timer = this.#deps.clock.after(farewellMs, limit.resolve);
    await Promise.race([this.#farewell(client), limit.promise]);
    timer.cancel();
    this.#session?.over();
    client.end(true);
  }

  async #farewell(client: MqttClient): Promise<void> {
    if (!client.connected) return;
    try {
      await client.publishAsync(this.#deps.availabilityTopic, offline, { qos: 1, retain: true });
      await client.endAsync();
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'Goodbye to the MQTT broker failed');
    }
  }

  async #attempt(): Promise<void> {
    const broker = await this.#find();
    if (this.#isStopped) return;
    if (broker === undefined) return this.#retryLater();
    this.#enter({ kind: 'connecting', broker });
    try {
      this.#open(broker);
    } catch (error) {
      this.#ended(failureOf(broker, toError(error)));
    }
  }

  async #find(): Promise<Broker | undefined> {
    try {
      const broker = await this.#deps.findBroker();
      if (broker === undefined) this.#enter({ kind: 'no-broker' });
      return broker;
    } catch (error) {
      this.#enter({ kind: 'unreachable', broker: undefined, message: toError(error).message });
      return undefined;
    }
  }

  #open(broker: Broker): void {
    const { clientId, availabilityTopic, onSession, onMessage } = this.#deps;
    const { username, password, ca } = broker;
    const client = connect(broker.url, {
      clientId,
      protocolVersion: this.#isOldProtocol ? 4 : 5,
      clean: true,
      keepalive: keepaliveSeconds,
      connectTimeout: connectTimeoutMs,
      // We make each try ourselves: MQTT.js would send again what was under way, however old.
      reconnectPeriod: 0,
      will: { topic: availabilityTopic, payload: Buffer.from(offline), qos: 1, retain: true },
      ...(this.#isOldProtocol ? {} : { properties: { maximumPacketSize } }),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
    });
    this.#client = client;
    let failure: ConnectionState | undefined;
    client.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
      if (isOldProtocol(code) && !this.#isOldProtocol) {
        this.#isOldProtocol = true;
        this.#wait = 0;
      } else failure ??= failureOf(broker, error);
    });
    client.on('packetreceive', (packet) => {
      if (isExpected(packet)) return;
      failure ??= failureOf(broker, new Error('what answers there does not keep to MQTT'));
      neutralize(packet);
      client.stream.destroy();
    });
    client.on('disconnect', ({ reasonCode }) => {
      failure ??= endedBy(broker, reasonCode);
      if (isTakenOver(reasonCode)) this.#wait = takenOverMs;
    });
    client.on('connect', ({ properties }) => {
      this.#session = new MqttSession(client, properties?.receiveMaximum);
      this.#connectedAt = this.#deps.clock.monotonic();
      this.#enter({ kind: 'connected', broker });
      onSession(this.#session);
    });
    client.on('message', (topic, payload, { retain }) => onMessage({ topic, payload: payload.toString(), isRetained: retain }));
    client.once('close', () => {
      if (this.#client === client) this.#ended(failure ?? failureOf(broker, new Error('it closed the connection')));
      client.end(true);
    });
  }

  #ended(state: ConnectionState): void {
    this.#session?.over();
    this.#session = undefined;
    this.#client = undefined;
    if (this.#isStopped) return;
    if (this.#wasStable()) this.#retryMs = firstRetryMs;
    this.#enter(state);
    this.#retryLater();
  }

  /** Not so where another client with our id and we throw each other out. */
  #wasStable(): boolean {
    const at = this.#connectedAt;
    this.#connectedAt = undefined;
    return at !== undefined && this.#deps.clock.monotonic() - at >= stableMs;
  }

  #retryLater(): void {
    const delayMs = this.#wait ?? this.#retryMs;
    this.#wait = undefined;
    this.#retryMs = Math.min(maxRetryMs, Math.max(firstRetryMs, this.#retryMs * 2));
    this.#timer = this.#deps.clock.after(delayMs, () => void this.#attempt());
  }

  async #followBroker(): Promise<void> {
    if (this.#state.kind !== 'connected') return;
    const { broker } = this.#state;
    if (broker.source !== 'supervisor') return;
    const now = await this.#deps.findBroker().catch(() => broker);
    if (this.#state.kind !== 'connected' || isSameBroker(now, broker)) return;
    this.#client?.end(true);
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#deps.onState(state);
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
