import type { ResetReason } from '#contract/live.ts';
import type { Addressees } from './audience.ts';
import { EventPositions } from './event-position.ts';

/** Less than a client may leave unread, so that all of it can be sent at once. */
const maxBytes = 192 * 1024;
const maxEvents = 2_000;

/** An event as it is sent, the same bytes to everybody, and the persons whom it concerned when it came. */
export type KeptEvent = { readonly frame: Buffer; readonly persons: Addressees };

/** What came after a position: the events, or why they cannot be had. */
export type Missed =
  | { readonly kind: 'events'; readonly events: readonly KeptEvent[] }
  | { readonly kind: 'reset'; readonly reason: ResetReason };

/** The latest events, for clients whose line broke. Bounded, and in memory alone. */
export class EventBacklog {
  readonly #positions: EventPositions;
  readonly #events: KeptEvent[] = [];
  #bytes = 0;
  /** Of the last event. */
  #count = 0;

  constructor(key: Buffer) {
    this.#positions = new EventPositions(key);
  }

  /** The id of the last event, for the `id` field. */
  get position(): string {
    return this.#positions.write(this.#count);
  }

  /** Frames an event and keeps it. */
  add(name: string, fact: object, persons: Addressees): KeptEvent {
    this.#count += 1;
    const frame = Buffer.from(`id: ${this.position}\nevent: ${name}\ndata: ${JSON.stringify(fact)}\n\n`);
    const event = { frame, persons };
    this.#events.push(event);
    this.#bytes += event.frame.length;
    while (this.#bytes > maxBytes || this.#events.length > maxEvents) this.#bytes -= this.#events.shift()?.frame.length ?? 0;
    return event;
  }

  /** What came after the event of this id. */
  after(lastEventId: string): Missed {
    const seen = this.#positions.read(lastEventId);
    if (seen === undefined || seen > this.#count) return { kind: 'reset', reason: 'restarted' };
    const missed = this.#count - seen;
    if (missed > this.#events.length) return { kind: 'reset', reason: 'too-long' };
    return { kind: 'events', events: this.#events.slice(this.#events.length - missed) };
  }
}
