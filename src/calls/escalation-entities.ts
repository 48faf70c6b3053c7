import type { EscalationId } from '#base/ids.ts';
import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Attributes, Entity } from '#contract/entity.ts';
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
  icon: 'mdi:alarm-light',
});

export const escalationEvent = entity({
  of: 'exchange',
  component: 'event',
  key: 'escalation',
  name: { en: 'Escalation', de: 'Alarmkette', fr: 'Alerte', es: 'Alerta', nl: 'Alarmketen' },
  types: {
    started: {
      en: 'Escalation started',
      de: 'Alarmkette begonnen',
      fr: 'Alerte déclenchée',
      es: 'Alerta iniciada',
      nl: 'Alarmketen begonnen',
    },
    taken: {
      en: 'Somebody takes the escalation',
      de: 'Alarmkette übernommen',
      fr: 'Alerte prise en charge',
      es: 'Alerta atendida',
      nl: 'Alarmketen opgepakt',
    },
    exhausted: {
      en: 'Nobody took the escalation',
      de: 'Alarmkette von niemandem übernommen',
      fr: 'Alerte restée sans réponse',
      es: 'Nadie atendió la alerta',
      nl: 'Alarmketen door niemand opgepakt',
    },
  },
  icon: 'mdi:alarm-light',
});

type EscalationEntityDeps = {
  /** Those that go on, and those that nobody took. */
  readonly current: () => readonly Escalation[];
  readonly nameOf: (id: EscalationId) => string;
};

export function escalationEntities({ current, nameOf }: EscalationEntityDeps): readonly Entity[] {
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
    bindEntity(escalationEvent, {
      owners: () => [exchange],
      occursBy: {
        'escalation.started': ({ escalationId, name }) => [occurrence('started', { escalation_id: escalationId, name })],
        'escalation.taken': ({ escalationId, takenBy }) => [
          occurrence('taken', { escalation_id: escalationId, name: nameOf(escalationId), taken_by: takenBy }),
        ],
        'escalation.exhausted': ({ escalationId, name }) => [occurrence('exhausted', { escalation_id: escalationId, name })],
      },
    }),
  ];
}

function occurrence(type: keyof typeof escalationEvent.types, attributes: Attributes) {
  return { ownerId: exchange.id, type, attributes };
}
