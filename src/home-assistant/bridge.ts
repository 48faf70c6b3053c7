// Shows the whole house in Home Assistant over MQTT, and does there what is asked for.
// Called by app/home-assistant.ts.
// Must stay true: whatever is away - broker, Home Assistant, both - the house goes on, and all is right again once they are back.
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { Log } from '#base/log.ts';
import type { Command } from '#contract/command.ts';
import { exchange } from '#contract/entity.ts';
import type { Entity } from '#contract/entity.ts';
import type { FactName, Facts } from '#contract/facts.ts';
import type { FindBroker } from './broker.ts';
import { catalogOf } from './catalog.ts';
import type { Catalog } from './catalog.ts';
import { CommandDesk } from './command-desk.ts';
import type { DiscoveryHouse } from './discovery.ts';
import { DiscoveryFeed } from './discovery-feed.ts';
import { DueOnce } from './due-once.ts';
import { EventFeed } from './event-feed.ts';
import type { EventEntity } from './event-feed.ts';
import { listenToFacts } from './fact-listener.ts';
import { MqttConnection, offline, online } from './mqtt-connection.ts';
import type { MqttConnectionDeps } from './mqtt-connection.ts';
import type { Message, MqttSession } from './mqtt-session.ts';
import { Presence } from './presence.ts';
import { isStateful, StateFeed } from './state-feed.ts';
import type { StatefulEntity } from './state-feed.ts';
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
  readonly #due: DueOnce;
  #catalog: Catalog = new Map();
  /** The connection over which everything was told. */
  #begun: MqttSession | undefined;
  #isStopped = false;
  #isRefusalLogged = false;

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
    const { clock, log, topics, commands } = deps;
    this.#due = new DueOnce({ clock, log });
    const catalog = () => this.#catalog;
    const publish = (topic: string, payload: string) => void this.#send(topic, payload, true).catch(() => undefined);
    const isConnected = () => this.#connection.session !== undefined;
    const house = () => ({ ...deps.house(), topics });
    const isHeard = () => isConnected() && this.#presence.isThere;
    // What an earlier version told is read first: ours would hide what of it has to be taken back.
    const hasBegun = () => isConnected() && this.#begun === this.#connection.session;
    this.#discovery = new DiscoveryFeed({ log, house, catalog, publish, isConnected: hasBegun, isHeard });
    this.#states = new StateFeed({
      clock,
      log,
      topics,
      catalog,
      publish: (topic, payload) => void this.#sendState(topic, payload),
    });
    const publishEvent = (topic: string, payload: string) => this.#send(topic, payload, false);
    this.#presence = new Presence({
      clock,
      probe: () => this.#probe(),
      onThere: () => void this.#due.safely(() => this.#isThere()),
    });
    this.#eventFeed = new EventFeed({ clock, log, topics, publish: publishEvent, isHeard });
    this.#desk = new CommandDesk({
      clock,
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
    const listeners = {
      owners: () => this.#due.in(ownersMs, 'owners', () => this.#followOwners()),
      state: (entity: StatefulEntity, ownerId: string | undefined) => {
        if (this.#connection.session !== undefined) this.#states.changed(entity, ownerId);
      },
      event: (entity: EventEntity, name: FactName, fact: object) => this.#eventFeed.occurred(entity, name, fact),
    };
    this.#subscriptions.push(...listenToFacts(this.#deps.events, entities, listeners));
    const polled = Map.groupBy(entities.filter(isStateful), ({ source }) => source.pollSeconds);
    for (const [seconds, some] of polled) {
      if (seconds === undefined) continue;
      const look = () => {
        this.#followOwners();
        for (const entity of some) listeners.state(entity, undefined);
      };
      this.#subscriptions.push(clock.every(seconds * 1000, () => void this.#due.safely(look)).cancel);
    }
    this.#connection.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const end of this.#subscriptions.splice(0)) end();
    this.#due.stop();
    this.#states.stop();
    this.#presence.disconnected();
    await this.#connection.stop();
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
    this.#due.in(retainedMs, 'all', () => this.#sendAll());
  }

  /** Over the connection there is now; the one that asked for it may be over. */
  async #sendAll(): Promise<void> {
    const { session } = this.#connection;
    if (session === undefined) return;
    const isNew = this.#begun !== session;
    this.#begun = session;
    this.#catalog = catalogOf(this.#deps.entities);
    this.#discovery.resend();
    this.#states.resend();
    const sent = this.#send(this.#deps.topics.availability, online, true);
    if (isNew) this.#presence.connected(session.hasReasons);
    await sent.catch(() => undefined);
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
        return void this.#due.safely(() => this.#desk.set(parsed.address, message));
      case 'command':
        return void this.#due.safely(() => this.#desk.run(parsed.name, message));
      case 'discovery':
        if (message.isRetained) this.#found(parsed.ownerId, message.payload);
        return;
      case 'home-assistant':
        return message.isRetained ? undefined : this.#homeAssistantIs(message.payload);
      case 'availability':
        // The last will of a connection of ours that the broker had not yet missed.
        if (message.payload !== online && !message.isRetained) this.#due.in(retainedMs, 'all', () => this.#sendAll());
        return;
      case undefined:
    }
  }

  #homeAssistantIs(payload: string): void {
    if (payload === offline) this.#presence.left();
    if (payload === online) this.#due.in(birthMs, 'birth', () => this.#born());
  }

  async #born(): Promise<void> {
    await this.#sendAll();
    if (this.#connection.session !== undefined) this.#presence.arrived();
  }

  #found(ownerId: string, payload: string): void {
    this.#discovery.found(ownerId, payload);
    if (!this.#due.isDue('all')) this.#due.in(ownersMs, 'owners', () => this.#followOwners());
  }

  async #isThere(): Promise<void> {
    this.#followOwners();
    await this.#eventFeed.flush();
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
    if (session === undefined) return Promise.reject(new Error('Not connected'));
    const sent = session.publish(topic, payload, { isRetained });
    sent.catch((error: unknown) => this.#refused(topic, error));
    return sent;
  }

  /** Once: an access list of the broker refuses all of a kind. */
  #refused(topic: string, error: unknown): void {
    if (this.#isRefusalLogged || !(error instanceof Error) || !('code' in error)) return;
    this.#isRefusalLogged = true;
    this.#deps.log.warn(
      { topic, reason: error.message },
      'The MQTT broker does not let GoSIP publish: Home Assistant does not see everything',
    );
  }
}
