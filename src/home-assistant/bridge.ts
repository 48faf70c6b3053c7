// Shows the whole house in Home Assistant over MQTT, and does there what is asked for.
// Called by app/home-assistant.ts.
// Must stay true: whatever is away - broker, Home Assistant, both - the house goes on, and all is right again once they are back.
import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { Log } from '#base/log.ts';
import type { Command } from '#contract/command.ts';
import { exchange, ownerFacts } from '#contract/entity.ts';
import type { Entity } from '#contract/entity.ts';
import type { FactName, Facts } from '#contract/facts.ts';
import type { FindBroker } from './broker.ts';
import { catalogOf } from './catalog.ts';
import type { Catalog } from './catalog.ts';
import { CommandDesk } from './command-desk.ts';
import type { DiscoveryHouse } from './discovery.ts';
import { DiscoveryFeed } from './discovery-feed.ts';
import { EventFeed } from './event-feed.ts';
import { MqttConnection, offline, online } from './mqtt-connection.ts';
import type { MqttConnectionDeps } from './mqtt-connection.ts';
import type { Message, MqttSession } from './mqtt-session.ts';
import { Presence } from './presence.ts';
import { isStateful, StateFeed } from './state-feed.ts';
import type { Topics } from './topics.ts';

export type BridgeDeps = Pick<MqttConnectionDeps, 'clientId' | 'onState'> & {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly entities: readonly Entity[];
  readonly commands: readonly Command[];
  readonly topics: Topics;
  /** What may change: the language, the link to the panel. */
  readonly house: () => Omit<DiscoveryHouse, 'topics'>;
  readonly findBroker: FindBroker;
};

/** What is retained comes within this time; it shows what an earlier version told. */
const retainedMs = 300;
/** Facts that change owners come in bursts: an import of phones. */
const ownersMs = 50;
/** Home Assistant says that it is there before it listens to everything. */
const birthMs = 1000;

export class Bridge {
  readonly #deps: BridgeDeps;
  readonly #connection: MqttConnection;
  readonly #discovery: DiscoveryFeed;
  readonly #states: StateFeed;
  readonly #eventFeed: EventFeed;
  readonly #desk: CommandDesk;
  readonly #presence: Presence;
  readonly #subscriptions: (() => void)[] = [];
  readonly #timers = new Map<string, Timer>();
  #catalog: Catalog = new Map();
  #isStopped = false;

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
    const { clock, log, topics, commands } = deps;
    const catalog = () => this.#catalog;
    const publish = (topic: string, payload: string) => void this.#send(topic, payload, true).catch(() => undefined);
    const isConnected = () => this.#connection.session !== undefined;
    const house = () => ({ ...deps.house(), topics });
    const isHeard = () => isConnected() && this.#presence.isThere;
    this.#discovery = new DiscoveryFeed({ log, house, catalog, publish, isConnected, isHeard });
    this.#states = new StateFeed({
      clock,
      log,
      topics,
      catalog,
      publish: (topic, payload) => void this.#sendState(topic, payload),
    });
    const publishEvent = (topic: string, payload: string) => this.#send(topic, payload, false);
    this.#presence = new Presence({ clock, probe: () => this.#probe(), onThere: () => this.#isThere() });
    this.#eventFeed = new EventFeed({ clock, log, topics, publish: publishEvent, isHeard });
    this.#desk = new CommandDesk({
      log,
      catalog,
      commands,
      onAsked: (entity, ownerId) => isStateful(entity) && this.#states.insist(entity, ownerId),
      reply: (id, body) => void publishEvent(topics.reply(id), JSON.stringify(body)).catch(() => undefined),
    });
    this.#connection = new MqttConnection({
      ...deps,
      availabilityTopic: topics.availability,
      onSession: (session) => void this.#connected(session),
      onMessage: (message) => this.#received(message),
      onState: (state) => {
        if (state.kind !== 'connected') this.#presence.disconnected();
        deps.onState(state);
      },
    });
  }

  start(): void {
    const { entities, clock } = this.#deps;
    for (const name of ownerFacts) this.#on(name, () => this.#soon('owners', ownersMs, () => this.#followOwners()));
    for (const entity of entities) this.#listen(entity);
    const polled = Map.groupBy(entities.filter(isStateful), ({ source }) => source.pollSeconds);
    for (const [seconds, some] of polled) {
      if (seconds === undefined) continue;
      const timer = clock.every(seconds * 1000, () => {
        this.#followOwners();
        if (this.#connection.session !== undefined) for (const entity of some) this.#states.changed(entity, undefined);
      });
      this.#subscriptions.push(timer.cancel);
    }
    this.#connection.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const end of this.#subscriptions.splice(0)) end();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#states.stop();
    this.#presence.disconnected();
    await this.#connection.stop();
  }

  #listen(entity: Entity): void {
    if (entity.kind === 'event') {
      for (const name of Object.keys(entity.source.occursBy) as FactName[]) {
        this.#on(name, (fact) => this.#eventFeed.occurred(entity, name, fact));
      }
    } else if (isStateful(entity)) {
      for (const [name, ownerOf] of Object.entries(entity.source.changedBy)) {
        this.#on(name as FactName, (fact) => {
          if (this.#connection.session !== undefined) this.#states.changed(entity, ownerOf(fact as never));
        });
      }
    }
  }

  #on(name: FactName, listener: (fact: object) => void): void {
    this.#subscriptions.push(this.#deps.events.on(name, listener));
  }

  /** What is asked for several times before it is due is done once. */
  #soon(name: string, delayMs: number, run: () => void): void {
    if (this.#timers.has(name)) return;
    const timer = this.#deps.clock.after(delayMs, () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, timer);
  }

  async #connected(session: MqttSession): Promise<void> {
    const { topics, log } = this.#deps;
    try {
      await session.subscribe([
        topics.allDiscovery,
        topics.allSets,
        topics.allCommands,
        topics.homeAssistant,
        topics.availability,
      ]);
    } catch (error) {
      log.warn({ err: error }, 'The MQTT broker does not let GoSIP read its topics: nothing can be switched from Home Assistant');
    }
    this.#soon('all', retainedMs, () => void this.#begin(session));
  }

  async #begin(session: MqttSession): Promise<void> {
    const sent = this.#sendAll(session);
    this.#presence.connected(session.hasReasons);
    await sent;
  }

  async #sendAll(session: MqttSession): Promise<void> {
    if (this.#connection.session !== session) return;
    this.#catalog = catalogOf(this.#deps.entities);
    this.#discovery.resend();
    this.#states.resend();
    await this.#send(this.#deps.topics.availability, online, true).catch(() => undefined);
  }

  #followOwners(): void {
    const before = this.#catalog;
    this.#catalog = catalogOf(this.#deps.entities);
    for (const [ownerId, { entities }] of before) {
      if (this.#catalog.has(ownerId)) continue;
      for (const { declaration } of entities) this.#states.forget({ ownerId, key: declaration.key });
    }
    for (const ownerId of this.#discovery.follow()) {
      for (const entity of this.#catalog.get(ownerId)?.entities ?? [])
        if (isStateful(entity)) this.#states.insist(entity, ownerId);
    }
  }

  #received(message: Message): void {
    if (this.#isStopped) return;
    const parsed = this.#deps.topics.parse(message.topic);
    switch (parsed?.kind) {
      case 'set':
        return void this.#desk.set(parsed.address, message);
      case 'command':
        return void this.#desk.run(parsed.name, message);
      case 'discovery':
        if (message.isRetained) this.#found(parsed.ownerId, message.payload);
        return;
      case 'home-assistant':
        return message.isRetained ? undefined : this.#homeAssistantIs(message.payload);
      case 'availability':
        // The last will of a connection of ours that the broker had not yet missed.
        if (message.payload !== online && !message.isRetained) this.#soon('all', 0, () => void this.#again());
        return;
      case undefined:
    }
  }

  #homeAssistantIs(payload: string): void {
    if (payload === offline) this.#presence.left();
    if (payload === online) this.#soon('birth', birthMs, () => void this.#again().then(() => this.#presence.arrived()));
  }

  #found(ownerId: string, payload: string): void {
    this.#discovery.found(ownerId, payload);
    if (!this.#timers.has('all')) this.#soon('owners', ownersMs, () => this.#followOwners());
  }

  #isThere(): void {
    this.#followOwners();
    void this.#eventFeed.flush();
  }

  async #again(): Promise<void> {
    const { session } = this.#connection;
    if (session !== undefined) await this.#sendAll(session);
  }

  /** One state of the exchange, as it is: to nobody but a listener of ours. */
  #probe(): void {
    const entity = this.#catalog.get(exchange.id)?.entities.find(isStateful);
    if (entity !== undefined) this.#states.insist(entity, exchange.id);
  }

  async #sendState(topic: string, payload: string): Promise<void> {
    try {
      this.#presence.answered(await this.#send(topic, payload, true));
    } catch {
      // Every state is sent again over the next connection.
    }
  }

  /** Whether anybody listens, where the broker says so. */
  #send(topic: string, payload: string, isRetained: boolean): Promise<boolean> {
    const { session } = this.#connection;
    return session?.publish(topic, payload, { isRetained }) ?? Promise.reject(new Error('Not connected'));
  }
}
