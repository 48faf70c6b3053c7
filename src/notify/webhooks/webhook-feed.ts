// Owns the way from what happens in the house to what waits for its destinations.
// Called by app/outgoing-webhooks.ts, which starts and stops it.
// Must stay true: it hears of an event inside a call: there it notes it and no more; what is told to others is on the disk before it is sent.
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { EventName, Facts } from '#contract/facts.ts';
import { eventNames } from '#contract/facts.ts';
import type { Outbox } from '#storage/outbox.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Destination, DestinationId } from './destination.ts';
import type { DestinationStore } from './destination-store.ts';
import type { Destinations } from './destinations.ts';
import type { WebhookDeliveryStore } from './webhook-delivery-store.ts';
import { webhookBody } from './webhook-event.ts';
import { webhookKind } from './webhook-handler.ts';

export type WebhookFeedDeps = {
  readonly events: Events<Facts>;
  readonly destinations: Pick<Destinations, 'toldOf'>;
  readonly destinationStore: DestinationStore;
  readonly store: WebhookDeliveryStore;
  readonly outbox: Pick<Outbox, 'enqueue'>;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  /** What an event is about, as an administrator reads it; undefined where nothing can be read of it. May reject. */
  readonly itemOf: (event: EventName, data: object) => Promise<unknown>;
  /** Events that were not queued, because too many waited. */
  readonly onDropped: (events: number) => void;
};

/** Waiting for one destination: a receiver that is away must not fill the disk. */
export const maxWaiting = 1000;
/** Ended ones that are kept of one destination, and for how long. */
export const maxKept = 500;
const keptMs = 30 * 86_400_000;
const dayMs = 86_400_000;
/** Heard and not yet written: more than a house has in an hour. */
const maxHeard = 5000;
const eachTime = 100;
/** Longer than the last try of the schedule, also where a receiver asks for a while more. */
const giveUpAfterSeconds = 2 * 86_400;

type Heard = { readonly name: EventName; readonly data: object; readonly at: number };
type Read = Heard & { readonly item: unknown };

export class WebhookFeed {
  readonly #deps: WebhookFeedDeps;
  readonly #heard: Heard[] = [];
  #telling: Promise<void> | undefined;

  constructor(deps: WebhookFeedDeps) {
    this.#deps = deps;
  }

  /** Returns what stops it, which ends when everything heard is on the disk. */
  start(): () => Promise<void> {
    const { events, clock } = this.#deps;
    const ends = eventNames.map((name) => events.on(name, (data) => this.#hear(name, data)));
    this.#prune();
    const pruning = clock.every(dayMs, () => this.#prune());
    return async () => {
      pruning.cancel();
      for (const end of ends) end();
      await this.#telling;
    };
  }

  #hear(name: EventName, data: object): void {
    const { destinations, clock, onDropped } = this.#deps;
    if (destinations.toldOf(name).length === 0) return;
    if (this.#heard.length >= maxHeard) {
      onDropped(1);
      return;
    }
    this.#heard.push({ name, data, at: clock.now() });
    this.#telling ??= this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    const { log, writes, onDropped } = this.#deps;
    // What emitted it goes on first.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    while (this.#heard.length > 0) {
      const heard = await Promise.all(this.#heard.splice(0, eachTime).map((one) => this.#read(one)));
      try {
        const dropped = await writes.write(() => this.#queue(heard));
        if (dropped > 0) onDropped(dropped);
      } catch (error) {
        log.warn({ err: error, events: heard.length }, 'Events could not be queued for webhooks');
        onDropped(heard.length);
      }
    }
    // Here, not once the promise is settled: what is heard in between would wait for the next event.
    this.#telling = undefined;
  }

  async #read(heard: Heard): Promise<Read> {
    const { destinations, itemOf, log } = this.#deps;
    if (!destinations.toldOf(heard.name).some(({ includesContent }) => includesContent)) return { ...heard, item: undefined };
    try {
      return { ...heard, item: await itemOf(heard.name, heard.data) };
    } catch (error) {
      // It is gone already, for the most part: the event is told all the same.
      log.debug({ err: error, event: heard.name }, 'What an event is about could not be read');
      return { ...heard, item: undefined };
    }
  }

  /** Inside a write. Returns how many were too many. */
  #queue(all: readonly Read[]): number {
    const { destinations, destinationStore, store } = this.#deps;
    const room = new Map<DestinationId, number>();
    let dropped = 0;
    for (const read of all) {
      for (const destination of destinations.toldOf(read.name)) {
        const left = room.get(destination.id) ?? maxWaiting - store.openCount(destination.id);
        room.set(destination.id, left - 1);
        if (left > 0) this.#queueOne(read, destination);
        else {
          destinationStore.drop(destination.id, 1);
          dropped += 1;
        }
      }
    }
    for (const id of room.keys()) store.pruneTo(id, maxKept);
    return dropped;
  }

  #queueOne({ name, data, at, item }: Read, { id: destinationId, includesContent }: Destination): void {
    const { store, outbox, clock, newId } = this.#deps;
    const id = newId('evt');
    const body = webhookBody({ id, type: name, at, data, ...(includesContent ? { item } : {}) });
    const payload = { deliveryId: id, destinationId };
    const outboxId = outbox.enqueue({ kind: webhookKind, orderKey: id, payload, giveUpAfterSeconds });
    store.insert({ id, destinationId, event: name, body, outboxId, state: 'waiting', createdAt: clock.now() });
  }

  #prune(): void {
    const { writes, store, clock, log } = this.#deps;
    writes
      .write(() => store.prune(clock.now() - keptMs))
      .catch((error: unknown) => log.warn({ err: error }, 'Old deliveries of webhooks could not be removed'));
  }
}
