import { isoTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Entity, EntityOwner } from '#contract/entity.ts';
import { calledNumber, farEnd } from './call-event-attributes.ts';
import type { CallNames } from './call-event-attributes.ts';
import { CallEvents } from './call-events.ts';
import type { CallEventsDeps } from './call-events.ts';
import type { Device } from '#devices/device.ts';
import type { CallRecord } from './call.ts';
import type { CallBook } from './call-book.ts';
import { hangUpPhone, placeCall } from './call-commands.ts';
import type { CallControl } from './call-control.ts';
import type { CallSearch } from './call-search.ts';
import { callEventName, callEventTypes, lastCallName } from './call-words.ts';
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

export const doorbell = entity({
  of: 'device',
  component: 'event',
  key: 'doorbell',
  name: { en: 'Doorbell', de: 'Türklingel', fr: 'Sonnette', es: 'Timbre', nl: 'Deurbel' },
  deviceClass: 'doorbell',
  types: {
    ring: {
      en: 'Somebody rings at the door',
      de: 'Es klingelt an der Tür',
      fr: 'On sonne à la porte',
      es: 'Llaman a la puerta',
      nl: 'Er wordt aangebeld',
    },
  },
});

const lastCall = {
  component: 'sensor',
  key: 'last_call',
  name: lastCallName,
  deviceClass: 'timestamp',
  icon: 'mdi:phone-log',
} as const;
export const houseLastCall = entity({ of: 'exchange', ...lastCall });
export const phoneLastCall = entity({ of: 'device', ...lastCall });

/** Rings the phone, and dials what was entered once it is picked up. */
export const phoneDial = entity({
  of: 'device',
  component: 'text',
  key: 'dial',
  name: { en: 'Dial', de: 'Wählen', fr: 'Composer', es: 'Marcar', nl: 'Bellen' },
  icon: 'mdi:dialpad',
});

export const phoneHangUp = entity({
  of: 'device',
  component: 'button',
  key: 'hang_up',
  name: { en: 'Hang up', de: 'Auflegen', fr: 'Raccrocher', es: 'Colgar', nl: 'Ophangen' },
  icon: 'mdi:phone-hangup',
});

export type CallEntityDeps = Omit<CallEventsDeps, 'calls'> & {
  readonly calls: Pick<Calls, 'find' | 'get' | 'list' | 'hangUpAll'>;
  readonly devices: { all(): readonly Device[]; byId(id: DeviceId): Device | undefined };
  readonly search: Pick<CallSearch, 'find'>;
  readonly control: Pick<CallControl, 'call'>;
  readonly book: CallBook;
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
  const { calls, devices, people, names, search } = deps;
  const lastOf = (deviceId?: DeviceId) => search.find({ deviceId }, latest).items.find(({ endedAt }) => endedAt !== undefined);
  const phone = (id: DeviceId): Device => {
    const found = devices.byId(id);
    if (found === undefined) throw new AppError('not-found', 'There is no such phone');
    return found;
  };
  const events = new CallEvents(deps);
  return [
    bindEntity(activeCalls, {
      owners: () => [exchange],
      state: () => calls.list().length,
      changedBy: { 'call.started': () => exchange.id, 'call.changed': () => exchange.id, 'call.ended': () => exchange.id },
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
    bindEntity(doorbell, {
      owners: () => devices.all().filter(isDoorStation),
      occursBy: { 'call.started': ({ callId }) => rings(calls.find(callId)?.record, devices) },
    }),
    bindEntity(houseLastCall, {
      owners: () => [exchange],
      state: () => timeOf(lastOf()),
      attributes: () => lastAttributes(lastOf(), { names }),
      changedBy: { 'call.ended': () => exchange.id, 'call.changed': amended(() => exchange.id) },
    }),
    bindEntity(phoneLastCall, {
      owners: () => devices.all(),
      state: (id) => timeOf(lastOf(id)),
      attributes: (id) => lastAttributes(lastOf(id), { names, deviceId: id }),
      changedBy: { 'call.ended': anybody, 'call.changed': amended(anybody) },
    }),
    bindEntity(phoneDial, {
      owners: () => devices.all(),
      state: () => '',
      changedBy: {},
      enter: async (id, text) => void (await placeCall(deps, phone(id), text)),
    }),
    bindEntity(phoneHangUp, { owners: () => devices.all(), press: async (id) => void hangUpPhone(deps, phone(id)) }),
  ];
}

function isDoorStation({ type }: Pick<Device, 'type'>): boolean {
  return type === 'door-station';
}

/** Also where nobody can be rung: somebody stands at the door all the same. A call that is passed on is no second ring. */
function rings(record: CallRecord | undefined, devices: CallEntityDeps['devices']) {
  const { caller, transferredFrom } = record ?? {};
  const device = caller?.deviceId === undefined ? undefined : devices.byId(caller.deviceId);
  if (record === undefined || device === undefined || transferredFrom !== undefined || !isDoorStation(device)) return [];
  return [{ ownerId: device.id, type: 'ring', attributes: { call_id: record.id, called: calledNumber(record) } }];
}

/** Of those that go on there may be some after the last that is over. */
const latest = { limit: 20, offset: 0, sort: 'startedAt', order: 'desc' } as const;

/** Only where a message turns out otherwise after the call. */
function amended<Owner>(ownerOf: () => Owner) {
  return ({ state }: { readonly state: string }) => (state === 'voicemail' ? ownerOf() : '');
}

function timeOf(record: CallRecord | undefined): string | undefined {
  return record === undefined ? undefined : isoTime(record.startedAt);
}

type Seen = { readonly names: CallNames; readonly deviceId?: DeviceId };

function lastAttributes(record: CallRecord | undefined, { names, deviceId }: Seen) {
  if (record === undefined) return { caller: null, name: null, number: null, called: null, verdict: null, direction: null };
  const isCaller = record.direction === 'outbound' || (deviceId !== undefined && record.caller.deviceId === deviceId);
  const { number, name } = farEnd(record, isCaller ? 'caller' : 'callee', names);
  const { caller, direction, verdict } = record;
  const shownCaller = caller.name || caller.number;
  return { caller: shownCaller, name, number, called: calledNumber(record), verdict: verdict?.disposition ?? null, direction };
}

type Part = ReturnType<typeof phoneCall<ReturnType<Calls['list']>[number]>>['of'];

/** The same keys in each state, so that templates need not ask which there are. */
function stateAttributes(part: Part, names: CallNames) {
  if (part === undefined) return { call_id: null, number: null, name: null, direction: null, called: null };
  const { record } = part.call;
  return { call_id: record.id, ...farEnd(record, part.side, names), direction: record.direction, called: calledNumber(record) };
}
