import type { Entity, EventSource, StateSource } from '#contract/entity.ts';

/** The source of an entity that has a state. Throws where it has none. */
export function stateSource(entity: Entity | undefined): StateSource<boolean | number | string> {
  if (entity === undefined || !('state' in entity.source)) throw new Error('This entity has no state');
  return entity.source;
}

/** The source of an entity that has events. Throws where it has none. */
export function eventSource(entity: Entity | undefined): EventSource {
  if (entity === undefined || !('occursBy' in entity.source)) throw new Error('This entity has no events');
  return entity.source;
}

/** An entity by what it is of and its key. */
export function entityOf(entities: readonly Entity[], of: 'exchange' | 'device' | 'person', key: string): Entity | undefined {
  return entities.find(({ declaration }) => declaration.of === of && declaration.key === key);
}
