// Owns the states of all entities as they were last sent: reads those that may have changed and sends those that have.
// Called by the bridge.
// Must stay true: a state is sent at once, but one that changes on and on is sent once a second; the last one always arrives.
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Entity } from '#contract/entity.ts';
import type { Catalog } from './catalog.ts';
import { Pace } from './pace.ts';
import { attributesPayload, statePayload } from './payload.ts';
import type { Payload } from './payload.ts';
import type { EntityAddress, Topics } from './topics.ts';

export type StateFeedDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly topics: Topics;
  readonly catalog: () => Catalog;
  /** Sends a retained message. */
  readonly publish: (topic: string, payload: string) => void;
};

/** An entity that has a state. */
export type StatefulEntity = Exclude<Entity, { readonly kind: 'event' | 'button' | 'notify' }>;

export function isStateful(entity: Entity): entity is StatefulEntity {
  return entity.kind !== 'event' && entity.kind !== 'button' && entity.kind !== 'notify';
}

/** A call that begins is several facts within one moment. */
const gatherMs = 20;

type Watched = {
  readonly entity: StatefulEntity;
  readonly ownerId: string;
  readonly pace: Pace;
  isReading: boolean;
  isStale: boolean;
  timer: Timer | undefined;
};

export class StateFeed {
  readonly #deps: StateFeedDeps;
  readonly #watched = new Map<string, Watched>();
  /** By topic. */
  readonly #sent = new Map<string, string>();
  readonly #sweeps = new Map<StatefulEntity, { readonly pace: Pace; timer: Timer | undefined }>();
  readonly #complained = new Set<string>();

  constructor(deps: StateFeedDeps) {
    this.#deps = deps;
  }

  /** After a fact: `ownerId` undefined where it may be anybody's. */
  changed(entity: StatefulEntity, ownerId: string | undefined): void {
    if (ownerId === undefined) this.#changedOfAll(entity);
    else if (this.#deps.catalog().get(ownerId)?.entities.includes(entity) === true) this.#touch(entity, ownerId);
  }

  /** Everybody's are read once for the facts of a moment, and once a second where they do not end. */
  #changedOfAll(entity: StatefulEntity): void {
    const sweep = this.#sweeps.get(entity) ?? { pace: new Pace(), timer: undefined };
    this.#sweeps.set(entity, sweep);
    if (sweep.timer !== undefined) return;
    const { clock, catalog } = this.#deps;
    sweep.timer = clock.after(Math.max(gatherMs, sweep.pace.waitMs(clock.monotonic())), () => {
      sweep.timer = undefined;
      sweep.pace.spend(clock.monotonic());
      for (const [ownerId, { entities }] of catalog()) if (entities.includes(entity)) this.#touch(entity, ownerId);
    });
  }

  /** Every state, whether it was sent or not: the broker or Home Assistant may have forgotten it. */
  resend(): void {
    this.#sent.clear();
    this.recheck();
  }

  /** Reads every state and sends what is new. */
  recheck(): void {
    for (const [ownerId, { entities }] of this.#deps.catalog()) {
      for (const entity of entities) if (isStateful(entity)) this.#touch(entity, ownerId);
    }
  }

  /** Sends it even where it is the same, so that a switch there springs back. */
  insist(entity: StatefulEntity, ownerId: string): void {
    const address = { ownerId, key: entity.declaration.key };
    this.#sent.delete(this.#deps.topics.state(address));
    this.#touch(entity, ownerId);
  }

  /** Its owner is gone. */
  forget(address: EntityAddress): void {
    const { topics } = this.#deps;
    this.#watched.get(topics.state(address))?.timer?.cancel();
    this.#watched.delete(topics.state(address));
    for (const topic of [topics.state(address), topics.attributes(address)]) this.#sent.delete(topic);
  }

  stop(): void {
    for (const { timer } of [...this.#watched.values(), ...this.#sweeps.values()]) timer?.cancel();
    this.#watched.clear();
    this.#sweeps.clear();
  }

  #touch(entity: StatefulEntity, ownerId: string): void {
    const topic = this.#deps.topics.state({ ownerId, key: entity.declaration.key });
    const watched = this.#watched.get(topic) ?? this.#watch(topic, { entity, ownerId });
    watched.isStale = true;
    if (watched.isReading || watched.timer !== undefined) return;
    const delayMs = watched.pace.waitMs(this.#deps.clock.monotonic());
    if (delayMs === 0) return void this.#read(watched);
    watched.timer = this.#deps.clock.after(delayMs, () => {
      watched.timer = undefined;
      void this.#read(watched);
    });
  }

  #watch(topic: string, { entity, ownerId }: Pick<Watched, 'entity' | 'ownerId'>): Watched {
    const watched = { entity, ownerId, pace: new Pace(), isReading: false, isStale: false, timer: undefined };
    this.#watched.set(topic, watched);
    return watched;
  }

  /** Never two of one state at a time: the later answer could be overtaken. */
  async #read(watched: Watched): Promise<void> {
    const { entity, ownerId } = watched;
    const { topics, log } = this.#deps;
    const address = { ownerId, key: entity.declaration.key };
    watched.isReading = true;
    watched.isStale = false;
    try {
      const { source } = entity;
      const state = await source.state(ownerId);
      const attributes = await source.attributes?.(ownerId);
      if (this.#watched.get(topics.state(address)) !== watched) return;
      // First, so that whoever is woken by the state sees those that belong to it.
      const hasNew = attributes !== undefined && this.#send(topics.attributes(address), attributesPayload(attributes));
      if (this.#send(topics.state(address), statePayload(entity.kind, state)) || hasNew)
        watched.pace.spend(this.#deps.clock.monotonic());
    } catch (error) {
      log.warn({ err: error, ...address }, 'State of an entity cannot be read');
    } finally {
      watched.isReading = false;
    }
    if (watched.isStale) this.#touch(entity, ownerId);
  }

  /** Whether it is new. */
  #send(topic: string, { text, problem }: Payload): boolean {
    if (problem !== undefined) this.#complain(topic, problem);
    if (this.#sent.get(topic) === text) return false;
    this.#sent.set(topic, text);
    this.#deps.publish(topic, text);
    return true;
  }

  #complain(topic: string, problem: string): void {
    if (this.#complained.has(topic)) return;
    this.#complained.add(topic);
    this.#deps.log.warn({ topic, problem }, 'State does not fit into Home Assistant');
  }
}
