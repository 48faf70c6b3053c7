import type { DeviceId, PersonId } from '#base/ids.ts';
import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Entity } from '#contract/entity.ts';
import type { DndSubject } from './dnd-store.ts';
import type { DndSwitches } from './dnd-switches.ts';
import type { RoutingHouse } from './routing-house.ts';
import { AppError } from '#base/errors.ts';

const name = { en: 'Do not disturb', de: 'Nicht stören', fr: 'Ne pas déranger', es: 'No molestar', nl: 'Niet storen' };
const names = { component: 'switch', key: 'dnd', name, icon: 'mdi:minus-circle' } as const;

export const houseDnd = entity({ of: 'exchange', ...names });
export const personDnd = entity({ of: 'person', ...names });
export const deviceDnd = entity({ of: 'device', ...names });

type Deps = { readonly dnd: DndSwitches; readonly house: Pick<RoutingHouse, 'devices' | 'people'> };

export function dndEntities({ dnd, house }: Deps): readonly Entity[] {
  const isPerson = (id: PersonId) => house.people.all().some((person) => person.id === id);
  const isDevice = (id: DeviceId) => house.devices.byId(id) !== undefined;
  const turn = async (subject: DndSubject, isOn: boolean) => void (await dnd.set(subject, { isOn, until: undefined }));
  return [
    bindEntity(houseDnd, {
      owners: () => [exchange],
      state: () => dnd.of({}).isOn,
      changedBy: { 'dnd.changed': ({ of }) => (of === 'house' ? exchange.id : '') },
      turn: (_id, isOn) => turn({}, isOn),
    }),
    bindEntity(personDnd, {
      owners: () => house.people.all(),
      state: (id) => (isPerson(id) ? dnd.of({ personId: id }).isOn : undefined),
      changedBy: { 'dnd.changed': ({ of, personId }) => (of === 'person' ? (personId ?? '') : '') },
      turn: async (id, isOn) => {
        if (!isPerson(id)) throw new AppError('not-found', 'There is no such person');
        await turn({ personId: id }, isOn);
      },
    }),
    bindEntity(deviceDnd, {
      owners: () => house.devices.all(),
      state: (id) => (isDevice(id) ? dnd.of({ deviceId: id }).isOn : undefined),
      changedBy: {
        'dnd.changed': ({ deviceId }) => deviceId ?? '',
        'device.created': ({ deviceId }) => deviceId,
        'device.deleted': ({ deviceId }) => deviceId,
      },
      turn: async (id, isOn) => {
        if (!isDevice(id)) throw new AppError('not-found', 'There is no such device');
        await turn({ deviceId: id }, isOn);
      },
    }),
  ];
}
