// Owns which owners there are now, and which entities each of them has.
// Called by the bridge at the start, after the facts that change owners, and now and then.
// Must stay true: the exchange comes first; phones and people are shown as reached through it.
import { exchange } from '#contract/entity.ts';
import type { Entity, EntityOwner } from '#contract/entity.ts';

/** One device page: who it is and what is on it. */
export type OwnerEntry = {
  readonly of: 'exchange' | 'device' | 'person';
  readonly owner: EntityOwner;
  readonly entities: readonly Entity[];
};

/** By owner id. */
export type Catalog = ReadonlyMap<string, OwnerEntry>;

const kindsInOrder = ['exchange', 'device', 'person'] as const;

export function catalogOf(entities: readonly Entity[]): Catalog {
  const catalog = new Map<string, OwnerEntry & { entities: Entity[] }>();
  catalog.set(exchange.id, { of: 'exchange', owner: exchange, entities: [] });
  for (const of of kindsInOrder) {
    for (const entity of entities.filter(({ declaration }) => declaration.of === of)) {
      for (const owner of entity.source.owners()) {
        const entry = catalog.get(owner.id) ?? { of, owner, entities: [] };
        catalog.set(owner.id, entry);
        entry.entities.push(entity);
      }
    }
  }
  return catalog;
}
