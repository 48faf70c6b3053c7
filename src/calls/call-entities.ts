import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Entity } from '#contract/entity.ts';

export const activeCalls = entity({
  of: 'exchange',
  component: 'sensor',
  key: 'active_calls',
  name: { en: 'Active calls', de: 'Laufende Anrufe', fr: 'Appels en cours', es: 'Llamadas en curso', nl: 'Lopende gesprekken' },
  stateClass: 'measurement',
});

/** `calls`: those that go on, also those that only ring. */
export function callEntities(calls: { list(): readonly unknown[] }): readonly Entity[] {
  return [
    bindEntity(activeCalls, {
      owners: () => [exchange],
      state: () => calls.list().length,
      changedBy: { 'call.started': () => exchange.id, 'call.ended': () => exchange.id },
    }),
  ];
}
