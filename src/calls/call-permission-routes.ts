import { isoTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { isDeviceId } from '#base/ids.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import {
  clearDeviceCallPermission,
  clearPersonCallPermission,
  listCallPermissions,
  setDeviceCallPermission,
  setPersonCallPermission,
} from '#contract/call-permissions.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import type { DeviceLookup } from './ports.ts';
import type { PermissionHolder, StoredPermission } from './call-permission-store.ts';
import type { CallPermissions } from './call-permissions.ts';

export type CallPermissionRoutesDeps = {
  readonly permissions: CallPermissions;
  readonly devices: Pick<DeviceLookup, 'byId'>;
  /** Throws `not-found`. */
  readonly personOf: (id: PersonId) => { readonly name: string };
};

export function callPermissionRoutes({ permissions, devices, personOf }: CallPermissionRoutesDeps): readonly Route[] {
  const nameOfDevice = (id: DeviceId): string => {
    const device = devices.byId(id);
    if (device === undefined) throw new AppError('not-found', 'There is no such device');
    return device.name;
  };
  const nameOfPerson = (id: PersonId): string => personOf(id).name;
  const nameOf = (holder: PermissionHolder) => (isDeviceId(holder) ? nameOfDevice(holder) : nameOfPerson(holder));
  const clear = async (holder: PermissionHolder, name: string) => {
    if (!(await permissions.clear(holder))) throw new AppError('not-found', `${name} was not restricted`);
  };
  return [
    handle(listCallPermissions, () => ({ items: permissions.all().map((stored) => describe(stored, nameOf(stored.holder))) })),
    handle(setDeviceCallPermission, async ({ params: { id }, body }) => {
      const name = nameOfDevice(id);
      return describe(await permissions.set(id, body), name);
    }),
    handle(setPersonCallPermission, async ({ params: { id }, body }) => {
      const name = nameOfPerson(id);
      return describe(await permissions.set(id, body), name);
    }),
    handle(clearDeviceCallPermission, ({ params: { id } }) => clear(id, nameOfDevice(id))),
    handle(clearPersonCallPermission, ({ params: { id } }) => clear(id, nameOfPerson(id))),
  ];
}

function describe({ holder, changedAt, numbers, countries, hours, allow }: StoredPermission, name: string) {
  const isDevice = isDeviceId(holder);
  return {
    allow,
    name,
    numbers: [...numbers],
    countries: [...countries],
    hours: hours.map(({ days, ...rest }) => ({ ...rest, days: [...days] })),
    deviceId: isDevice ? holder : null,
    personId: isDevice ? null : holder,
    changedAt: isoTime(changedAt),
  };
}
