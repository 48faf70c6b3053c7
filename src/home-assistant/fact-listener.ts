// Hears the facts of all rooms and tells which entity each of them is about.
// Called by the bridge.
import type { Events } from '#base/events.ts';
import { ownerFacts } from '#contract/entity.ts';
import type { Entity } from '#contract/entity.ts';
import type { FactName, Facts } from '#contract/facts.ts';
import type { EventEntity } from './event-feed.ts';
import { isStateful } from './state-feed.ts';
import type { StatefulEntity } from './state-feed.ts';

export type FactListeners = {
  readonly owners: () => void;
  /** `ownerId`: undefined where it may be anybody's. */
  readonly state: (entity: StatefulEntity, ownerId: string | undefined) => void;
  readonly event: (entity: EventEntity, name: FactName, fact: object) => void;
};

/** Returns the functions that end it. */
export function listenToFacts(
  events: Events<Facts>,
  entities: readonly Entity[],
  listeners: FactListeners,
): readonly (() => void)[] {
  const ends: (() => void)[] = [];
  const on = (name: FactName, listener: (fact: object) => void) => void ends.push(events.on(name, listener));
  for (const name of ownerFacts) on(name, listeners.owners);
  for (const entity of entities) {
    if (entity.kind === 'event') {
      for (const name of Object.keys(entity.source.occursBy) as FactName[])
        on(name, (fact) => listeners.event(entity, name, fact));
    } else if (isStateful(entity)) {
      for (const [name, ownerOf] of Object.entries(entity.source.changedBy)) {
        on(name as FactName, (fact) => listeners.state(entity, ownerOf(fact as never)));
      }
    }
  }
  return ends;
}
