import type { DeviceId } from '#base/ids.ts';
import { bindEntity, entity } from '#contract/entity.ts';
import type { Entity, EntityOwner } from '#contract/entity.ts';

export const phoneRegistered = entity({
  of: 'device',
  component: 'binary_sensor',
  key: 'registered',
  name: { en: 'Registered', de: 'Angemeldet', fr: 'Enregistré', es: 'Registrado', nl: 'Aangemeld' },
  deviceClass: 'connectivity',
  category: 'diagnostic',
});

export type DeviceEntityDeps = {
  readonly devices: { all(): readonly EntityOwner<DeviceId>[]; byId(id: DeviceId): unknown };
  readonly registrations: { of(deviceId: DeviceId): readonly unknown[] };
};

export function deviceEntities({ devices, registrations }: DeviceEntityDeps): readonly Entity[] {
  const ofDevice = ({ deviceId }: { readonly deviceId: DeviceId }) => deviceId;
  return [
    bindEntity(phoneRegistered, {
      owners: () => devices.all(),
      state: (id) => (devices.byId(id) === undefined ? undefined : registrations.of(id).length > 0),
      changedBy: {
        'device.created': ofDevice,
        'device.changed': ofDevice,
        'device.deleted': ofDevice,
        'device.registered': ofDevice,
        'device.unregistered': ofDevice,
      },
    }),
  ];
}
