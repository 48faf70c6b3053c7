// Owns the events that are on their way to Home Assistant, in the order in which they happened.
// Called by the bridge.
// Must stay true: none is merged with another and none retained; what waits is bounded, and too late it is dropped.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Entity, Occurrence } from '#contract/entity.ts';
import type { FactName } from '#contract/facts.ts';
import { keepMs } from './late-event.ts';
import { eventPayload } from './payload.ts';
import type { Topics } from './topics.ts';

export type EventFeedDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly topics: Topics;
  /** Sends a message that is not retained; resolves once the broker has it, rejects where it is not known to. */
  readonly publish: (topic: string, payload: string) => Promise<unknown>;
  /** Whether anybody listens: what is sent to nobody is lost, for it is not retained. */
  readonly isHeard: () => boolean;
};

export type EventEntity = Extract<Entity, { readonly kind: 'event' }>;
type Waiting = { readonly topic: string; readonly text: string; readonly until: number };

const maxWaiting = 1000;

export class EventFeed {
  readonly #deps: EventFeedDeps;
  readonly #waiting: Waiting[] = [];
  #isSending = false;

  constructor(deps: EventFeedDeps) {
    this.#deps = deps;
  }

  /** Call it within the fact: what it is about may be gone a moment later. */
  occurred(entity: EventEntity, name: FactName, fact: object): void {
    const read = entity.source.occursBy[name] as ((fact: object) => readonly Occurrence[]) | undefined;
    for (const occurrence of read?.(fact) ?? []) this.#add(entity, occurrence);
    void this.flush();
  }

  /** Sends what waits, one after the other. */
  async flush(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        const isOver = await this.#send(next);
        if (!isOver) return;
        // It may have been dropped meanwhile, for want of room.
        if (this.#waiting[0] === next) this.#waiting.shift();
      }
    } finally {
      this.#isSending = false;
    }
  }

  /** Not over where the connection broke: it is sent over the next one. What the broker refuses it would refuse again. */
  async #send({ topic, text }: Waiting): Promise<boolean> {
    try {
      await this.#deps.publish(topic, text);
      return true;
    } catch {
      return this.#deps.isHeard();
    }
  }

  #next(): Waiting | undefined {
    const now = this.#deps.clock.monotonic();
    while ((this.#waiting[0]?.until ?? now) < now) this.#waiting.shift();
    return this.#deps.isHeard() ? this.#waiting[0] : undefined;
  }

  #add({ declaration }: EventEntity, occurrence: Occurrence): void {
    const { clock, topics, log } = this.#deps;
    const { type, ownerId } = occurrence;
    const { text, problem } = eventPayload(occurrence);
    if (problem !== undefined)
      log.warn({ ownerId, key: declaration.key, type, problem }, 'Event does not fit into Home Assistant');
    const topic = topics.state({ ownerId, key: declaration.key });
    this.#waiting.push({ topic, text, until: clock.monotonic() + keepMs(type) });
    // A house without a broker comes here too: no line of the log.
    if (this.#waiting.length > maxWaiting) this.#waiting.shift();
  }
}
