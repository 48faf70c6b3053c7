import type { Entity, StateSource } from '#contract/entity.ts';

/** The source of an entity that has a state. Throws where it has none. */
export function stateSource(entity: Entity | undefined): StateSource<boolean | number | string> {
  if (entity === undefined || !('state' in entity.source)) throw new Error('This entity has no state');
  return entity.source;
}
