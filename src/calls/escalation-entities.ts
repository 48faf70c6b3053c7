import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Entity } from '#contract/entity.ts';
import type { Escalation } from './escalation.ts';
import { isOpen } from './escalation-state.ts';

export const activeEscalations = entity({
  of: 'exchange',
  component: 'sensor',
  key: 'active_escalations',
  name: {
    en: 'Active escalations',
    de: 'Laufende Alarmketten',
    fr: 'Alertes en cours',
    es: 'Alertas en curso',
    nl: 'Lopende alarmketens',
  },
  stateClass: 'measurement',
});

/** `current`: those that go on, and those that nobody took. */
export function escalationEntities(current: () => readonly Escalation[]): readonly Entity[] {
  const changed = () => exchange.id;
  return [
    bindEntity(activeEscalations, {
      owners: () => [exchange],
      state: () => current().filter(({ state }) => isOpen(state)).length,
      changedBy: {
        'escalation.started': changed,
        'escalation.taken': changed,
        'escalation.exhausted': changed,
        'escalation.cancelled': changed,
      },
    }),
  ];
}
