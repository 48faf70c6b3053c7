import type { DeviceId, PersonId } from '#base/ids.ts';
import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Entity, EntityOwner } from '#contract/entity.ts';
import { calledNumber, farEnd } from './call-event-attributes.ts';
import type { CallNames } from './call-event-attributes.ts';
import { CallEvents } from './call-events.ts';
import type { CallEventsDeps } from './call-events.ts';
import { callEventName, callEventTypes } from './call-words.ts';
import type { Calls } from './calls.ts';
import { phoneCall, phoneStates } from './phone-state.ts';

export const activeCalls = entity({
  of: 'exchange',
  component: 'sensor',
  key: 'active_calls',
  name: { en: 'Active calls', de: 'Laufende Anrufe', fr: 'Appels en cours', es: 'Llamadas en curso', nl: 'Lopende gesprekken' },
  stateClass: 'measurement',
  icon: 'mdi:phone-in-talk',
});

const event = { component: 'event', key: 'call', name: callEventName, types: callEventTypes, icon: 'mdi:phone' } as const;
export const houseCallEvent = entity({ of: 'exchange', ...event });
export const phoneCallEvent = entity({ of: 'device', ...event });
export const personCallEvent = entity({ of: 'person', ...event });

export const phoneCallState = entity({
  of: 'device',
  component: 'sensor',
  key: 'call_state',
  name: { en: 'Call state', de: 'Anrufstatus', fr: "État de l'appel", es: 'Estado de la llamada', nl: 'Oproepstatus' },
  deviceClass: 'enum',
  options: phoneStates,
  icon: 'mdi:phone-classic',
});

export type CallEntityDeps = Omit<CallEventsDeps, 'calls'> & {
  readonly calls: Pick<Calls, 'find' | 'list'>;
  readonly devices: { all(): readonly EntityOwner<DeviceId>[]; byId(id: DeviceId): unknown };
  readonly people: { all(): readonly EntityOwner<PersonId>[] };
};

/** A call can be of any phone. */
const anybody = () => undefined;
const callChanges = {
  'call.started': anybody,
  'leg.changed': ({ deviceId }: { readonly deviceId: DeviceId }) => deviceId,
  'call.answered': anybody,
  'call.changed': anybody,
  'call.ended': anybody,
} as const;

export function callEntities(deps: CallEntityDeps): readonly Entity[] {
  const { calls, devices, people, names } = deps;
  const events = new CallEvents(deps);
  return [
    bindEntity(activeCalls, {
      owners: () => [exchange],
      state: () => calls.list().length,
      changedBy: { 'call.started': () => exchange.id, 'call.ended': () => exchange.id },
    }),
    bindEntity(houseCallEvent, { owners: () => [exchange], occursBy: events.occursBy('exchange') }),
    bindEntity(phoneCallEvent, { owners: () => devices.all(), occursBy: events.occursBy<DeviceId>('device') }),
    bindEntity(personCallEvent, { owners: () => people.all(), occursBy: events.occursBy<PersonId>('person') }),
    bindEntity(phoneCallState, {
      owners: () => devices.all(),
      state: (id) => (devices.byId(id) === undefined ? undefined : phoneCall(id, calls.list()).state),
      attributes: (id) => stateAttributes(phoneCall(id, calls.list()).of, names),
      changedBy: callChanges,
    }),
  ];
}

type Part = ReturnType<typeof phoneCall<ReturnType<Calls['list']>[number]>>['of'];

/** The same keys in each state, so that templates need not ask which there are. */
function stateAttributes(part: Part, names: CallNames) {
  if (part === undefined) return { call_id: null, number: null, name: null, direction: null, called: null };
  const { record } = part.call;
  return { call_id: record.id, ...farEnd(record, part.side, names), direction: record.direction, called: calledNumber(record) };
}
