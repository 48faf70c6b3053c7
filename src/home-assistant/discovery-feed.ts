// Owns what Home Assistant was told of each owner: sends what is new, takes back what vanished.
// Called by the bridge.
// Must stay true: the broker's retained messages are the memory of what an earlier version told; those of others are left alone. What vanished
// stays there until Home Assistant listens: it removes nothing for a message that is missing when it comes back.
import type { Log } from '#base/log.ts';
import type { Catalog } from './catalog.ts';
import { discoveryMessage } from './discovery.ts';
import type { DiscoveryHouse, DiscoveryMessage } from './discovery.ts';
import { discoverySteps } from './discovery-steps.ts';
import type { Described } from './discovery-steps.ts';
import { parseDiscovery } from './found-discovery.ts';

export type DiscoveryFeedDeps = {
  readonly log: Log;
  readonly house: () => DiscoveryHouse;
  readonly catalog: () => Catalog;
  /** Sends a retained message. */
  readonly publish: (topic: string, payload: string) => void;
  /** And what the broker retained has been read. */
  readonly isConnected: () => boolean;
  /** Whether Home Assistant listens: nothing that it does not hear is taken back. */
  readonly isHeard: () => boolean;
};

export class DiscoveryFeed {
  readonly #deps: DiscoveryFeedDeps;
  /** What the broker has of us, by owner. */
  readonly #known = new Map<string, Described>();
  /** As it was sent over this connection. */
  readonly #sent = new Map<string, string>();

  constructor(deps: DiscoveryFeedDeps) {
    this.#deps = deps;
  }

  /** A retained message on one of our discovery topics; also one that comes late, after ours of the same component went out. */
  found(ownerId: string, payload: string): void {
    const message = parseDiscovery(payload, ownerId, this.#deps.house().topics);
    if (message === undefined) return;
    const components = { ...this.#known.get(ownerId)?.components, ...message.components };
    this.#known.set(ownerId, { components });
    this.#sent.delete(ownerId);
  }

  /** Everything is sent again, also what did not change. */
  resend(): void {
    this.#sent.clear();
    this.follow();
  }

  /** Sends what is not as it was; owners whose page is new since. */
  follow(): readonly string[] {
    if (!this.#deps.isConnected()) return [];
    const house = this.#deps.house();
    const catalog = this.#deps.catalog();
    for (const ownerId of this.#known.keys()) if (!catalog.has(ownerId)) this.#send(ownerId, undefined);
    return [...catalog].flatMap(([ownerId, entry]) => {
      const isNew = !this.#known.has(ownerId);
      this.#send(ownerId, discoveryMessage(entry, house));
      return isNew ? [ownerId] : [];
    });
  }

  #send(ownerId: string, after: DiscoveryMessage | undefined): void {
    const text = after === undefined ? '' : JSON.stringify(after);
    if (this.#sent.get(ownerId) === text) return;
    const topic = this.#deps.house().topics.discovery(ownerId);
    const { messages, cleared } = discoverySteps(this.#known.get(ownerId), after);
    const takesBack = after === undefined || messages.length > 1;
    if (takesBack && !this.#deps.isHeard()) return;
    for (const message of messages) this.#deps.publish(topic, message === undefined ? '' : JSON.stringify(message));
    for (const one of cleared) this.#deps.publish(one, '');
    if (after === undefined) {
      this.#known.delete(ownerId);
      this.#sent.delete(ownerId);
      this.#deps.log.info({ ownerId }, 'Device was removed from Home Assistant');
    } else {
      this.#known.set(ownerId, after);
      this.#sent.set(ownerId, text);
    }
  }
}
